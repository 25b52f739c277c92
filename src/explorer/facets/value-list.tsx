/** The values of a facet. One stop of the Tab key: arrows move, Space ticks, Shift and Space leaves out. */
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { tick } from './change.ts'
import type { Facet } from './fields.ts'
import { countText } from './label.ts'
import styles from './value-list.module.css'
import { isWithout, type Shown } from './values.ts'

interface Props {
  readonly facet: Facet
  readonly label: string
  readonly rows: readonly Shown[]
  readonly isOld: boolean
}

const CHECKED = { ticked: 'true', none: 'false', negated: 'mixed', part: 'mixed' } as const

export function ValueList({ facet, label, rows, isOld }: Props) {
  const { ask } = useExplorer()
  const list = useRef<HTMLUListElement>(null)
  const [current, setCurrent] = useState<string>()
  // The row that has the focus, which is kept when rows are put in another order, and its place, for when it goes.
  const focused = useRef<{ readonly key: string; readonly at: number } | undefined>(undefined)
  const most = rows.reduce((max, row) => (isWithout(row) ? max : Math.max(max, row.count)), 0)
  const stop = rows.find(({ key }) => key === current)?.key ?? rows[0]?.key
  const change = (row: Shown, isNegated: boolean) => ask((asked) => tick(asked, facet, row, isNegated))

  const focusAt = (at: number) => {
    const row = rows[Math.min(Math.max(at, 0), rows.length - 1)]
    if (row === undefined) return
    setCurrent(row.key)
    list.current?.querySelectorAll<HTMLElement>('[role=checkbox]')[rows.indexOf(row)]?.focus()
  }
  useLayoutEffect(() => {
    const lost = focused.current
    if (lost === undefined || document.activeElement !== document.body) return
    const at = rows.findIndex(({ key }) => key === lost.key)
    focusAt(at === -1 ? lost.at : at)
  })

  const onKeyDown = (event: KeyboardEvent, at: number) => {
    const moves: { readonly [key: string]: number } = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
    }
    const to = moves[event.key]
    if (event.key === ' ') change(rows[at]!, event.shiftKey)
    else if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    else focusAt(to)
    event.preventDefault()
  }

  return (
    <ul ref={list} className={styles.list} aria-label={label} data-old={isOld || undefined}>
      {rows.map((row, at) => {
        const { key, count, state } = row
        return (
          <li key={key} className={styles.row} data-state={state}>
            {/* biome-ignore lint/a11y/useSemanticElements: the row is a check box with three states, and all of it is pressed. */}
            <button
              type="button"
              role="checkbox"
              className={styles.value}
              aria-checked={CHECKED[state]}
              tabIndex={key === stop ? 0 : -1}
              title={`${row.label.text}: ${countText(count)}`}
              onClick={(event) => change(row, event.shiftKey)}
              onKeyDown={(event) => onKeyDown(event, at)}
              // The click that Space would make.
              onKeyUp={(event) => event.key === ' ' && event.preventDefault()}
              onFocus={() => {
                focused.current = { key, at }
                setCurrent(key)
              }}
              onBlur={(event) => {
                if (event.currentTarget.isConnected) focused.current = undefined
              }}
            >
              <span className={styles.box} aria-hidden="true" />
              {state === 'negated' && <span className={styles.unseen}>not </span>}
              <bdi className={styles.label} data-kind={row.label.kind}>
                {row.label.text}
              </bdi>
              <span className={styles.count}>{countText(count)}</span>
              <span className={styles.track} aria-hidden="true">
                {!isWithout(row) && most > 0 && (
                  <span className={styles.bar} style={{ inlineSize: `${(100 * count) / most}%` }} />
                )}
              </span>
            </button>
            <button
              type="button"
              className={styles.exclude}
              tabIndex={-1}
              aria-pressed={state === 'negated'}
              aria-label={`Leave out ${row.label.text}`}
              title="Leave out (Shift-click)"
              onClick={() => change(row, true)}
            >
              <span aria-hidden="true">≠</span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
