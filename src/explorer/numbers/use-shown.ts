/** Whether the strip of numbers is shown. What a person chose is remembered by the browser; a link that says numbers shows them. */
import { useSyncExternalStore } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { PHONE, useMedia } from '../ui/use-media.ts'

const STORED = 'explorer numbers'
const listeners = new Set<() => void>()
let chosen: boolean | undefined = read()

/** Whether it is shown, and a function that shows or hides it. A phone hides it at first. */
export function useShown(): readonly [isShown: boolean, show: (yes: boolean) => void] {
  const { view } = useExplorer()
  const isPhone = useMedia(PHONE)
  const own = useSyncExternalStore(subscribe, () => chosen)
  return [own ?? (view.numbers !== null || !isPhone), show]
}

function show(yes: boolean): void {
  chosen = yes
  try {
    localStorage.setItem(STORED, yes ? 'shown' : 'hidden')
  } catch {
    // A browser that keeps nothing.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function read(): boolean | undefined {
  try {
    const kept = localStorage.getItem(STORED)
    return kept === null ? undefined : kept === 'shown'
  } catch {
    return undefined
  }
}
