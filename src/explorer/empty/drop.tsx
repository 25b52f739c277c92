/** The whole page takes files that are dropped on it, and says so while they hang over it. */
import { useEffect, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { Icon } from '../ui/icon.tsx'
import styles from './drop.module.css'
import { pickedOf } from './picked.ts'

export function Drop() {
  const { session, look } = useExplorer()
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    // Each element that is entered is left, too; the page itself is left when as many are.
    let depth = 0
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false
    const on = {
      dragenter(event: DragEvent) {
        if (!hasFiles(event)) return
        event.preventDefault()
        depth++
        setOver(true)
      },
      dragover(event: DragEvent) {
        if (hasFiles(event)) event.preventDefault()
      },
      dragleave(event: DragEvent) {
        if (!hasFiles(event)) return
        depth = Math.max(0, depth - 1)
        if (depth === 0) setOver(false)
      },
      drop(event: DragEvent) {
        if (!hasFiles(event)) return
        event.preventDefault()
        depth = 0
        setOver(false)
        const picked = pickedOf(event.dataTransfer!)
        if (picked.length === 0) return
        look({ open: null, message: null })
        session.open(picked)
      },
    }
    const control = new AbortController()
    for (const [name, listener] of Object.entries(on))
      document.addEventListener(name, listener as EventListener, { signal: control.signal })
    return () => control.abort()
  }, [session, look])
  if (!isOver) return null
  return (
    <div className={styles.drop}>
      <div className={styles.box}>
        <Icon name="file" />
        <p className={styles.title}>Drop to open</p>
        <p>NDJSON, JSON, gzip, snapshots, journals, or folders of them</p>
      </div>
    </div>
  )
}
