/** All conversations that match. */
import { useCallback, useRef } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { NoMatch } from '../empty/no-match.tsx'
import { Notices } from '../empty/notices.tsx'
import { Waiting } from '../empty/waiting.tsx'
import styles from './list.module.css'
import { OrderPick } from './order.tsx'
import { orderOf } from './orders.ts'
import { Rows } from './rows.tsx'
import { type Left, usePages } from './use-pages.ts'
import { useSteps } from './use-steps.ts'
import { rowHeight } from './use-view.ts'

/** Queries whose place in the list is remembered. */
const REMEMBERED = 50

export function List() {
  const { query, store, view, asked, ask, look } = useExplorer()
  const places = useRef(new Map<string, number>())
  const left = useCallback<Left>((of) => Math.floor((places.current.get(of) ?? 0) / rowHeight()), [])
  const pages = usePages(store, query, left)
  const onOpen = useCallback((open: string) => look({ open, message: null, pane: 'conversation' }), [look])
  const reveal = useSteps({ store, query, pages, openId: view.open, onOpen })
  const count = pages?.count ?? null
  const key = pages?.key ?? ''
  const section = useRef<HTMLElement>(null)
  return (
    <section ref={section} className={styles.list} aria-label="Conversations" tabIndex={-1}>
      <header className={styles.head}>
        <h2 className={styles.title}>Conversations</h2>
        <label className={styles.deleted} title="Show deleted conversations too">
          <input
            type="checkbox"
            checked={asked.includeDeleted}
            onChange={({ target }) => ask((before) => ({ ...before, includeDeleted: target.checked }))}
          />
          Deleted too
        </label>
        <OrderPick />
      </header>
      <Notices />
      {pages === null || count === null ? (
        <Waiting error={pages?.error ?? null} />
      ) : count === 0 ? (
        <NoMatch />
      ) : (
        <Rows
          pages={pages}
          count={count}
          start={left(key)}
          isByDuration={orderOf(asked.orderBy).field === 'duration'}
          openId={view.open}
          reveal={reveal}
          onOpen={onOpen}
          onFocusLost={() => section.current?.focus()}
          onScroll={(offset) => remember(places.current, key, offset)}
        />
      )}
    </section>
  )
}

/** The places that were left last. */
function remember(places: Map<string, number>, key: string, offset: number): void {
  places.delete(key)
  places.set(key, offset)
  const [oldest] = places.keys()
  if (places.size > REMEMBERED) places.delete(oldest!)
}
