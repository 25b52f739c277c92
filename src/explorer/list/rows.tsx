/** The rows that are in view. One element has the focus, so it stays whatever comes and goes; keys move among the rows. */
import { type KeyboardEvent, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { moved } from './moves.ts'
import type { Pages } from './pages.ts'
import { Row } from './row.tsx'
import styles from './rows.module.css'
import { heightOf, type Place, placeAt, revealing, rowsAt, scrolled } from './scale.ts'
import { rowHeight, useView } from './use-view.ts'

/** Rows above and below that are drawn too. */
const AROUND = 4
/** Milliseconds without scrolling after which the scroll bar is put where it belongs. */
const STILL_MS = 150

interface Props {
  readonly pages: Pages
  readonly count: number
  /** Where the list begins. */
  readonly start: number
  readonly isByDuration: boolean
  readonly openId: string | null
  /** A row that is to be seen; another object each time. */
  readonly reveal: { readonly index: number } | null
  readonly onOpen: (conversationId: string) => void
  readonly onScroll: (offset: number) => void
  /** There are no rows any more, and one of them had the focus. */
  readonly onFocusLost: () => void
}

export function Rows({ pages, count, start, isByDuration, openId, reveal, onOpen, onScroll, onFocusLost }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const view = useView(scroller)
  const height = rowHeight()
  const extent = { rows: count * height, view }
  const [place, setPlace] = useState<Place>(() => placeAt(start * height, extent))
  const [active, setActive] = useState<{ readonly index: number; readonly id: string | null }>({ index: 0, id: null })
  const id = useId()
  const [of, setOf] = useState(pages)
  if (of !== pages) {
    setOf(pages)
    setPlace(placeAt(start * height, extent))
    setActive({ index: start, id: null })
  }
  const [from, to] = rowsAt(place.offset, view, height, count)

  const go = useCallback((next: Place) => {
    setPlace(next)
    if (scroller.current !== null) scroller.current.scrollTop = next.top
  }, [])
  const show = (index: number) => {
    const offset = revealing(index, place.offset, view, height)
    if (offset !== place.offset) go(placeAt(offset, extent))
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: begins where it is told to, for each query once.
  useLayoutEffect(() => go(place), [pages])

  // biome-ignore lint/correctness/useExhaustiveDependencies: when it is gone.
  useLayoutEffect(
    () => () => {
      if (document.activeElement === scroller.current) queueMicrotask(onFocusLost)
    },
    [],
  )

  useEffect(() => {
    pages.want(from, to)
    onScroll(place.offset)
  })

  // A write shows, and the rows in view stay where they are.
  const anchor = useRef<{ readonly id: string; readonly index: number } | null>(null)
  const { version } = pages
  // biome-ignore lint/correctness/useExhaustiveDependencies: when rows have changed, not when they are scrolled.
  useLayoutEffect(() => {
    const held = anchor.current
    const now = held === null ? -1 : pages.indexOf(held.id)
    if (now !== -1 && now !== held!.index && place.offset > 0)
      go(placeAt(place.offset + (now - held!.index) * height, extent))
    else if (place.offset > Math.max(0, extent.rows - view)) go(placeAt(place.offset, extent))
    setActive((before) => {
      const found = before.id === null ? -1 : pages.indexOf(before.id)
      const index = found === -1 ? Math.min(before.index, Math.max(0, count - 1)) : found
      const nearest = pages.row(index)?.conversation_id ?? null
      return index === before.index && nearest === before.id ? before : { index, id: nearest }
    })
  }, [pages, version])
  useLayoutEffect(() => {
    const first = place.offset > 0 ? pages.row(from) : undefined
    anchor.current = first === undefined ? null : { id: first.conversation_id, index: from }
  })

  const isScaled = extent.rows > heightOf(extent)
  useEffect(() => {
    if (!isScaled) return
    const timer = setTimeout(() => {
      const right = placeAt(place.offset, extent)
      if (Math.abs(right.top - place.top) > 1) go(right)
    }, STILL_MS)
    return () => clearTimeout(timer)
  })

  const activate = (index: number) => setActive({ index, id: pages.row(index)?.conversation_id ?? null })
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each wish.
  useEffect(() => {
    if (reveal === null) return
    activate(reveal.index)
    show(reveal.index)
  }, [reveal])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const row = pages.row(active.index)
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      if (row !== undefined) onOpen(row.conversation_id)
      return
    }
    // From where one looks, if that is elsewhere.
    const at = active.index >= from && active.index < to ? active.index : from
    const next = moved(event.key, at, count, Math.max(1, Math.floor(view / height) - 1))
    if (next === undefined) return
    event.preventDefault()
    activate(next)
    show(next)
  }

  const [first, last] = [Math.max(0, from - AROUND), Math.min(count, to + AROUND)]
  const isActiveDrawn = active.index >= first && active.index < last
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="listbox"
      tabIndex={0}
      aria-label="Conversations that match"
      {...(isActiveDrawn && { 'aria-activedescendant': `${id}-${active.index}` })}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget: { scrollTop } }) => {
        if (Math.abs(scrollTop - place.top) > 0.5) setPlace(scrolled(place, scrollTop, extent))
      }}
    >
      <div className={styles.sizer} style={{ height: heightOf(extent) }}>
        <div style={{ transform: `translateY(${first * height - place.offset + place.top}px)` }}>
          {Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i).map((index) => {
            const row = pages.row(index)
            return (
              <Row
                key={row?.conversation_id ?? index}
                id={`${id}-${index}`}
                row={row}
                index={index}
                count={count}
                isActive={index === active.index}
                isOpen={row !== undefined && row.conversation_id === openId}
                isByDuration={isByDuration}
                onOpen={(conversationId) => {
                  activate(index)
                  onOpen(conversationId)
                }}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}
