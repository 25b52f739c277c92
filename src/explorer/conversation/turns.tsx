/** The messages of a conversation: those that are in view, of however many there are. */

import { useVirtualizer } from '@tanstack/react-virtual'
import type { Message as Row } from 'conversation-store'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { bring } from './bring.ts'
import { firstWindow, including, type Window } from './fold.ts'
import type { Match, Matches } from './matches.ts'
import { Message } from './message.tsx'
import styles from './turns.module.css'

/** Up to so many messages are all on the page, so that the browser's own search finds them. */
const ALL = 60
/** Frames in which a match is looked for after its message has been scrolled to. */
const FRAMES = 30

const NONE: readonly never[] = []
const NO_RUNS: ReadonlySet<number> = new Set()

interface Props {
  readonly messages: readonly Row[]
  readonly scroller: RefObject<HTMLElement | null>
  readonly matches: Matches
  /** The match that a person is at; another object whenever it is to be shown again. */
  readonly at: { readonly match: Match } | null
  /** The message that a link leads to. */
  readonly linked: number | null
  readonly onLink: (index: number) => void
}

export function Turns({ messages, scroller, matches, at, linked, onLink }: Props) {
  const [windows, setWindows] = useState<ReadonlyMap<number, Window>>(new Map())
  const [runs, setRuns] = useState<ReadonlyMap<number, ReadonlySet<number>>>(new Map())
  const list = useRef<HTMLOListElement>(null)
  const virtual = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => 70 + Math.min(1500, messages[index]!.content.length) * 0.35,
    getItemKey: (index) => index,
    overscan: messages.length <= ALL ? ALL : 8,
    initialRect: { width: 600, height: 800 },
  })
  const items = virtual.getVirtualItems()

  const onWindow = useCallback(
    (index: number, window: Window) => setWindows((all) => new Map(all).set(index, window)),
    [],
  )
  const onRun = useCallback(
    (index: number, run: number) =>
      setRuns((all) => {
        const open = new Set(all.get(index))
        if (!open.delete(run)) open.add(run)
        return new Map(all).set(index, open)
      }),
    [],
  )

  const match = at?.match
  // What hides a match is unfolded, then it is scrolled to.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each wish.
  useLayoutEffect(() => {
    if (match === undefined) return
    const { index, highlight, range } = match
    const message = messages[index]
    if (message === undefined) return
    if (highlight.field === 'message') {
      const [start, end] = highlight.ranges[range]!
      const before = windows.get(index) ?? firstWindow(message.content)
      const window = including(message.content, before, start, end)
      if (window !== before) onWindow(index, window)
    } else if (highlight.run !== undefined) {
      const { run } = highlight
      setRuns((all) => new Map(all).set(index, new Set([...(all.get(index) ?? []), run])))
    }
    return revealed(index, () => list.current?.querySelector(`[data-index="${index}"] mark[data-current]`))
  }, [at])

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message that is linked.
  useLayoutEffect(() => {
    if (linked === null || linked >= messages.length) return
    return revealed(linked, () => list.current?.querySelector(`[data-index="${linked}"]`))
  }, [linked])

  /** Scrolls to a message and, once it is drawn, to something in it. The function that comes back gives up. */
  function revealed(index: number, find: () => Element | null | undefined): () => void {
    virtual.scrollToIndex(index, { align: 'center' })
    let left = FRAMES
    let frame = 0
    const look = () => {
      const found = find()
      if (found && scroller.current !== null) bring(scroller.current, found, 'middle')
      // Heights settle in the frames after it is drawn.
      if (--left > (found ? FRAMES - 4 : 0)) frame = requestAnimationFrame(look)
    }
    frame = requestAnimationFrame(look)
    return () => cancelAnimationFrame(frame)
  }

  // Widths change heights.
  useEffect(() => virtual.measure(), [virtual])

  return (
    <ol ref={list} className={styles.turns} style={{ height: virtual.getTotalSize() }}>
      {items.length > 0 && <li className={styles.above} style={{ height: items[0]!.start }} aria-hidden="true" />}
      {items.map(({ index, key }) => (
        <li
          key={key}
          ref={virtual.measureElement}
          data-index={index}
          aria-posinset={index + 1}
          aria-setsize={messages.length}
        >
          <Message
            message={messages[index]!}
            index={index}
            found={matches.ofMessage.get(index) ?? NONE}
            current={match?.index === index ? match : undefined}
            isLinked={linked === index}
            window={windows.get(index)}
            openRuns={runs.get(index) ?? NO_RUNS}
            onWindow={onWindow}
            onRun={onRun}
            onLink={onLink}
          />
        </li>
      ))}
    </ol>
  )
}
