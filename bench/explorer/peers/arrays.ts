/** The question in plain code: documents in an array, `filter` over it for the list and for each facet. In a worker. */
import { fold } from '../../../src/base/text/fold.ts'
import {
  type Answer,
  type Ask,
  dayOf,
  FACETS,
  LISTED,
  mostFirst,
  newestFirst,
  type Row,
  show,
  textOf,
} from '../question.ts'
import { answerFrom } from './worker.ts'

interface Held {
  readonly row: Row
  /** Folded beforehand. */
  readonly text: string
  readonly values: Readonly<Record<string, readonly string[]>>
}

answerFrom((rows) => {
  const held: Held[] = rows
    .filter(({ is_deleted }) => !is_deleted)
    .sort(newestFirst)
    .map((row) => ({
      row,
      text: textOf(row),
      values: Object.fromEntries(Object.entries(FACETS).map(([name, valuesOf]) => [name, valuesOf(row)])),
    }))
  return (ask) => answer(held, ask)
})

function answer(held: readonly Held[], { text, ticked }: Ask): Answer {
  const terms = fold(text)
    .split(/\s+/)
    .filter((term) => term !== '')
  const keeps = (except: string | null) => (one: Held) =>
    terms.every((term) => one.text.includes(term)) &&
    Object.entries(ticked).every(
      ([name, wanted]) =>
        name === except || wanted.length === 0 || one.values[name]!.some((value) => wanted.includes(value)),
    )
  const found = held.filter(keeps(null))
  return {
    count: found.length,
    rows: found.slice(0, LISTED).map(({ row }) => show(row, text)),
    facets: Object.fromEntries(
      Object.keys(FACETS).map((name) => {
        const rows = (ticked[name] ?? []).length > 0 ? held.filter(keeps(name)) : found
        return [name, mostFirst(tally(rows.flatMap(({ values }) => values[name]!)))]
      }),
    ),
    days: [...tally(found.map(({ row }) => dayOf(row)))],
  }
}

function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
