/** How far the opening is. It lies over the edge of the list, so nothing moves when it comes and goes. */
import { useExplorer } from '../asking/use-explorer.ts'
import styles from './progress.module.css'

const SAYS = {
  starting: 'Opening',
  loading: 'Reading. What is here can be filtered already',
  indexing: 'All conversations are here. They are made quick to search',
} as const

export function Progress() {
  const { status } = useExplorer()
  const { phase, progress, source } = status
  if (phase === 'ready' || phase === 'failed') return null
  const label = `${SAYS[phase]}: ${source.name}`
  return (
    <div className={styles.progress}>
      <progress
        className={styles.bar}
        aria-label={label}
        title={label}
        {...(progress !== null && { value: progress, max: 1 })}
      />
      <span className={styles.says} aria-hidden="true">
        {SAYS[phase]}
      </span>
    </div>
  )
}
