/**
 * What is put into each page to measure it: it notes when a key was struck, watches the page, and notes the end of the frame
 * in which the page shows the right answer. The page knows nothing of it.
 *
 * A frame has ended when a message that was posted in its animation callback arrives: the page has then been laid out and
 * painted. A right answer has the count, the first row, marks of what was typed last alone, every count of every facet, and a
 * histogram that was drawn since. What the page itself calls the answer before is not there yet.
 */
import { fold } from '../../src/base/text/fold.ts'

/** What the page must show after a stroke or a tick. Counts as the page writes them. */
export interface Expected {
  /** The text in the field. */
  readonly text: string
  /** Whether it asks what was asked before, as a space after a word does: nothing is painted, and it is not measured. */
  readonly isSame: boolean
  /** The words that may be marked in the list, folded. */
  readonly terms: readonly string[]
  readonly count: string
  /** The key of the first row, see `keyOf`; null where nothing matches. */
  readonly first: string | null
  /** The counts of the values, by facet and value. Values that are shown and not here are not compared. */
  readonly facets: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** How a page is read. Null: it shows none now. */
export interface Reader {
  /** The text of the field. */
  text(): string
  count(): string | null
  /** Whether all rows can be asked. */
  isReady(): boolean
  first(): string | null
  /** What is marked in the rows that are drawn. */
  marks(): string[]
  /** The counts that are shown, by facet and value. */
  facets(): Record<string, Record<string, string>>
  /** Whether there is a histogram: where nothing matches, words may stand in its place. */
  hasBars(): boolean
  /** Whether the page says that these are of the question before. */
  areBarsOld(): boolean
  areFacetsOld(): boolean
}

/** What was measured of one stroke or tick, in milliseconds. */
export interface Measured {
  readonly text: string
  /** From the event to the end of the frame that shows the answer. */
  readonly painted: number
  /** From the event to the moment when the elements are there. */
  readonly shown: number
}

export interface Probe {
  /** Milliseconds from the beginning of the navigation: the first rows are painted; all can be asked. */
  readonly firstRows: number | null
  readonly ready: number | null
  readonly measured: readonly Measured[]
  /** Tasks of more than 50 ms on the page's thread: when and how long. */
  readonly longTasks: readonly (readonly [start: number, duration: number])[]
  /** How many strokes or ticks have no answer yet. */
  pending(): number
  /** What the next strokes or ticks must lead to, in order. */
  arm(kind: 'keydown' | 'click', expected: readonly Expected[]): void
  /** How what is shown differs from what the last stroke or tick must lead to; for errors. */
  difference(): string
}

/** `total`: the count of all rows as the page writes it. */
export function startProbe(reader: Reader, total: string): Probe {
  const measured: Measured[] = []
  const longTasks: [number, number][] = []
  const times = { firstRows: null as number | null, ready: null as number | null }
  let kind: 'keydown' | 'click' = 'keydown'
  let queue: Expected[] = []
  let started: { readonly expected: Expected; readonly at: number }[] = []
  let drawn = 0
  /** Since when the bars are not those of the question before; infinite while they are. */
  let newSince = 0
  let isInFrame = false
  let afterFrame: (() => void)[] = []

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) longTasks.push([startTime, duration])
  }).observe({ type: 'longtask', buffered: true })

  const { port1, port2 } = new MessageChannel()
  port2.onmessage = () => {
    isInFrame = false
    const then = afterFrame
    afterFrame = []
    for (const call of then) call()
  }
  const onFrame = () => {
    isInFrame = true
    port1.postMessage(null)
    requestAnimationFrame(onFrame)
  }
  requestAnimationFrame(onFrame)
  /** Calls at the end of this frame, or between frames at the end of the next. */
  const atEndOfFrame = (call: () => void) => {
    if (isInFrame) afterFrame.push(call)
    else requestAnimationFrame(() => afterFrame.push(call))
  }

  const { clearRect } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.clearRect = function (...args) {
    noticeOldBars()
    drawn = performance.now()
    clearRect.apply(this, args)
    look()
  }

  addEventListener(
    'keydown',
    (event) => {
      if (kind === 'keydown' && queue.length > 0) start(event)
    },
    { capture: true },
  )
  addEventListener(
    'click',
    (event) => {
      if (kind === 'click' && queue.length > 0) start(event)
    },
    { capture: true },
  )
  function start(event: Event): void {
    // Of a modifier nothing is written.
    if (event instanceof KeyboardEvent && (event.ctrlKey || event.key === 'Control')) return
    const expected = queue.shift()!
    if (!expected.isSame) started.push({ expected, at: event.timeStamp })
  }

  function noticeOldBars(): void {
    if (reader.areBarsOld()) newSince = Number.POSITIVE_INFINITY
    else if (newSince === Number.POSITIVE_INFINITY) newSince = performance.now()
  }

  function look(): void {
    noticeOldBars()
    if (times.firstRows === null && reader.first() !== null) {
      times.firstRows = performance.now()
      atEndOfFrame(() => {
        times.firstRows = performance.now()
      })
    }
    if (times.ready === null && reader.isReady() && reader.count() === total) {
      times.ready = performance.now()
      atEndOfFrame(() => {
        times.ready = performance.now()
      })
    }
    if (started.length === 0) return
    // The last that is shown: whatever came before it was overtaken.
    const shown = started.findLastIndex((one) => differenceOf(one) === '')
    if (shown === -1) return
    const done = started.splice(0, shown + 1)
    const now = performance.now()
    atEndOfFrame(() => {
      const end = performance.now()
      for (const { expected, at } of done) measured.push({ text: expected.text, painted: end - at, shown: now - at })
    })
  }

  function differenceOf({ expected, at }: { readonly expected: Expected; readonly at: number }): string {
    const text = reader.text()
    // The answer to a stroke before the last may come when more has been typed: it is old then, and was shown all the same.
    const isLast = started.at(-1)?.expected === expected
    if (isLast && text !== expected.text) return `the field has "${text}", not "${expected.text}"`
    const count = reader.count()
    if (count !== expected.count) return `count ${count}, not ${expected.count}`
    const first = reader.first()
    if (first !== expected.first) return `first row ${first}, not ${expected.first}`
    const mark = reader.marks().find((each) => !expected.terms.includes(fold(each)))
    if (mark !== undefined) return `"${mark}" is marked`
    if (isLast && reader.areFacetsOld()) return 'the facets are old'
    if (!reader.hasBars()) {
      if (expected.count !== '0') return 'there is no histogram'
    } else if (drawn < at || (isLast && drawn < newSince)) return 'the histogram was not drawn'
    const facets = reader.facets()
    for (const [name, counts] of Object.entries(expected.facets)) {
      const shown = facets[name]
      if (shown === undefined) return `no facet ${name}`
      if (Object.keys(shown).length === 0 && Object.keys(counts).length > 0) return `nothing in ${name}`
      for (const [value, number] of Object.entries(shown)) {
        if (number !== (counts[value] ?? '0')) return `${name} ${value} ${number}, not ${counts[value] ?? 0}`
      }
    }
    return ''
  }

  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ['data-key', 'data-old', 'datetime', 'value'],
  })

  return {
    get firstRows() {
      return times.firstRows
    },
    get ready() {
      return times.ready
    },
    measured,
    longTasks,
    pending: () => queue.length + started.length,
    arm(next, expected) {
      kind = next
      queue = [...expected]
      started = []
    },
    difference: () => (started.length === 0 ? 'nothing was struck' : differenceOf(started.at(-1)!)),
  }
}
