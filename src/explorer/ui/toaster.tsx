/** Shows the toasts. They are read out, and take no focus. */
import { useSyncExternalStore } from 'react'
import { Button } from './button.tsx'
import styles from './toaster.module.css'
import { dismiss, toasts } from './toasts.ts'

export function Toaster() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.get)
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {shown.map(({ id, text, isBad = false, undo }) => (
        <div key={id} className={styles.toast} data-bad={isBad || undefined}>
          <span>{text}</span>
          {undo && (
            <Button
              kind="quiet"
              className={styles.undo!}
              onClick={() => {
                dismiss(id)
                undo()
              }}
            >
              Undo
            </Button>
          )}
          <Button kind="quiet" icon="close" aria-label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  )
}
