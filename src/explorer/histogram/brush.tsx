/** The bars, and a range over them that is dragged or chosen by keys. */
import type { HistogramUnit } from 'conversation-store'
import { useEffect, useId, useRef, useState } from 'react'
import { countText } from '../facets/label.ts'
import { type Bars, barAt, countIn, spanOf } from './bars.ts'
import styles from './brush.module.css'
import type { Chart } from './chart.ts'
import { type Span, spanText } from './time.ts'
import { useKeys } from './use-keys.ts'
import { type Hold, usePointer } from './use-pointer.ts'
import type { RangeState } from './use-range.ts'

interface Props {
  readonly bars: Bars
  readonly unit: HistogramUnit
  readonly timeZone: string
  readonly range: RangeState
  /** Hears the bar under the pointer or the cursor. */
  onHover(at: number | null): void
}

export function Brush({ bars, unit, timeZone, range, onHover }: Props) {
  const canvas = useChart(bars, range.shown, timeZone)
  const help = useId()
  const [cursorAt, setCursorAt] = useState<number | null>(null)
  const [hold, setHold] = useState<Hold>('new')
  const [isFocused, setFocused] = useState(false)
  const last = bars.counts.length - 1
  const ofRange = range.shown === null ? last : barAt(bars, range.shown.to - 1)
  const cursor = Math.min(cursorAt ?? ofRange, last)

  const pointer = usePointer({
    bars,
    range,
    onHover(at, what) {
      onHover(at)
      setHold(what)
    },
  })
  const setCursor = (at: number) => {
    setCursorAt(at)
    onHover(at)
  }
  const { cancel, ...pointing } = pointer
  const onKeyDown = useKeys({ bars, range, cursor, setCursor, cancel })

  const place = ({ from, to }: Span) => {
    const [first, end] = [bars.edges[0]!, bars.edges.at(-1)!]
    const part = (ms: number) => Math.min(Math.max((ms - first) / (end - first), 0), 1) * 100
    return { left: `${part(from)}%`, width: `${Math.max(part(to) - part(from), 0)}%` }
  }
  const text = (span: Span) => `${spanText(span, unit, timeZone)}, ${conversations(countIn(bars, span))}`
  const isRanged = range.shown !== null
  return (
    <>
      <div ref={canvas} className={styles.canvas} />
      <div
        role="slider"
        tabIndex={0}
        className={styles.brush}
        data-hold={hold}
        aria-label={`Started, by ${unit}`}
        aria-describedby={help}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={last + 1}
        aria-valuenow={cursor + 1}
        aria-valuetext={
          isRanged && (range.isPending || cursorAt === null)
            ? `${range.isPending ? 'Chosen' : 'Range'}: ${text(range.shown!)}`
            : text(spanOf(bars, cursor, cursor))
        }
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          // By keys; a press of the pointer focuses it too.
          setFocused(event.currentTarget.matches(':focus-visible'))
        }}
        onBlur={() => {
          setFocused(false)
          setCursorAt(null)
          onHover(null)
          range.choose(null)
        }}
        {...pointing}
      >
        {isFocused && <span className={styles.cursor} style={place(spanOf(bars, cursor, cursor))} />}
        {range.shown !== null && (
          <span className={styles.range} data-pending={range.isPending || undefined} style={place(range.shown)} />
        )}
      </div>
      <p id={help} className={styles.help} data-shown={isFocused || undefined}>
        ← → move · Shift + ← → choose · Enter applies · Esc clears
      </p>
    </>
  )
}

function conversations(count: number): string {
  return `${countText(count)} ${count === 1 ? 'conversation' : 'conversations'}`
}

/** The element that the chart stands in. It is drawn when its code is there, and at each change of what it shows. */
function useChart(bars: Bars, span: Span | null, timeZone: string) {
  const element = useRef<HTMLDivElement>(null)
  const [chart, setChart] = useState<Chart>()
  useEffect(() => {
    let made: Chart | undefined
    let isGone = false
    void import('./chart.ts').then(({ makeChart }) => {
      if (isGone || element.current === null) return
      made = makeChart(element.current, timeZone)
      setChart(made)
    })
    return () => {
      isGone = true
      made?.destroy()
    }
  }, [timeZone])
  const [from, to] = [span?.from, span?.to]
  useEffect(() => {
    chart?.draw({ bars, span: from === undefined || to === undefined ? null : { from, to } })
  }, [chart, bars, from, to])
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const refresh = () => chart?.refresh()
    scheme.addEventListener('change', refresh)
    return () => scheme.removeEventListener('change', refresh)
  }, [chart])
  return element
}
