/** A conversation to read. It comes once one is opened: the list is painted without it. */
import type { Conversation as Row } from 'conversation-store'
import type { Query } from 'conversation-store/core'
import { highlights } from 'conversation-store/highlights'
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { copyText } from '../ui/copy.ts'
import styles from './conversation.module.css'
import { useLinkTo } from './copies.ts'
import { Details } from './details.tsx'
import { Head } from './head.tsx'
import { MatchBar } from './match-bar.tsx'
import type { Match } from './matches.ts'
import { Turns } from './turns.tsx'
import { useMatches } from './use-matches.ts'

export default function Read({ row, query }: { readonly row: Row; readonly query: Query }) {
  const { view, look } = useExplorer()
  const scroller = useRef<HTMLElement>(null)
  const detailsId = useId()
  const matches = useMatches(query, row.messages)
  const [at, setAt] = useState<{ readonly place: number; readonly match: Match } | null>(null)
  const move = useCallback(
    (place: number) => {
      const match = matches.list[place]
      if (match !== undefined) setAt({ place, match })
    },
    [matches.list],
  )

  // The first match is what the list showed: it is gone to when the conversation opens, unless a link leads elsewhere.
  const isFresh = useRef(view.message === null)
  useEffect(() => {
    if (!isFresh.current) return
    if (matches.list.length > 0) {
      isFresh.current = false
      move(0)
    } else if (matches.isDone) isFresh.current = false
  }, [matches.list, matches.isDone, move])
  // Other words are asked for: the place among the matches of those before says nothing.
  const words = useRef(query.key)
  useEffect(() => {
    if (words.current !== query.key) setAt(null)
    words.current = query.key
  }, [query])

  const linkTo = useLinkTo()
  const onLink = useRef((_: number) => {})
  onLink.current = (message) => {
    look({ message }, { replace: true })
    void copyText(linkTo(message), `Link to message ${message + 1} copied`)
  }
  const stableLink = useCallback((index: number) => onLink.current(index), [])
  const nameRanges = useMemo(() => {
    const [found] = highlights(query, { ...row, messages: [] }).filter(({ field }) => field === 'name')
    return found?.ranges ?? []
  }, [query, row])
  return (
    <>
      <Head row={row} nameRanges={nameRanges} detailsId={detailsId} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys. */}
      <section ref={scroller} className={styles.scroller} tabIndex={0} aria-label="Messages and details">
        <div className={styles.columns}>
          {row.messages.length === 0 ? (
            <p className={styles.note}>This conversation has no messages.</p>
          ) : (
            <Turns
              messages={row.messages}
              scroller={scroller}
              matches={matches}
              at={at}
              linked={view.message}
              onLink={stableLink}
            />
          )}
          <Details row={row} id={detailsId} />
        </div>
      </section>
      {matches.list.length > 0 && (
        <MatchBar
          count={matches.list.length}
          isMore={matches.isMore || !matches.isDone}
          at={at?.place ?? null}
          onMove={move}
        />
      )}
    </>
  )
}
