/** What is asked: each question with how its variants are drawn from the data and what is aimed at. */
import type { Random } from '../../src/features/generate/index.ts'
import type { Ask, Condition, CountedField, OrderTerm, Sums } from './ask.ts'
import type { Counted, Profile } from './profile.ts'

/** What a figure is aimed at. */
export interface Target {
  /** At least so many times faster than the best peer. */
  readonly faster?: number
  /** At most so many times the time of native set algebra on the same sets. */
  readonly timesLimit?: number
  /** At least so many times as fast as these peers; 0.5 is at most twice their time. */
  readonly beside?: Readonly<Record<string, number>>
}

/** A question and its variants. */
export interface Question {
  readonly id: string
  readonly title: string
  readonly target: Target
  /** More asks than are needed, in no order. */
  readonly draw: (profile: Profile, random: Random) => Ask[]
  /** Whether a variant is one: how many rows match, of so many. At least one, when absent. */
  readonly accepts?: (count: number, rows: number) => boolean
  /** How many variants there are, when there are so many. */
  readonly variants: number
  /** Those variants are taken whose matches are nearest to so many. */
  readonly prefers?: number
}

/** So many that what remembers the last few answers or patterns gains nothing. */
const MANY = 32
const SOME = 16
const PAGE_SIZE = 20
const DAY = 86_400_000_000

export const QUESTIONS: readonly Question[] = [
  {
    id: 'W1',
    title: 'customer + device',
    target: { faster: 3, timesLimit: 10 },
    variants: SOME,
    draw: ({ customers, devices }, random) =>
      times(64, () => {
        // A rank from 1 to 100, the logarithm of which is uniform: busy customers and quiet ones.
        const [customer] = customers[Math.floor(Math.min(customers.length, 100) ** random.fraction()) - 1]!
        return ask([equal('customer_id', customer), equal('device', byRows(devices, random))])
      }),
  },
  {
    id: 'W2',
    title: 'device + language + feedback positive by customers',
    target: { faster: 50, timesLimit: 3 },
    variants: SOME,
    draw: (profile) =>
      top(profile.devices, 3).flatMap((device) =>
        top(profile.languages, 6).map((language) =>
          ask([equal('device', device), equal('language', language), positive(profile)]),
        ),
      ),
  },
  {
    id: 'W3',
    title: 'nested metadata + marked',
    target: { faster: 20 },
    variants: SOME,
    draw: (profile) =>
      nestedPaths(profile).flatMap(({ path, values }) =>
        top(values, 8).map((is) => ask([{ field: 'metadata', path, is }, MARKED])),
      ),
  },
  {
    id: 'W4',
    title: 'last 7 days + device, page 5',
    target: { faster: 3 },
    variants: SOME,
    draw: ({ started: [from, to], devices }, random) =>
      times(64, (i) => {
        const end = i < 3 ? to : Math.floor(from + 7 * DAY + random.fraction() * Math.max(0, to - from - 7 * DAY))
        return ask([between(end - 7 * DAY, end), equal('device', byRows(devices, random))], { page: 5 })
      }),
  },
  {
    id: 'W5',
    title: 'six filters',
    target: { faster: 50, timesLimit: 5 },
    variants: SOME,
    draw: (profile, random) =>
      times(256, () => {
        const { path, values } = nestedPaths(profile)[0]!
        const [from, to] = profile.started
        return ask([
          equal('device', byRows(profile.devices, random)),
          equal('language', byRows(profile.languages, random)),
          equal('environment', profile.environments[0]![0]),
          { field: 'metadata', path, is: byRows(values, random) },
          { field: 'action', is: oneOf(top(profile.actions, 6), random) },
          between(Math.floor(from + (0.05 + 0.3 * random.fraction()) * (to - from))),
        ])
      }),
    accepts: (count) => count >= 5,
  },
  {
    id: 'W6a',
    title: 'text: a rare word',
    target: { faster: 10 },
    variants: MANY,
    draw: ({ words, sampled }, random) =>
      times(80, () => {
        const rare = words.filter(([word, rows]) => word.length >= 5 && within(rows / sampled, 0.0001, 0.002))
        return ask([says(oneOf(rare, random)[0])])
      }),
    accepts: (count, rows) => within(count, 2, Math.max(20, 0.002 * rows)),
  },
  {
    id: 'W6b',
    title: 'text: a common word + device',
    target: { faster: 10 },
    variants: MANY,
    draw: ({ words, devices, sampled }, random) =>
      times(80, () => {
        const common = words.filter(([word, rows]) => word.length >= 3 && rows / sampled >= 0.05)
        return ask([says(oneOf(common, random)[0]), equal('device', byRows(devices, random))])
      }),
    accepts: (count, rows) => count >= 0.004 * rows,
  },
  {
    id: 'W6c',
    title: 'text: two characters',
    target: { faster: 10 },
    variants: MANY,
    draw: ({ pairsOfLetters }, random) => {
      const pairs = pairsOfLetters.filter(([pair, rows]) => /^\p{L}{2}$/u.test(pair) && rows > 1)
      // As they are typed, and any: pairs of seldom letters are many, but few people type them.
      return times(64, (i) => ask([says(i % 2 === 0 ? byRows(pairs, random) : oneOf(pairs, random)[0])]))
    },
  },
  {
    id: 'W6d',
    title: 'text: absent',
    target: { faster: 10 },
    variants: MANY,
    draw: ({ words }, random) =>
      times(160, () => {
        // A word with one letter wrong, as a typing error has it.
        const [word] = oneOf(
          words.filter(([word]) => /^[a-z]{6,}$/.test(word)),
          random,
        )
        const at = 1 + random.below(word.length - 2)
        return ask([says(word.slice(0, at) + 'bcdfghjklmnpqrstvwxz'[random.below(20)]! + word.slice(at + 1))])
      }),
    accepts: (count) => count === 0,
  },
  {
    id: 'W6e',
    title: 'text: inside a word',
    target: { faster: 10 },
    variants: MANY,
    draw: ({ words, sampled }, random) => {
      const long = words.filter(([word, rows]) => word.length >= 7 && rows / sampled >= 0.0005)
      return times(160, () => {
        const [word] = oneOf(long, random)
        const length = 4 + random.below(Math.min(3, word.length - 5))
        const at = 1 + random.below(word.length - length - 1)
        return ask([says(word.slice(at, at + length))])
      })
    },
    accepts: (count, rows) => within(count, Math.max(2, 0.0005 * rows), 0.1 * rows),
  },
  {
    id: 'W6f',
    title: 'text: a phrase of two words',
    target: { faster: 10 },
    variants: MANY,
    draw: ({ phrases, sampled }, random) => {
      const rare = phrases.filter(([phrase, rows]) => phrase.length >= 9 && within(rows, 2, 0.001 * sampled))
      return times(80, () => ask([says(oneOf(rare.length > 0 ? rare : phrases, random)[0])]))
    },
    accepts: (count, rows) => within(count, 1, Math.max(20, 0.002 * rows)),
  },
  {
    id: 'W6g',
    title: 'text: a common phrase',
    target: { faster: 10 },
    variants: MANY,
    draw: ({ phrases }, random) => shuffled(top(phrases, 40), random).map((phrase) => ask([says(phrase)])),
    accepts: (count, rows) => count >= 0.004 * rows,
  },
  {
    id: 'W7',
    title: 'page 2,000 of a broad filter',
    target: { faster: 20 },
    variants: SOME,
    draw: (profile, random) => {
      const values = profile.paths.flatMap(({ path, values: [first] }) =>
        nestedPaths(profile).some((nested) => nested.path === path) && first![1] > 0.42 * profile.rows
          ? [{ field: 'metadata', path, is: first![0] } as const]
          : [],
      )
      const filters: Condition[] = [
        ...broad('device', profile.devices, profile.rows),
        ...broad('language', profile.languages, profile.rows),
        ...broad('environment', profile.environments, profile.rows),
        { field: 'is_marked', is: false },
        { field: 'has_feedback', is: false },
        ...values,
      ]
      // The same filter at neighbouring pages: at 100,000 rows the last of them is page 2,000.
      return shuffled(
        filters.flatMap((filter) => [0, 3, 7].map((back) => ask([filter], { page: 2_000 - back }))),
        random,
      )
    },
    accepts: (count, rows) => count >= 0.4 * rows,
  },
  {
    id: 'W8',
    title: 'facets of four fields, a broad filter',
    target: { faster: 20 },
    variants: SOME,
    draw: (profile, random) => {
      const [path] = nestedPaths(profile)
      const fields: CountedField[] = [
        { field: 'device' },
        { field: 'language' },
        { field: 'action' },
        { field: 'metadata', path: path!.path },
      ]
      return shuffled(
        broadFilters(profile).map((where) => ask(where, { fields })),
        random,
      )
    },
    accepts: (count, rows) => count >= 0.4 * rows,
  },
  {
    id: 'W8h',
    title: 'rows by day, a broad filter',
    target: {},
    variants: SOME,
    draw: (profile, random) =>
      shuffled(
        broadFilters(profile).map((where) => ask(where, { fields: [{ field: 'day' }] })),
        random,
      ),
    accepts: (count, rows) => count >= 0.4 * rows,
  },
  {
    id: 'W12',
    title: 'negation and OR of three',
    target: { faster: 10 },
    variants: SOME,
    draw: (profile, random) =>
      times(64, () => {
        const { path, values } = oneOf(nestedPaths(profile), random)
        return ask([
          { not: [equal('device', byRows(profile.devices, random))] },
          {
            or: [
              [equal('language', oneOf(top(profile.languages.slice(1), 6), random))],
              [MARKED],
              [{ field: 'metadata', path, is: oneOf(top(values, 4), random) }],
            ],
          },
        ])
      }),
  },
  {
    id: 'W13',
    title: 'order by another field',
    target: { faster: 10 },
    variants: SOME,
    draw: (profile, random) => {
      const orders: OrderTerm[] = ['customer_id', '-customer_id', 'ended_at', '-ended_at']
      const filters: Condition[][] = [
        ...top(profile.devices, 2).map((device) => [equal('device', device)]),
        ...top(profile.languages, 2).map((language) => [equal('language', language)]),
        [MARKED],
      ]
      return shuffled(
        orders.flatMap((order) => filters.map((where) => ask(where, { order }))),
        random,
      )
    },
  },
  {
    id: 'W14',
    title: 'text: a common word said by the user + device',
    target: { faster: 10 },
    variants: MANY,
    draw: ({ words, devices, sampled }, random) =>
      times(80, () => {
        const common = words.filter(([word, rows]) => word.length >= 3 && rows / sampled >= 0.05)
        return ask([
          { field: 'message', contains: oneOf(common, random)[0], sender: 'end_user' },
          equal('device', byRows(devices, random)),
        ])
      }),
    accepts: (count, rows) => count >= 0.004 * rows,
  },
  {
    id: 'W15',
    title: 'runs of a tool that failed, a string in the input',
    target: { faster: 10 },
    variants: MANY,
    draw: ({ failedRuns }, random) =>
      times(160, () => {
        const { name, input } = oneOf(failedRuns, random)
        const length = Math.min(input.length, 4 + random.below(5))
        const at = random.below(input.length - length + 1)
        return ask([{ field: 'failed_run', name, input: input.slice(at, at + length) }])
      }),
  },
  {
    id: 'W16',
    title: 'order by duration, page 5',
    target: { faster: 10 },
    variants: SOME,
    draw: (profile, random) => {
      const filters: Condition[][] = [
        [],
        [MARKED],
        ...top(profile.devices, 3).map((device) => [equal('device', device)]),
        ...top(profile.languages, 3).map((language) => [equal('language', language)]),
      ]
      return shuffled(
        (['duration', '-duration'] as const).flatMap((order) => filters.map((where) => ask(where, { order, page: 5 }))),
        random,
      )
    },
  },
  {
    id: 'W17',
    title: 'sum and p95 of a number by a path and day',
    target: { beside: { duckdb: 3, columns: 0.5 } },
    variants: SOME,
    draw: (profile, random) => {
      const filters = [[], ...broadFilters(profile).filter((where) => where.length === 1)]
      return shuffled(
        sumsOf(profile).flatMap((sums) => filters.map((where) => ask(where, { sums }))),
        random,
      )
    },
    accepts: (count, rows) => count >= 0.4 * rows,
  },
]

/** Matches of W1, and rows in the window of W4, that growth is measured at. */
const GROWTH_MATCHES = 200
const GROWTH_WINDOW_ROWS = 1_900

/** W1, W4 and W2 so that W1 and W4 have as many results in data of any size; the rest of the data alone grows. */
export const GROWTH_QUESTIONS: readonly Question[] = [
  {
    id: 'W1',
    title: `customer + device, about ${GROWTH_MATCHES} matches`,
    target: {},
    variants: 8,
    prefers: GROWTH_MATCHES,
    draw: ({ customers, devices }, random) => {
      const fit = customers.filter(([, rows]) => within(rows, 1.5 * GROWTH_MATCHES, 8 * GROWTH_MATCHES))
      return shuffled(fit, random)
        .slice(0, 60)
        .flatMap(([customer]) =>
          top(devices, 2).map((device) => ask([equal('customer_id', customer), equal('device', device)])),
        )
    },
  },
  {
    id: 'W4',
    title: `the last ${GROWTH_WINDOW_ROWS.toLocaleString('en')} rows + device, page 5`,
    target: {},
    variants: SOME,
    draw: ({ started: [from, to], devices, rows }, random) =>
      times(SOME, (i) => {
        const span = Math.floor((GROWTH_WINDOW_ROWS / rows) * (to - from))
        const end = i < 3 ? to : Math.floor(from + span + random.fraction() * Math.max(0, to - from - span))
        return ask([between(end - span, end), equal('device', oneOf(top(devices, 2), random))], { page: 5 })
      }),
  },
  QUESTIONS.find(({ id }) => id === 'W2')!,
]

/** The metadata paths that questions ask for: two keys deep where there are such, with few values in many rows. */
export function nestedPaths({ paths, rows }: Profile): Profile['paths'] {
  const frequent = paths.filter(({ values, rows: having }) => values.length <= 12 && having > rows / 4)
  const nested = frequent.filter(({ path }) => path.length >= 2)
  const chosen = (nested.length > 0 ? nested : frequent).toSorted(
    (a, b) => rank(a.path) - rank(b.path) || b.rows - a.rows,
  )
  if (chosen.length === 0) throw new Error('The data has no metadata path with few values in many rows.')
  return chosen.slice(0, 3)
}

/** Two numbers, each by the paths with the most values of those with few: texts in many rows. */
function sumsOf({ numbers, paths, rows }: Profile): Sums[] {
  const grouping = paths
    .filter(({ values, rows: having }) => typeof values[0]![0] === 'string' && having > rows / 4)
    .toSorted((a, b) => b.values.length - a.values.length)
  const frequent = numbers.filter(([, having]) => having > rows / 4)
  return top(frequent, 2).flatMap((number) => grouping.slice(0, 4).map(({ path: by }) => ({ number, by })))
}

/** The path that the issue names comes first. */
function rank(path: readonly string[]): number {
  return path.join('.') === 'analysis.sentiment' ? 0 : 1
}

/** The last page that an ask may name, of so many: broad filters are asked for a page near their end in small data. */
export function pageWithin({ page, pageSize }: Ask, count: number): number {
  const pages = Math.max(1, Math.ceil(count / pageSize))
  if (page <= pages) return page
  return page > 100 ? Math.max(1, Math.floor(pages * 0.9) - (2_000 - page)) : pages
}

const MARKED: Condition = { field: 'is_marked', is: true }

function ask(where: readonly Condition[], rest: Partial<Pick<Ask, 'order' | 'page' | 'fields' | 'sums'>> = {}): Ask {
  return { where, page: 1, pageSize: PAGE_SIZE, ...rest }
}

function equal(field: 'customer_id' | 'device' | 'language' | 'environment', is: string): Condition {
  return { field, is }
}

function says(contains: string): Condition {
  return { field: 'message', contains }
}

function positive({ feedback }: Profile): Condition {
  const wanted = feedback.find(([[sentiment, source]]) => sentiment === 'positive' && source === 'customer')
  const [[sentiment, source]] = wanted ?? feedback[0]!
  return { field: 'feedback', sentiment, source }
}

function between(from: number, to?: number): Condition {
  return { field: 'started_at', from: instant(from), ...(to !== undefined && { to: instant(to) }) }
}

/** Microseconds since 1970 as ISO 8601. */
function instant(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000)
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0')
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`
}

function broad(field: 'device' | 'language' | 'environment', values: Counted<string>, rows: number): Condition[] {
  return values.filter(([, having]) => having > 0.42 * rows).map(([value]) => equal(field, value))
}

/** Filters that leave most rows, on fields that facets do not count; alone and two together. */
function broadFilters({ environments, rows }: Profile): Condition[][] {
  const filters: Condition[] = [
    ...broad('environment', environments, rows),
    { field: 'is_marked', is: false },
    { field: 'has_feedback', is: false },
  ]
  return [...filters.map((one) => [one]), ...filters.flatMap((one, i) => filters.slice(i + 1).map((two) => [one, two]))]
}

function top<T>(values: Counted<T>, most: number): T[] {
  return values.slice(0, most).map(([value]) => value)
}

/** One of the values, as often as rows have it. */
function byRows<T>(values: Counted<T>, random: Random): T {
  let left = random.below(values.reduce((sum, [, rows]) => sum + rows, 0))
  for (const [value, rows] of values) {
    left -= rows
    if (left < 0) return value
  }
  return values[0]![0]
}

function oneOf<T>(values: readonly T[], random: Random): T {
  if (values.length === 0) throw new Error('The data has nothing to draw a question from.')
  return values[random.below(values.length)]!
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

function within(value: number, from: number, to: number): boolean {
  return value >= from && value <= to
}
