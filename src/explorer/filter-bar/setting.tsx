/** What is asked besides conditions, and can be left out. */
import { Icon } from '../ui/icon.tsx'
import styles from './pills.module.css'

export function Setting({ text, onRemove }: { readonly text: string; readonly onRemove: () => void }) {
  return (
    <div className={styles.pill}>
      <span className={styles.sentence}>{text}</span>
      <button type="button" className={styles.tool} aria-label={`Remove: ${text}`} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </div>
  )
}
