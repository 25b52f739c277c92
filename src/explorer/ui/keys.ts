/** Keys that work anywhere on the page, except where something is typed or a dialog or menu is open. */
import { useEffect, useRef } from 'react'

/** Whether a key was meant for what it was pressed in. */
export function isTaken({ target, defaultPrevented, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (defaultPrevented || ctrlKey || metaKey || altKey) return true
  if (!(target instanceof Element)) return false
  return (
    target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]') !== null ||
    document.querySelector('dialog[open], [role=dialog], [role=menu]') !== null
  )
}

/** Calls a function at a key by its name: `useKeys({ j: () => step(1) })`. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!Object.hasOwn(latest.current, event.key) || isTaken(event)) return
      event.preventDefault()
      latest.current[event.key]!()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
