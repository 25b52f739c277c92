/** All inverted indexes of a store, by key. They are made when first asked for. */

import { LastN } from '../../base/last-n.ts'
import type { ActionMatch, MessageMatch, MetadataPath } from '../../query/spec.ts'
import { Columns } from '../columns/columns.ts'
import { itemsAt, scalarsAt, TERM_FIELDS } from './fields.ts'
import { type Extract, TermIndex } from './inverted.ts'
import type { PartsIndex, TextIndex } from './text-index.ts'

/** A field with terms of its own. */
export type TermFieldName = keyof typeof TERM_FIELDS

/** The most metadata paths that are indexed at a time: who asks for ever new ones must not fill the memory. */
export const KEPT_PATHS = 256

/** The indexes of the fixed fields, of the messages, and of the metadata paths that were asked for last. */
export class Indexes {
  readonly columns = new Columns(KEPT_PATHS)
  readonly #text: TextIndex | undefined
  readonly #fields = new Map<TermFieldName, TermIndex>()
  readonly #paths = new LastN<string, TermIndex>(KEPT_PATHS)
  #messages: PartsIndex<MessageMatch> | undefined
  #actions: PartsIndex<ActionMatch> | undefined

  constructor(text?: TextIndex) {
    this.#text = text
  }

  /** The index of a field. */
  field(name: TermFieldName): TermIndex {
    const index = this.#fields.get(name) ?? new TermIndex(name, TERM_FIELDS[name], this.#text?.search)
    this.#fields.set(name, index)
    return index
  }

  /** The index of what messages say; undefined without a text index. */
  messages(): PartsIndex<MessageMatch> | undefined {
    this.#messages ??= this.#text?.messages()
    return this.#messages
  }

  /** The index of what the runs of actions were asked and answered; undefined without a text index. */
  actions(): PartsIndex<ActionMatch> | undefined {
    this.#actions ??= this.#text?.actions()
    return this.#actions
  }

  /** The index of the scalars at a metadata path. */
  scalars(path: MetadataPath): TermIndex {
    return this.#path('metadata', path, scalarsAt)
  }

  /** The index of the scalars in lists at a metadata path. */
  items(path: MetadataPath): TermIndex {
    return this.#path('items', path, itemsAt)
  }

  /** All indexes that were ever asked for and are kept. */
  all(): TermIndex[] {
    const texts = [this.#messages, this.#actions].flatMap((index) => (index === undefined ? [] : [index, index.parts]))
    return [...this.#fields.values(), ...texts, ...this.#paths.values(), ...this.columns.all()]
  }

  #path(kind: string, path: MetadataPath, extract: (path: MetadataPath) => Extract): TermIndex {
    const key = `${kind}:${JSON.stringify(path)}`
    return this.#paths.get(key) ?? this.#paths.set(key, new TermIndex(key, extract(path), this.#text?.search))
  }
}
