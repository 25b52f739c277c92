/** One term of a search: contained, ignoring case, in the name, an id or some message. */
import { fold } from '../base/text/fold.ts'
import type { FieldCondition } from '../query/spec.ts'
import { fieldsBy } from '../row/fields.ts'
import type { Engine } from './engine.ts'
import { type GroupPlan, groupHolds } from './group.ts'
import type { Estimate } from './meter.ts'
import type { Predicate } from './predicate.ts'
import { readingOf } from './reading.ts'
import type { Segment } from './segments/segment.ts'
import { filter, intersect, unite } from './sets/algebra.ts'
import type { RowSet } from './sets/rowset.ts'

/** The fields that are searched. */
export const SEARCHED = [...fieldsBy('searched'), 'message'] as const

/** Units of work that a UTF-16 unit of the strings to go through stands for, where terms are found and their rows united. */
const UNITED = 0.002

/** Units of work that looking for it in the other fields of a row takes. */
const FIELDS_READ = 1

/** The predicate on messages, and those on other fields. */
interface Exact {
  readonly message: Predicate
  readonly others: readonly Predicate[]
}

/** Planned when it is asked: the first of thousands of terms may leave no row. Lives for one query. */
export class SearchTerm {
  readonly #folded: string
  readonly #alternatives: () => readonly GroupPlan[]
  readonly #engine: Engine
  #or: readonly GroupPlan[] | undefined

  /** `alternatives` plans those of `SEARCHED`. */
  constructor(value: string, alternatives: () => readonly GroupPlan[], engine: Engine) {
    this.#folded = fold(value)
    this.#alternatives = alternatives
    this.#engine = engine
  }

  /** The alternatives: one a field. */
  get or(): readonly GroupPlan[] {
    this.#or ??= this.#alternatives()
    return this.#or
  }

  /** Those of some rows that have it; undefined where the alternatives must be asked one by one. */
  narrow(segment: Segment, within: RowSet): RowSet | undefined {
    const { scratch, shared } = this.#engine
    const exact = this.#exact()
    if (exact === undefined) return undefined
    const reach = this.#reach([...exact.others, exact.message])
    if (within.count * FIELDS_READ < reach && within.count * readingOf([segment], this.#engine) < reach)
      return this.#read(this.or, within, segment)
    const rows = shared.of(this, segment, () => this.#rows(segment, exact))
    return intersect([within, rows], [], 0, segment.size, scratch)
  }

  estimate(segments: readonly Segment[], left: number): Estimate {
    const exact = this.#exact()
    if (exact === undefined) {
      // As one alternative after the other.
      const all = this.or.map((group) => group.sets[0] ?? checkOf(group)).map((it) => it.estimate(segments, left))
      return { work: all.reduce((sum, { work }) => sum + work, 0), rows: left }
    }
    const { message, others } = exact
    const found = message.estimate(segments, left).work + Math.min(this.#reach(others), left * FIELDS_READ)
    // As long as rows are read in place of finding it, that takes less than the strings to go through stand for.
    return { work: Math.max(found, segments.length * this.#reach([...others, message])), rows: left }
  }

  /** The condition of its last alternative. */
  get leaf(): FieldCondition {
    const group = this.or.at(-1)!
    return (group.sets[0] ?? checkOf(group)).condition
  }

  /** The predicates of the alternatives, if indexes answer all. */
  #exact(): Exact | undefined {
    const [message, ...others] = this.or.map(({ sets }) => sets[0]).reverse()
    const areFound = others.every((it) => it?.needs?.search !== undefined)
    return message === undefined || !areFound ? undefined : { message, others: others as Predicate[] }
  }

  /** The rows of a segment that have it: where it is in nearly all messages, the few others are read. */
  #rows(segment: Segment, { message, others }: Exact): RowSet {
    const { scratch } = this.#engine.shared
    const found = message.rows(segment)!
    const rest = intersect([segment.live.set], [found], 0, segment.size, scratch)
    if (rest.count === 0) return found
    const sets =
      rest.count * FIELDS_READ < this.#reach(others)
        ? [this.#read(this.or.slice(0, -1), rest, segment)]
        : others.map((it) => it.rows(segment)!)
    return unite([found, ...sets], segment.size, scratch)
  }

  /** Units of work that finding it among the strings of some fields takes. */
  #reach(fields: readonly Predicate[]): number {
    return this.#engine.shared.of(this, fields.length, () =>
      fields.reduce((sum, { needs }) => sum + needs!.search!.reach(this.#folded, 'anywhere') * UNITED, 0),
    )
  }

  /** Those of some rows for which one of the alternatives holds. */
  #read(groups: readonly GroupPlan[], rows: RowSet, segment: Segment): RowSet {
    const { documents, work, meter, shared } = this.#engine
    work.documentsRead += rows.count
    meter.spend(rows.count * (groups.length === this.or.length ? readingOf([segment], this.#engine) : FIELDS_READ))
    const holds = (slot: number) => {
      const row = documents.read(segment.rows[slot]!)
      return groups.some((group) => groupHolds(group, row))
    }
    return filter(rows, holds, shared.scratch)
  }
}

/** The condition of a group that must be checked row by row. */
function checkOf({ branches }: GroupPlan): Predicate {
  return (branches[0] as { readonly check: Predicate }).check
}
