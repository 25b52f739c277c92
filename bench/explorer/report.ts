/** The results as Markdown. */
import type { Measured } from './probe.ts'

interface Spread {
  readonly median: number
  readonly p95: number
  readonly longest: number
}

/** A page that was used. All times in milliseconds. */
export interface Painted {
  readonly page: string
  readonly strokes: number
  readonly stroke: Spread
  /** Until the elements are there, before the frame ends: the median. */
  readonly shown: number
  readonly ticks: number
  readonly tick: Spread
  /** 0: none over 50. */
  readonly longestTask: number
  readonly slowest: readonly Measured[]
}

/** A page that was opened. */
export interface Opened {
  readonly page: string
  readonly from: string
  readonly firstRows: number
  readonly ready: number
  readonly longestTask: number
}

/** A page that showed a wrong answer or none. */
export interface Failed {
  readonly page: string
  readonly reason: string
}

export interface Results {
  readonly date: string
  readonly commit: string
  readonly machine: string
  readonly command: string
  readonly rows: number
  /** Messages a conversation, on average. */
  readonly turns: number
  readonly painted: readonly Painted[]
  readonly opened: readonly Opened[]
  readonly failed: readonly Failed[]
}

export function report({ date, commit, machine, command, rows, turns, painted, opened, failed }: Results): string {
  return `# The explorer

${date}, commit ${commit}, ${machine}. \`${command}\`

${rows.toLocaleString('en')} generated conversations of ${turns.toFixed(1)} messages on average, the histogram and six facets on. Text is typed letter by letter at the
speed of a person, and deleted; a stroke ends with the frame that shows the right count, first row, marks and facets, and a histogram
that was drawn since: each is compared with an answer found by looking at every row. The display has 60 frames a second, so that 8 ms of
each median are the wait for the next one. Plain pages paint the same things: thirty rows with the match marked, the count, the facets, the bars.

| page | strokes | median | p95 | longest | elements there, median | ticks | median | p95 | longest task in use |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${painted.map(({ page, strokes, stroke, shown, ticks, tick, longestTask }) => row([page, strokes, ms(stroke.median), ms(stroke.p95), ms(stroke.longest), ms(shown), ticks, ms(tick.median), ms(tick.p95), task(longestTask)])).join('\n')}

Aims: a stroke under 16 ms, the 95th percentile under 50; a tick under 33.

| page | opened from | first rows painted | all searchable | longest task |
| --- | --- | ---: | ---: | ---: |
${opened.map(({ page, from, firstRows, ready, longestTask }) => row([page, from, seconds(firstRows), seconds(ready), task(longestTask)])).join('\n')}

Times begin with the navigation. Aims: 1 s and 8 s, from a snapshot 0.3 s and 1 s, and no task over 50 ms on the page's thread.
${failed.map(({ page, reason }) => `\nNot measured: ${page}. ${reason}\n`).join('')}`
}

/** The value that so many of the others are not above, by nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
const ms = (time: number) => `${time.toFixed(1)} ms`
const seconds = (time: number) => `${(time / 1_000).toFixed(2)} s`
const task = (time: number) => (time === 0 ? 'under 50 ms' : ms(time))
