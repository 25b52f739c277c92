/** What numbers of the conversations that are shown come to. Asked after list and facets, whose answers come first. */
import { useEffect, useMemo, useState } from 'react'
import type { Ask } from '../answers/contract.ts'
import { useAnswers } from '../answers/use-answers.ts'
import { NOTHING, queryOfRows } from '../asking/query.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { usePaths } from '../facets/use-paths.ts'
import { viewerZone } from '../histogram/time.ts'
import {
  byOptions,
  type Choice,
  choiceOf,
  FIGURES,
  GROUP_LIMITS,
  groupRequest,
  numberOptions,
  totalRequest,
} from './choices.ts'
import { exactText, figureText } from './figure.ts'
import { Groups } from './groups.tsx'
import styles from './numbers.module.css'
import { Select } from './select.tsx'
import { useShown } from './use-shown.ts'

const EVERYTHING = queryOfRows(NOTHING)

export function Numbers() {
  const [isShown] = useShown()
  return isShown ? <Strip /> : <div />
}

function Strip() {
  const { view, look, query, status } = useExplorer()
  const settled = useSettled(query)
  const paths = usePaths() ?? []
  const [limit, setLimit] = useState<number>(GROUP_LIMITS[0])
  const timeZone = useMemo(viewerZone, [])
  // While conversations are loaded, sums of those that are there would slow down the rest at each step.
  const isLoading = status.phase === 'starting' || status.phase === 'loading'
  const probe: Ask = { id: 'ended', query: EVERYTHING, aggregate: [{ count: ['count', 'duration'] }] }
  const ended = useAnswers(isLoading || view.numbers !== null ? [] : [probe]).get('ended')?.aggregate[0]
  const choice = choiceOf(view, ended?.count !== 0)
  const { measure, of, by } = choice
  const asks: readonly Ask[] = [
    { id: 'total', query: settled, aggregate: [totalRequest(choice)] },
    ...(by === null ? [] : [{ id: `by ${by}`, query: settled, aggregate: groupRequest(choice, limit, timeZone) }]),
  ]
  const answers = useAnswers(isLoading ? [] : asks)
  const total = answers.get('total')
  const grouped = by === null ? undefined : answers.get(`by ${by}`)
  const figures = total?.aggregate[0]
  const isSeconds = of === 'duration'
  const isOld = settled !== query || total?.isOld === true
  const choose = (change: Partial<Choice>) => look({ numbers: { ...choice, ...change } })
  const options = byOptions(paths)
  return (
    <section className={styles.strip} aria-label="Numbers">
      <div className={styles.row}>
        <Select
          label="Number"
          value={of}
          groups={[{ options: numberOptions(paths) }]}
          onChange={(value) => choose({ of: value })}
        />
        <ul className={styles.figures} data-old={isOld || undefined}>
          {FIGURES.map(({ make, label }) => {
            const value = figures?.[make]
            return (
              <li key={make}>
                <button
                  type="button"
                  className={styles.figure}
                  aria-pressed={by === null ? undefined : make === measure}
                  title={exactText(figures, make, isSeconds)}
                  onClick={() => choose({ measure: make })}
                >
                  <span className={styles.name}>{label}</span>
                  <span className={styles.value}>
                    {total === undefined ? '\u00a0' : figureText(value, make, isSeconds)}
                  </span>
                </button>
              </li>
            )
          })}
        </ul>
        <Select
          label="by"
          isLabelShown
          value={by ?? ''}
          groups={[
            { options: [{ value: '', label: 'all together' }] },
            { label: 'Time', options: options.time },
            { label: 'Fields', options: options.fields },
          ]}
          onChange={(value) => choose({ by: value === '' ? null : value })}
        />
      </div>
      {grouped !== undefined && by !== null && (
        <Groups
          choice={choice}
          answer={grouped}
          isOld={settled !== query || grouped.isOld}
          isSeconds={isSeconds}
          timeZone={timeZone}
          limit={limit}
          onMore={() => setLimit(GROUP_LIMITS[1])}
        />
      )}
    </section>
  )
}

/** Milliseconds without a change until numbers are asked. */
const QUIET = 60

/** A value once it has been the same for a while: typing asks for numbers once, and after what it paints first. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), QUIET)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
