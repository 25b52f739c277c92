/** A dialog over the page, the browser's own. Escape and a click outside close it, and the focus goes back to where it was. */
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from './button.tsx'
import styles from './dialog.module.css'

interface Props {
  readonly title: string
  /** A sentence under the title. */
  readonly about?: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Open as long as it is rendered. */
export function Dialog({ title, about, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same.
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={id}
      onClose={onClose}
      onClick={({ target, currentTarget }) => {
        // The content covers all of it: what is clicked outside of that is the backdrop.
        if (target === currentTarget) onClose()
      }}
    >
      <div className={styles.content}>
        <div className={styles.head}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          <Button kind="quiet" icon="close" aria-label="Close" onClick={onClose} />
        </div>
        {about !== undefined && <p className={styles.about}>{about}</p>}
        {children}
      </div>
    </dialog>
  )
}
