/** When the conversations that are shown were started, and a range of time to ask for. */
import type { HistogramUnit } from 'conversation-store'
import { useMemo, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { countText } from '../facets/label.ts'
import { NumbersToggle } from '../numbers/toggle.tsx'
import { countIn, spanOf } from './bars.ts'
import { Brush } from './brush.tsx'
import styles from './histogram.module.css'
import { spanText, UNITS, viewerZone } from './time.ts'
import { useBars } from './use-bars.ts'
import { useRange } from './use-range.ts'

export function Histogram() {
  const { look } = useExplorer()
  const timeZone = useMemo(viewerZone, [])
  const shown = useBars(timeZone)
  const [hover, setHover] = useState<number | null>(null)
  const bars = shown?.bars
  const isEmpty = bars === undefined || bars.counts.length === 0
  const ends = isEmpty ? null : { from: bars.edges[0]!, to: bars.edges.at(-1)! }
  const range = useRange(ends)
  const unit = shown?.unit ?? 'day'

  const focus = isEmpty || hover === null || hover >= bars.counts.length ? null : spanOf(bars, hover, hover)
  // What is asked for stays said; the bar that is looked at is said beside it.
  const chosen = range.shown ?? ends
  const span = range.isPending || range.shown !== null ? chosen : (focus ?? chosen)
  const beside = range.shown !== null && !range.isPending ? focus : null
  const inner = span && ends && { from: Math.max(span.from, ends.from), to: Math.min(span.to, ends.to) }
  return (
    <section className={styles.histogram} aria-label="When conversations started">
      <div className={styles.head}>
        <h2 className={styles.title}>Started</h2>
        <p className={styles.words}>
          {inner !== null && bars !== undefined && inner.from < inner.to && (
            <>
              {spanText(inner, span === focus ? unit : dayOr(unit), timeZone)}
              {' · '}
              <b>{countText(countIn(bars, inner))}</b> {countIn(bars, inner) === 1 ? 'conversation' : 'conversations'}
              {beside !== null && ` (${spanText(beside, unit, timeZone)}: ${countText(countIn(bars, beside))})`}
            </>
          )}
        </p>
        {range.asked !== null && (
          <button type="button" className={styles.button} onClick={() => range.apply(null)}>
            Clear range
          </button>
        )}
        <label className={styles.unit}>
          <span>by</span>
          <select
            aria-label="Length of a bar"
            value={unit}
            onChange={(event) => look({ every: event.target.value as HistogramUnit })}
          >
            {UNITS.map((each) => (
              <option key={each.unit} value={each.unit} disabled={shown?.tooShort(each.unit)}>
                {each.unit}
              </option>
            ))}
          </select>
        </label>
        <NumbersToggle />
      </div>
      <div className={styles.plot} data-old={shown?.isOld || undefined}>
        {shown?.error != null ? (
          <p className={styles.note}>
            These conversations started over too long a time to be drawn. Ask for a range of it first: add “started at”
            to the filters.
          </p>
        ) : isEmpty ? (
          <p className={styles.note}>{shown === undefined ? '' : 'No conversations.'}</p>
        ) : (
          <Brush bars={bars} unit={unit} timeZone={timeZone} range={range} onHover={setHover} />
        )}
      </div>
    </section>
  )
}

/** Of a range of hours the days are said too; of longer bars the days that it begins and ends with. */
function dayOr(unit: HistogramUnit): HistogramUnit {
  return unit === 'hour' ? 'hour' : 'day'
}
