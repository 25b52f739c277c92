/** All inverted indexes of a store, by key. They are made when first asked for. */
import type { MetadataPath } from '../../query/spec.ts'
import { messageRuns } from '../text/substring.ts'
import { itemsAt, scalarsAt, TERM_FIELDS } from './fields.ts'
import { type Extract, type ReadTexts, TermIndex } from './inverted.ts'

/** A field with terms of its own. */
export type TermFieldName = keyof typeof TERM_FIELDS

/** The most metadata paths that are indexed at a time: who asks for ever new ones must not fill the memory. */
export const KEPT_PATHS = 256

/** Messages have runs alone. */
const nothing: Extract = () => undefined

/** The indexes of the fixed fields, of the texts, and of the metadata paths that were asked for last. */
export class Indexes {
  readonly #fixed = new Map<string, TermIndex>()
  /** Least recently used first. */
  readonly #paths = new Map<string, TermIndex>()

  /** The index of a field. */
  field(name: TermFieldName): TermIndex {
    return this.#fix(name, TERM_FIELDS[name])
  }

  /** The index of the runs of messages, which keeps their order. */
  text(): TermIndex {
    return this.#fix('message', nothing, messageRuns)
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
    return [...this.#fixed.values(), ...this.#paths.values()]
  }

  #fix(key: string, extract: Extract, readTexts?: ReadTexts): TermIndex {
    const index = this.#fixed.get(key) ?? new TermIndex(key, extract, readTexts)
    this.#fixed.set(key, index)
    return index
  }

  #path(kind: string, path: MetadataPath, extract: (path: MetadataPath) => Extract): TermIndex {
    const key = `${kind}:${JSON.stringify(path)}`
    const index = this.#paths.get(key) ?? new TermIndex(key, extract(path))
    this.#paths.delete(key)
    this.#paths.set(key, index)
    for (const oldest of this.#paths.keys()) {
      if (this.#paths.size <= KEPT_PATHS) break
      this.#paths.delete(oldest)
    }
    return index
  }
}
