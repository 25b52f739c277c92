/** The export that is under way, if any. */
import { useEffect, useRef, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { toast } from '../ui/toasts.ts'
import { type Exporting, exportAll, type Format } from './export.ts'

interface UseExport {
  readonly exporting: Exporting | null
  readonly start: (format: Format) => void
  readonly cancel: () => void
}

/** One export at a time. It ends with the page, not with another question. */
export function useExport(): UseExport {
  const { store, query } = useExplorer()
  const [exporting, setExporting] = useState<Exporting | null>(null)
  const control = useRef<AbortController | null>(null)
  useEffect(() => () => control.current?.abort(), [])

  const start = async (format: Format) => {
    if (store === null || control.current !== null) return
    const mine = new AbortController()
    control.current = mine
    setExporting({ format, written: 0 })
    try {
      const isDone = await exportAll(store, query, format, mine.signal, (written) => setExporting({ format, written }))
      if (isDone) toast({ text: `Exported as ${format.toUpperCase()}` })
    } catch (error) {
      toast(
        mine.signal.aborted
          ? { text: 'Export cancelled' }
          : { text: `The export failed: ${(error as Error).message}`, isBad: true },
      )
    } finally {
      control.current = null
      setExporting(null)
    }
  }
  return { exporting, start: (format) => void start(format), cancel: () => control.current?.abort() }
}
