/**
 * What the rows of a segment consist of, part by part: their messages, or the runs of their actions. So that what one and
 * the same part must have is decided without a document.
 *
 *     starts  [ 0,          3,    4 ]      the parts of slot s: starts[s] … starts[s + 1]
 *     kinds   [ user, agent, user, agent ] bits that each part has
 */
import type { Documents, Row } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import type { Dictionary } from '../terms/dictionary.ts'
import { type ReadRow, TermIndex, type Work } from '../terms/inverted.ts'
import { Postings } from '../terms/postings.ts'
import { PostingsBuilder } from '../terms/postings-builder.ts'
import type { Steps } from '../terms/steps.ts'

/** What is known of one part. */
export interface Part {
  /** Bits. */
  readonly kind: number
  /** The name of the action that it is a run of. */
  readonly name?: string | undefined
  /** Milliseconds; NaN where they are not known. */
  readonly duration?: number
}

/** Calls `emit` with each part of a row, in order. */
export type EachPart = (row: Row, emit: (part: Part) => void) => void

const NO_SLOTS = new Uint16Array(0)
/** Stands for no name. */
export const NO_NAME = 0xffff_ffff

/** The parts of the rows of one segment. */
export class RowParts extends Postings {
  readonly starts: Uint32Array
  readonly kinds: Uint8Array
  /** The terms of their names, where parts have such. */
  readonly names: Uint32Array | undefined
  readonly durations: Float64Array | undefined

  constructor(starts: Uint32Array, kinds: Uint8Array, names?: Uint32Array, durations?: Float64Array) {
    // No rows by term: only so that names which no part has any more are forgotten.
    const terms = Uint32Array.from(new Set(names))
      .filter((name) => name !== NO_NAME)
      .sort()
    super({ terms, offsets: new Uint32Array(terms.length + 1), slots: NO_SLOTS, bitmaps: [] })
    this.starts = starts
    this.kinds = kinds
    this.names = names
    this.durations = durations
  }

  override renumbered(numbers: Uint32Array): RowParts {
    const names = this.names?.map((name) => (name === NO_NAME ? name : numbers[name]!))
    return new RowParts(this.starts, this.kinds, names, this.durations)
  }

  override get bytes(): number {
    const { starts, kinds, names, durations } = this
    return starts.byteLength + kinds.byteLength + (names?.byteLength ?? 0) + (durations?.byteLength ?? 0)
  }
}

class PartsBuilder extends PostingsBuilder {
  readonly #dictionary: Dictionary
  readonly #hasNames: boolean
  readonly #starts: number[] = []
  readonly #kinds: number[] = []
  readonly #names: number[] = []
  readonly #durations: number[] = []

  constructor(dictionary: Dictionary, hasNames: boolean) {
    super()
    this.#dictionary = dictionary
    this.#hasNames = hasNames
  }

  /** Begins a row; slots ascend, and those between this and the one before have no parts. */
  begin(slot: number): void {
    while (this.#starts.length <= slot) this.#starts.push(this.#kinds.length)
  }

  push({ kind, name, duration = Number.NaN }: Part): void {
    this.#kinds.push(kind)
    if (!this.#hasNames) return
    this.#names.push(name === undefined ? NO_NAME : this.#dictionary.intern(name))
    this.#durations.push(duration)
  }

  override take(slot: number, parts: RowParts, from: number): void {
    this.begin(slot)
    for (let i = parts.starts[from]!; i < parts.starts[from + 1]!; i++) {
      this.#kinds.push(parts.kinds[i]!)
      if (!this.#hasNames) continue
      this.#names.push(parts.names![i]!)
      this.#durations.push(parts.durations![i]!)
    }
  }

  override *inSteps(rows: number): Steps<RowParts> {
    // What collected them was a step.
    yield
    this.begin(rows)
    const [starts, kinds] = [Uint32Array.from(this.#starts), Uint8Array.from(this.#kinds)]
    if (!this.#hasNames) return new RowParts(starts, kinds)
    return new RowParts(starts, kinds, Uint32Array.from(this.#names), Float64Array.from(this.#durations))
  }
}

/** The parts of rows, built segment by segment like any index. 4 bytes a row and 1 a part; 13 a part with names. */
export class PartIndex extends TermIndex {
  readonly #each: EachPart
  /** Whether parts have names and durations. */
  readonly hasNames: boolean

  constructor(key: string, each: EachPart, hasNames: boolean) {
    super(key, () => undefined)
    this.#each = each
    this.hasNames = hasNames
  }

  /** The parts of a segment's rows, built if need be: O(live rows), each document read once. */
  parts(segment: Segment, documents: Documents, work: Work): RowParts {
    // Its builder makes no others.
    return this.postings(segment, documents, work) as RowParts
  }

  override builder(): PartsBuilder {
    return new PartsBuilder(this.dictionary, this.hasNames)
  }

  override reader(builder: PartsBuilder): ReadRow {
    return (row, slot) => {
      builder.begin(slot)
      let count = 0
      this.#each(row, (part) => {
        builder.push(part)
        count++
      })
      return count
    }
  }
}
