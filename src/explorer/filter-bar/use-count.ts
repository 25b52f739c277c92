/** How many conversations match, of how many, and how long the answer took. */
import { query as everything } from 'conversation-store/core'
import { useEffect, useMemo, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'

export interface Counted {
  readonly count: number
  /** Milliseconds from asking until the answer came. */
  readonly ms: number
}

/** The last answer, until the next one comes; undefined before the first. Kept in step with writes, and never behind the total. */
export function useCounted(total: number | undefined): Counted | undefined {
  const { store, query } = useExplorer()
  const [counted, setCounted] = useState<Counted>()
  useEffect(() => {
    if (store?.subscribe === undefined) return
    const asked = performance.now()
    let ms: number | undefined
    return store.subscribe(
      query,
      ({ count }) => {
        ms ??= performance.now() - asked
        setCounted({ count, ms })
      },
      { select: 'count', onError: () => setCounted(undefined) },
    )
  }, [store, query])
  // Two answers may come apart while rows arrive: nothing that is asked is everything that there is.
  const isAll = query.spec.where.length === 0 && total !== undefined
  return isAll && counted !== undefined ? { ...counted, count: total } : counted
}

/** How many conversations there are to be asked, deleted ones only if they are asked for. */
export function useTotal(): number | undefined {
  const { store, asked } = useExplorer()
  const { includeDeleted } = asked
  const all = useMemo(() => everything().includeDeleted(includeDeleted), [includeDeleted])
  const [total, setTotal] = useState<number>()
  useEffect(() => {
    if (store?.subscribe === undefined) return
    return store.subscribe(all, ({ count }) => setTotal(count), { select: 'count', onError: () => setTotal(undefined) })
  }, [store, all])
  return total
}
