/**
 * Live answers of the store, several at once. All that one rendering asks is sent in one message, and an answer stays
 * until the next one comes, so that nothing flickers and nothing moves while a person types.
 */
import type { ConnectedStore } from 'conversation-store/worker'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import type { Answer, Ask } from './contract.ts'

interface Told extends Omit<Answer, 'isOld'> {
  readonly key: string
  readonly store: ConnectedStore
}

const NOTHING = { count: 0, facets: {}, histogram: [], aggregate: [], error: null }
const NONE: ReadonlyMap<string, Told> = new Map()

/** The answers by the names of the questions; none for a question that was not answered yet. Kept in step with the store. */
export function useAnswers(asks: readonly Ask[]): ReadonlyMap<string, Answer> {
  const { store } = useExplorer()
  const [told, setTold] = useState(NONE)
  const open = useRef(new Map<string, { readonly key: string; readonly end: () => void }>())
  // Another order of the list changes no answer.
  const keys = asks.map(({ id, query: { spec }, ...options }) => {
    return [id, JSON.stringify([spec.where, spec.includeDeleted, options])] as const
  })
  const allKeys = JSON.stringify(keys)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys say all of the questions.
  useEffect(() => {
    if (store === null) return
    const wanted = new Map(keys)
    for (const [id, { key, end }] of open.current) {
      if (wanted.get(id) === key) continue
      end()
      open.current.delete(id)
    }
    for (const [i, [id, key]] of keys.entries()) {
      if (open.current.has(id)) continue
      const { id: _, query, ...options } = asks[i]!
      const hear = (answer: Partial<Told>) =>
        setTold((before) => new Map(before).set(id, { ...NOTHING, ...answer, key, store }))
      const onError = (error: unknown) => hear({ error: error as Error })
      const end = store.subscribe(query, (notice) => hear(notice as Partial<Told>), {
        select: 'count',
        ...options,
        onError,
      } as never)
      open.current.set(id, { key, end })
    }
  }, [store, allKeys])

  // biome-ignore lint/correctness/useExhaustiveDependencies: another store is asked anew.
  useEffect(() => {
    const { current } = open
    return () => {
      for (const { end } of current.values()) end()
      current.clear()
    }
  }, [store])

  return useMemo(() => {
    const current = new Map(JSON.parse(allKeys) as [string, string][])
    const entries = [...current].flatMap(([id, key]) => {
      const answer = told.get(id)
      return answer === undefined
        ? []
        : [[id, { ...answer, isOld: answer.key !== key || answer.store !== store }] as const]
    })
    return new Map(entries)
  }, [told, allKeys, store])
}
