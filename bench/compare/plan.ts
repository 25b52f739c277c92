/** What a run asks: made once from the data, read by every process. */
import { readFileSync } from 'node:fs'
import type { Sums, Variant, WriteStep } from './ask.ts'

/** A question with its variants and their right answers. */
export interface PlannedQuestion {
  readonly id: string
  readonly title: string
  readonly variants: readonly Variant[]
  /** Why it is not asked of this data, if it is not. */
  readonly skipped?: string
}

/** All that the processes of a run share, beside the rows themselves. */
export interface Plan {
  readonly rows: number
  /** Rows that are not deleted. */
  readonly visible: number
  readonly source: string
  /** Bytes of the rows as NDJSON, and of the texts of their messages as UTF-8. */
  readonly bytes: number
  readonly textBytes: number
  /** Whether two rows started in the same microsecond, so that ties must be broken. */
  readonly hasTies: boolean
  /** Metadata paths that are asked for. */
  readonly paths: readonly (readonly string[])[]
  readonly questions: readonly PlannedQuestion[]
  readonly writes: readonly WriteStep[]
}

/** What is summed up, each once, and the paths of it. */
export function summed({ questions }: Plan): { all: Sums[]; numbers: Sums['number'][]; groupings: Sums['by'][] } {
  const all = unique(questions.flatMap(({ variants }) => variants.flatMap(({ ask }) => ask.sums ?? [])))
  return { all, numbers: unique(all.map(({ number }) => number)), groupings: unique(all.map(({ by }) => by)) }
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

/** Reads a plan. */
export function readPlan(path: string): Plan {
  return JSON.parse(readFileSync(path, 'utf8')) as Plan
}
