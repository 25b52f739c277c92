/** Shows and hides the strip of numbers. */
import styles from './toggle.module.css'
import { useShown } from './use-shown.ts'

export function NumbersToggle() {
  const [isShown, show] = useShown()
  return (
    <button type="button" className={styles.toggle} aria-pressed={isShown} onClick={() => show(!isShown)}>
      Numbers
    </button>
  )
}
