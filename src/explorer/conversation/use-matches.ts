/** The matches of the query in a conversation. Long conversations are gone through in slices, between which the page is free. */
import type { Message } from 'conversation-store'
import type { Query } from 'conversation-store/core'
import { useEffect, useMemo, useReducer } from 'react'
import { findMatches, type Matches, NO_MATCHES } from './matches.ts'

/** Milliseconds of a slice. */
const SLICE_MS = 8

class Search {
  found: Matches = NO_MATCHES
  isDone = false
  readonly #steps: Generator<Matches, Matches>

  constructor(query: Query, messages: readonly Message[]) {
    this.#steps = findMatches(query, messages)
  }

  advance(): void {
    const end = performance.now() + SLICE_MS
    while (!this.isDone && performance.now() < end) {
      const { value, done } = this.#steps.next()
      this.found = value
      this.isDone = done === true
    }
  }
}

const NONE: readonly never[] = []

/** What is found at once, then more of it until all is. */
export function useMatches(query: Query, messages: readonly Message[] = NONE): Matches & { readonly isDone: boolean } {
  // biome-ignore lint/correctness/useExhaustiveDependencies: queries with one key find the same.
  const search = useMemo(() => {
    const made = new Search(query, messages)
    made.advance()
    return made
  }, [query.key, messages])
  const [, render] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const go = () => {
      if (search.isDone) return
      search.advance()
      render()
      timer = setTimeout(go)
    }
    timer = setTimeout(go)
    return () => clearTimeout(timer)
  }, [search])
  return { ...search.found, isDone: search.isDone }
}
