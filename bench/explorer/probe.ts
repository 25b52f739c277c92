/**
 * What is put into each page to measure it: it notes when a key was struck, watches the page, and notes the end of the frame
 * in which the page shows the right answer. The page knows nothing of it.
 *
 * A frame has ended when a message that was posted in its animation callback arrives: the page has then been laid out and
 * painted. A right answer has the count, the first row, every count of every facet, and a histogram that was drawn since.
 */

/** What the page must show after a stroke or a tick. Counts as the page writes them. */
export interface Expected {
  /** The text in the field. */
  readonly text: string
  readonly count: string
  /** The conversation id of the first row; null where nothing matches. */
  readonly first: string | null
  /** The counts of the values, by facet and value. Values that are shown and not here are not compared. */
  readonly facets: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** How a page is read. Null: it shows none now. */
export interface Reader {
  readonly field: string
  count(): string | null
  /** Whether all rows can be asked. */
  isReady(): boolean
  first(): string | null
  /** The counts that are shown, by facet and value. */
  facets(): Record<string, Record<string, string>>
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
  /** How what is shown differs from what is expected of the first pending one; for errors. */
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
    started.push({ expected: queue.shift()!, at: event.timeStamp })
  }

  function look(): void {
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
    const count = reader.count()
    if (count !== expected.count) return `count ${count}, not ${expected.count}`
    const first = reader.first()
    if (first !== expected.first) return `first row ${first}, not ${expected.first}`
    if (drawn < at) return 'the histogram was not drawn'
    const facets = reader.facets()
    for (const [name, counts] of Object.entries(expected.facets)) {
      const shown = facets[name]
      if (shown === undefined) return `no facet ${name}`
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
    attributeFilter: ['data-id', 'id', 'aria-busy', 'value'],
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
    difference: () => (started[0] === undefined ? 'nothing was struck' : differenceOf(started[0])),
  }
}
