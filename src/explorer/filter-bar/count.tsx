/** "1,204 of 100,000 · 3 ms": always there, and read out once it stands still. */
import { useEffect, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import styles from './filter-bar.module.css'
import { useCounted, useTotal } from './use-count.ts'

/** So long nothing changes before the count is read out. */
const STILL_MS = 900

export function Count() {
  const { status } = useExplorer()
  const total = useTotal()
  const counted = useCounted(total)
  const isLoading = status.phase === 'loading' || status.phase === 'indexing' || status.phase === 'starting'
  const soFar = isLoading ? ' so far' : ''
  const numbers = counted === undefined || total === undefined ? undefined : [counted.count, total].map(grouped)
  const spoken = useStill(numbers === undefined ? '' : `${numbers[0]} of ${numbers[1]} conversations${soFar}`)
  return (
    <div className={styles.count}>
      <span aria-hidden="true">
        {numbers === undefined ? (
          <span className={styles.quiet}>…</span>
        ) : (
          <>
            <b>{numbers[0]}</b> of {numbers[1]}
            <span className={styles.quiet}>
              {soFar} · {millis(counted!.ms)}
            </span>
          </>
        )}
      </span>
      <span className={styles.spoken} role="status" aria-live="polite">
        {spoken}
      </span>
    </div>
  )
}

function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

function millis(ms: number): string {
  return ms < 1 ? `${ms.toFixed(1)} ms` : `${Math.round(ms).toLocaleString('en-US')} ms`
}

/** A text once it has not changed for a while. */
function useStill(text: string): string {
  const [still, setStill] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setStill(text), STILL_MS)
    return () => clearTimeout(timer)
  }, [text])
  return still
}
