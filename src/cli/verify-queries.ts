/** The queries of a verification: the same for the same seed and rows. */
import { Random } from '../features/generate/random.ts'
import type { ServedRow } from '../hosted/pages.ts'
import { FILTERS, pairApart, SETTINGS, type Values } from './verify-values.ts'

/** A query as names and values of a URL. */
export type Params = readonly (readonly [name: string, value: string])[]

/** Rows that are looked at for one that has a value. */
const TRIES = 20

/**
 * So many queries. First each filter and setting alone with each of its values in turn, the plainest first; then filters and settings
 * together, whose values fit one row.
 */
export function* queriesFor(
  rows: readonly ServedRow[],
  seed: number,
  count: number,
): Generator<Params, void, undefined> {
  let left = count
  for (const make of [alone, together]) {
    for (const params of make(rows, new Random(seed))) {
      if (left-- === 0) return
      yield params
    }
  }
}

function* alone(rows: readonly ServedRow[], random: Random): Generator<Params, void, undefined> {
  const all = [...Object.entries(FILTERS), ...Object.entries(SETTINGS)]
  for (let round = 0, isMore = true; isMore; round++) {
    isMore = false
    for (const [name, values] of all) {
      const value = valuesOf(values, rows, random)[round]
      if (value === undefined) continue
      isMore = true
      yield name === 'ordering' ? [[name, value]] : [[name, value], ORDER]
    }
  }
}

/** All rows of a page are compared in order, which is promised only where one is asked for. */
const ORDER = ['ordering', 'id'] as const

function* together(rows: readonly ServedRow[], random: Random): Generator<Params, void, undefined> {
  const names = Object.keys(FILTERS)
  for (let i = 0; ; i++) {
    const row = rows.length === 0 ? NO_ROW : random.pick(rows)
    const chosen = new Set([names[i % names.length]!])
    while (random.percent(50)) chosen.add(random.pick(names))
    const others = Object.keys(SETTINGS).filter((name) => name === 'ordering' || random.percent(15))
    const given = [...chosen, ...others].flatMap((name): [string, string][] => {
      const values = (FILTERS[name] ?? SETTINGS[name]!)(row, random)
      // Mostly the plainest, which the row has.
      return values.length === 0 ? [] : [[name, random.percent(60) ? values[0]! : random.pick(values)]]
    })
    yield random.percent(5) ? [...pairApart(row, random), ...given] : given
  }
}

const NO_ROW: ServedRow = { id: 0, conversation_id: 'none', started_at: '2026-01-05T10:00:00Z' }

/** The values of a row that has some. */
function valuesOf(values: Values, rows: readonly ServedRow[], random: Random): readonly string[] {
  for (let i = 0; i < TRIES && rows.length > 0; i++) {
    const made = values(random.pick(rows), random)
    if (made.length > 0) return made
  }
  return values(NO_ROW, random)
}
