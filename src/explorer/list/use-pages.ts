/** The pages of the query, for the list. */
import type { Query } from 'conversation-store/core'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { type PagedStore, Pages } from './pages.ts'

/** Rows around which another query is asked first: where it was left, so that going back finds its place. */
export type Left = (key: string) => number

/** The pages of a query; those of the one before, until the first rows of this one are there. Null without a store. */
export function usePages(store: PagedStore | null, query: Query, left: Left): Pages | null {
  // biome-ignore lint/correctness/useExhaustiveDependencies: queries with one key ask the same.
  const asked = useMemo(() => (store === null ? null : new Pages(store, query)), [store, query.key])
  const [shown, setShown] = useState(asked)
  const isAnswered = useSyncExternalStore(
    (listener) => asked?.subscribe(listener) ?? (() => {}),
    () => asked === null || asked.count !== null || asked.error !== null,
  )
  if (isAnswered && shown !== asked) setShown(asked)
  useSyncExternalStore(
    (listener) => shown?.subscribe(listener) ?? (() => {}),
    () => shown?.version,
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, for the query that came with it.
  useEffect(() => {
    if (asked === null) return
    const at = left(asked.key)
    asked.want(at, at + 1)
    return () => asked.close()
  }, [asked])
  return isAnswered ? asked : shown
}
