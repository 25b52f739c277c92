/** The way from match to match: "3 of 17". */
import { Button } from '../ui/button.tsx'
import { useKeys } from '../ui/keys.ts'
import styles from './match-bar.module.css'

interface Props {
  readonly count: number
  /** Whether there may be more than these. */
  readonly isMore: boolean
  /** From 0; null before the first. */
  readonly at: number | null
  readonly onMove: (at: number) => void
}

const COUNT = new Intl.NumberFormat()

export function MatchBar({ count, isMore, at, onMove }: Props) {
  const move = (by: 1 | -1) => onMove(at === null ? (by === 1 ? 0 : count - 1) : (at + by + count) % count)
  useKeys({ n: () => move(1), p: () => move(-1) })
  const all = `${COUNT.format(count)}${isMore ? '+' : ''}`
  return (
    <div className={styles.bar} role="toolbar" aria-label="Matches">
      <span className={styles.count} role="status">
        {at === null ? `${all} ${count === 1 && !isMore ? 'match' : 'matches'}` : `${COUNT.format(at + 1)} of ${all}`}
      </span>
      <Button kind="quiet" icon="up" aria-label="Previous match (p)" onClick={() => move(-1)} />
      <Button kind="quiet" icon="down" aria-label="Next match (n)" onClick={() => move(1)} />
    </div>
  )
}
