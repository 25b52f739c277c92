/** What the data holds, as far as questions are drawn from it: values with how many rows have them. */
import type { FeedbackSource, Sentiment } from '../../src/query/spec.ts'
import type { Value } from './ask.ts'
import type { Seen } from './naive.ts'

/** Values with the number of rows that have them, the most frequent first. */
export type Counted<T> = readonly (readonly [value: T, rows: number])[]

/** What visible rows hold. */
export interface Profile {
  readonly rows: number
  /** The first and the last start, in microseconds. */
  readonly started: readonly [from: number, to: number]
  readonly customers: Counted<string>
  readonly devices: Counted<string>
  readonly languages: Counted<string>
  readonly environments: Counted<string>
  readonly actions: Counted<string>
  readonly feedback: Counted<readonly [Sentiment, FeedbackSource]>
  /** Metadata paths with few different values, by the number of their keys and the rows that have them. */
  readonly paths: readonly {
    readonly path: readonly string[]
    readonly values: Counted<Value>
    readonly rows: number
  }[]
  /** Metadata paths with many different numbers, by the rows that have one. */
  readonly numbers: Counted<readonly string[]>
  /** Runs of the sample that failed: of what action, and what they were given. */
  readonly failedRuns: Seen['failedRuns']
  /** Rows in the sample that texts were drawn from. */
  readonly sampled: number
  /** By how many rows of the sample have them. */
  readonly words: Counted<string>
  readonly pairsOfLetters: Counted<string>
  readonly phrases: Counted<string>
}

const MOST_VALUES_OF_A_PATH = 60
const SAMPLED_ROWS = 20_000
const WORD = /[\p{L}\p{M}\p{N}_]+/gu

/** Gathers a profile while rows pass by. */
export class Profiler {
  #rows = 0
  #from = Number.POSITIVE_INFINITY
  #to = Number.NEGATIVE_INFINITY
  readonly #customers = new Map<string, number>()
  readonly #devices = new Map<string, number>()
  readonly #languages = new Map<string, number>()
  readonly #environments = new Map<string, number>()
  readonly #actions = new Map<string, number>()
  readonly #feedback = new Map<string, number>()
  readonly #paths = new Map<string, Map<Value, number> | undefined>()
  #sampled = 0
  readonly #words = new Map<string, number>()
  readonly #pairs = new Map<string, number>()
  readonly #phrases = new Map<string, number>()
  readonly #numbers = new Map<string, number>()
  readonly #failedRuns: Seen['failedRuns'][number][] = []
  readonly #each: number

  constructor(expectedRows: number) {
    this.#each = Math.max(1, Math.round(expectedRows / SAMPLED_ROWS))
  }

  look(seen: Seen): void {
    const { row } = seen
    if (row.is_deleted) return
    if (this.#rows++ % this.#each === 0) this.#sample(seen)
    this.#from = Math.min(this.#from, seen.started)
    this.#to = Math.max(this.#to, seen.started)
    for (const [map, value] of [
      [this.#customers, row.customer_id],
      [this.#devices, row.device],
      [this.#languages, row.language],
      [this.#environments, row.environment],
    ] as const) {
      if (value !== null) count(map, value)
    }
    for (const name of new Set(row.messages.map(({ action_name }) => action_name))) if (name) count(this.#actions, name)
    const said = new Set(row.feedbacks.map(({ sentiment, source }) => `${sentiment}/${source ?? 'customer'}`))
    for (const each of said) count(this.#feedback, each)
    this.#walk(row.metadata, [])
  }

  get(): Profile {
    return {
      rows: this.#rows,
      started: [this.#from, this.#to],
      customers: counted(this.#customers),
      devices: counted(this.#devices),
      languages: counted(this.#languages),
      environments: counted(this.#environments),
      actions: counted(this.#actions),
      feedback: counted(this.#feedback).map(([text, rows]) => [text.split('/') as [Sentiment, FeedbackSource], rows]),
      paths: [...this.#paths]
        .filter((entry): entry is [string, Map<Value, number>] => entry[1] !== undefined && entry[1].size > 1)
        .map(([key, values]) => ({
          path: JSON.parse(key) as string[],
          values: counted(values),
          rows: [...values.values()].reduce((sum, rows) => sum + rows, 0),
        }))
        .sort((a, b) => b.path.length - a.path.length || b.rows - a.rows || (String(a.path) < String(b.path) ? -1 : 1)),
      numbers: counted(this.#numbers)
        .filter(([key]) => this.#paths.get(key) === undefined)
        .map(([key, rows]) => [JSON.parse(key) as string[], rows]),
      failedRuns: this.#failedRuns,
      sampled: this.#sampled,
      words: counted(this.#words),
      pairsOfLetters: counted(this.#pairs),
      phrases: counted(this.#phrases),
    }
  }

  #walk(value: unknown, path: readonly string[]): void {
    if (value === null || Array.isArray(value)) return
    if (typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) if (path.length < 3) this.#walk(inner, [...path, key])
      return
    }
    const key = JSON.stringify(path)
    if (typeof value === 'number') count(this.#numbers, key)
    if (!this.#paths.has(key)) this.#paths.set(key, new Map())
    const values = this.#paths.get(key)
    if (values === undefined) return
    count(values, value as Value)
    if (values.size > MOST_VALUES_OF_A_PATH) this.#paths.set(key, undefined)
  }

  #sample({ texts, failedRuns }: Seen): void {
    this.#sampled++
    this.#failedRuns.push(...failedRuns)
    const [words, pairs, phrases] = [new Set<string>(), new Set<string>(), new Set<string>()]
    for (const text of texts) {
      let before = ''
      let end = -1
      for (const { 0: word, index } of text.matchAll(WORD)) {
        words.add(word)
        for (let i = 0; i + 2 <= word.length; i++) pairs.add(word.slice(i, i + 2))
        if (index === end + 1 && text[end] === ' ') phrases.add(`${before} ${word}`)
        before = word
        end = index + word.length
      }
    }
    for (const word of words) count(this.#words, word)
    for (const pair of pairs) count(this.#pairs, pair)
    for (const phrase of phrases) count(this.#phrases, phrase)
  }
}

function count<T>(map: Map<T, number>, value: T): void {
  map.set(value, (map.get(value) ?? 0) + 1)
}

/** Entries by count, ties by value: the same whatever order the rows came in. */
function counted<T extends Value>(map: Map<T, number>): [T, number][] {
  return [...map].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}
