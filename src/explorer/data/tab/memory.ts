/** What this tab had open, so that a reload opens it again; and what this browser keeps. */
import type { SourceKind } from '../contract.ts'

export interface Remembered {
  readonly kind: Exclude<SourceKind, 'url'>
  readonly name: string
  /** Of files: which ones, as the worker is called that holds them. */
  readonly id?: string
}

const SOURCE = 'conversation-store explorer source'
const KEY = 'conversation-store explorer key'
const KEPT = 'conversation-store explorer kept'

/** In this tab. */
export const sourceMemory = memory<Remembered>(() => sessionStorage, SOURCE)
/** In this tab: the key that the server asks for. */
export const keyMemory = memory<string>(() => sessionStorage, KEY)
/** In this browser: what the snapshot is called that is kept. */
export const keptMemory = memory<{ readonly name: string }>(() => localStorage, KEPT)

/** A value that outlives the page, where the browser allows it. */
function memory<Value>(storage: () => Storage, name: string) {
  return {
    get(): Value | null {
      try {
        return JSON.parse(storage().getItem(name) ?? 'null') as Value | null
      } catch {
        return null
      }
    },
    set(value: Value | null): void {
      try {
        if (value === null) storage().removeItem(name)
        else storage().setItem(name, JSON.stringify(value))
      } catch {
        // Then a reload does not know.
      }
    },
  }
}
