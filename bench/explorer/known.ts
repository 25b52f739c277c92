/** The right answers, by looking at each row. What is typed and what is ticked, with what a page must show then. */
import { fold } from '../../src/base/text/fold.ts'
import type { Expected } from './probe.ts'
import { type Ask, FACETS, keyOf, newestFirst, type Row, textOf } from './question.ts'

/** What a person searches: words of the data from frequent to rare, and one that is not there. */
const WORDS = [
  'refund',
  'tracking number',
  'invoice',
  'subscription',
  'warranty',
  'courier',
  'voucher',
  'damaged',
  'exchange',
  'password',
  'zqx',
  'manager',
  'tomorrow',
]

/** A click on a value. */
export interface Tick {
  readonly facet: string
  readonly value: string
  readonly expected: Expected
}

export interface Known {
  /** How many rows there are that are not deleted. */
  readonly total: number
  /** Words, letter by letter; each begins with an empty field. */
  readonly words: readonly {
    readonly word: string
    readonly strokes: readonly Expected[]
    readonly cleared: Expected
  }[]
  /** Each is followed by its opposite. */
  readonly ticks: readonly Tick[]
}

/** The answers for so many words and ticks. */
export function knownAnswers(rows: readonly Row[], wordCount: number, tickCount: number): Known {
  const held = rows
    .filter(({ is_deleted }) => !is_deleted)
    .sort(newestFirst)
    .map((row) => ({ row, text: textOf(row), values: FIELDS.map((name) => FACETS[name]!(row)) }))

  const answer = ({ text, ticked }: Ask): Expected => {
    const terms = fold(text)
      .split(' ')
      .filter((term) => term !== '')
    const tallies = FIELDS.map(() => new Map<string, number>())
    let count = 0
    let first: string | null = null
    for (const { row, text: whole, values } of held) {
      if (!terms.every((term) => whole.includes(term))) continue
      const failing = FIELDS.flatMap((name, i) => {
        const wanted = ticked[name] ?? []
        return wanted.length === 0 || values[i]!.some((value) => wanted.includes(value)) ? [] : [i]
      })
      if (failing.length === 0) {
        count++
        first ??= keyOf(row)
      }
      // A facet counts rows that every other facet keeps.
      values.forEach((all, i) => {
        if (failing.some((one) => one !== i)) return
        for (const value of all) tallies[i]!.set(value, (tallies[i]!.get(value) ?? 0) + 1)
      })
    }
    const facets = FIELDS.map((name, i) => [
      name,
      Object.fromEntries([...tallies[i]!].map(([value, n]) => [value, shown(n)])),
    ])
    return { text, isSame: false, terms, count: shown(count), first, facets: Object.fromEntries(facets) }
  }

  const nothing = answer({ text: '', ticked: {} })
  const words = WORDS.slice(0, wordCount).map((word) => ({
    word,
    strokes: Array.from(word, (letter, i) => ({
      ...answer({ text: word.slice(0, i + 1), ticked: {} }),
      isSame: letter === ' ',
    })),
    cleared: nothing,
  }))
  const values = FIELDS.flatMap((facet) => {
    const most = Object.entries(nothing.facets[facet]!).sort((a, b) => numberOf(b[1]) - numberOf(a[1]))
    return most.slice(0, 4).map(([value]) => ({ facet, value }))
  })
  const ticks = values.slice(0, tickCount).flatMap(({ facet, value }) => [
    { facet, value, expected: answer({ text: '', ticked: { [facet]: [value] } }) },
    { facet, value, expected: nothing },
  ])
  return { total: held.length, words, ticks }
}

const FIELDS = Object.keys(FACETS)
const shown = (count: number) => count.toLocaleString('en')
const numberOf = (text: string) => Number(text.replaceAll(',', ''))
