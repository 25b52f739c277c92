/** All inverted indexes of a store, by key. They are made when first asked for. */

import { LastN } from '../../base/last-n.ts'
import type { ActionMatch, MessageMatch, MetadataPath } from '../../query/spec.ts'
import { itemsAt, scalarsAt, TERM_FIELDS } from './fields.ts'
import { TermIndex } from './inverted.ts'
import type { PartsIndex, TextIndex } from './text-index.ts'

/** A field with terms of its own. */
export type TermFieldName = keyof typeof TERM_FIELDS

/** The most metadata paths that are indexed at a time: who asks for ever new ones must not fill the memory. */
export const KEPT_PATHS = 256

/** Only the first so many paths of a query are indexed for it. Of others that are not, the rows that are left are read. */
const INDEXED_PATHS = 16

/** What is indexed at a metadata path. */
export const PATHS = { metadata: scalarsAt, items: itemsAt } as const
type PathKind = keyof typeof PATHS

const keyOf = (kind: PathKind, path: MetadataPath): string => `${kind}:${JSON.stringify(path)}`

/** The indexes of the fixed fields, of the messages, and of the metadata paths that were asked for last. */
export class Indexes {
  readonly #text: TextIndex | undefined
  readonly #fields = new Map<TermFieldName, TermIndex>()
  readonly #paths = new LastN<string, TermIndex>(KEPT_PATHS)
  #messages: PartsIndex<MessageMatch> | undefined
  #actions: PartsIndex<ActionMatch> | undefined
  /** The paths that conditions of the query under way stand on. */
  readonly #asked = new Set<string>()

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

  /** Begins a query. */
  begin(): void {
    this.#asked.clear()
  }

  /** The index for a condition on a metadata path; undefined where there is none, and the query has enough without. */
  ofCondition(kind: PathKind, path: MetadataPath): TermIndex | undefined {
    const key = keyOf(kind, path)
    this.#asked.add(key)
    return this.#asked.size <= INDEXED_PATHS || this.#paths.has(key) ? this.#path(kind, path) : undefined
  }

  /** The index of the scalars at a metadata path. */
  scalars(path: MetadataPath): TermIndex {
    return this.#path('metadata', path)
  }

  /** The index of the scalars in lists at a metadata path. */
  items(path: MetadataPath): TermIndex {
    return this.#path('items', path)
  }

  /** All indexes that were ever asked for and are kept. */
  all(): TermIndex[] {
    const texts = [this.#messages, this.#actions].flatMap((index) => (index === undefined ? [] : [index, index.parts]))
    return [...this.#fields.values(), ...texts, ...this.#paths.values()]
  }

  #path(kind: PathKind, path: MetadataPath): TermIndex {
    const key = keyOf(kind, path)
    return this.kept(key, () => new TermIndex(key, PATHS[kind](path), this.#text?.search))
  }

  /** The index of something at a metadata path, made if it is not among those that are kept. The key says of what, and its class. */
  kept<Index extends TermIndex>(key: string, make: (key: string) => Index): Index {
    return (this.#paths.get(key) ?? this.#paths.set(key, make(key))) as Index
  }
}
