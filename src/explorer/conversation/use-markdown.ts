/** The renderer of Markdown, once it is loaded. */
import { useEffect, useSyncExternalStore } from 'react'
import type * as Markdown from './markdown.ts'

let loaded: typeof Markdown | null = null
let loading: Promise<void> | undefined
const listeners = new Set<() => void>()

function load(): Promise<void> {
  loading ??= import('./markdown.ts').then(
    (module) => {
      loaded = module
      for (const listener of listeners) listener()
    },
    () => {
      // Offline, say: plain text says the same. The next message tries again.
      loading = undefined
    },
  )
  return loading
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Null until it is there, and where it is not wanted. */
export function useMarkdown(isWanted: boolean): typeof Markdown | null {
  const module = useSyncExternalStore(subscribe, () => loaded)
  useEffect(() => {
    if (isWanted) void load()
  }, [isWanted])
  return isWanted ? module : null
}
