/** Short messages at the edge of the page: what was done, with a way back, or why it was not. */

export interface Toast {
  readonly text: string
  readonly isBad?: boolean
  /** What takes it back. */
  readonly undo?: () => void
}

/** A toast that is shown. */
export interface Shown extends Toast {
  readonly id: number
}

/** Milliseconds that a toast stays; one with a way back stays longer. */
const STAYS_MS = 4000
const UNDO_MS = 10_000
/** Toasts at once. */
const MOST = 3

let shown: readonly Shown[] = []
let nextId = 1
const listeners = new Set<() => void>()

function show(next: readonly Shown[]): void {
  shown = next
  for (const listener of listeners) listener()
}

/** Shows a toast. */
export function toast(given: Toast): void {
  const id = nextId++
  show([...shown, { ...given, id }].slice(-MOST))
  if (!given.isBad) setTimeout(() => dismiss(id), given.undo === undefined ? STAYS_MS : UNDO_MS)
}

/** Takes a toast away. */
export function dismiss(id: number): void {
  show(shown.filter((each) => each.id !== id))
}

/** For `useSyncExternalStore`. */
export const toasts = {
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  get: () => shown,
}
