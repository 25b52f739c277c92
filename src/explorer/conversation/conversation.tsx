/** One conversation: its turns, and what is known of it. */
import { lazy, Suspense, useDeferredValue, useEffect } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import styles from './conversation.module.css'
import { useOpenRow } from './use-open-row.ts'

const load = () => import('./read.tsx')
const Read = lazy(load)

/** Milliseconds after which it is loaded though nothing is open yet, so that the first one opens at once. */
const SOON_MS = 1500

const NOTES = {
  none: 'Choose a conversation to read it here. The keys j and k go from one to the next, ? shows all keys.',
  pending: '',
  absent: 'This conversation is not here. It may be in other files, or have been removed.',
} as const

export function Conversation() {
  const { view, query } = useExplorer()
  const { state, row } = useOpenRow(view.open)
  // Typing paints the list first, and this after it.
  const marked = useDeferredValue(query)
  useEffect(() => {
    // What fails here fails again when it is needed, and is told then.
    const timer = setTimeout(() => void load().catch(() => {}), SOON_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <section className={styles.pane} aria-label="Conversation">
      {row === null ? (
        <p className={styles.note}>{NOTES[state]}</p>
      ) : (
        <Suspense fallback={<p className={styles.note} />}>
          <Read key={row.conversation_id} row={row} query={marked} />
        </Suspense>
      )}
    </section>
  )
}
