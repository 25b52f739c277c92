/** `j` and `k`, and the buttons that do the same: the next and the previous conversation of the list. */
import { query as everything, type Query } from 'conversation-store/core'
import type { ConnectedStore } from 'conversation-store/worker'
import { useEffect, useRef, useState } from 'react'
import { useKeys } from '../ui/keys.ts'
import type { Pages } from './pages.ts'
import { step, stepped, takeSteps } from './steps.ts'

interface Asked {
  readonly store: ConnectedStore | null
  readonly query: Query
  readonly pages: Pages | null
  readonly openId: string | null
  readonly onOpen: (conversationId: string) => void
}

/** The row that a step led to: the list shows it. */
export function useSteps(asked: Asked): { readonly index: number } | null {
  const [reveal, setReveal] = useState<{ readonly index: number } | null>(null)
  const latest = useRef(asked)
  /** Where the open conversation was seen last. */
  const near = useRef(0)
  useEffect(() => {
    latest.current = asked
    const at = asked.openId === null ? -1 : (asked.pages?.indexOf(asked.openId) ?? -1)
    if (at !== -1) near.current = at
  })
  useEffect(() => {
    let running: Promise<void> = Promise.resolve()
    const take = async (by: 1 | -1) => {
      const { store, query, pages, openId, onOpen } = latest.current
      if (store === null || pages === null) return
      const { page: _, after: __, ...spec } = query.spec
      const next = await stepped(openId, by, near.current, {
        count: pages.count ?? 0,
        placeOf: async (id) => {
          const at = pages.indexOf(id)
          if (at !== -1) return at
          const [[own], ids] = await Promise.all([
            store.ids(everything().includeDeleted().conversationId(id)),
            store.ids({ spec }),
          ])
          return own === undefined ? -1 : ids.indexOf(own)
        },
        idAt: async (index) => {
          const row = pages.row(index)
          if (row !== undefined) return row.conversation_id
          const { results } = await store.run<{ conversation_id: string }>({
            spec: { ...spec, page: index + 1, pageSize: 1, lean: true },
          })
          return results[0]?.conversation_id
        },
      })
      if (next === null) return
      near.current = next.index
      latest.current = { ...latest.current, openId: next.id }
      setReveal({ index: next.index })
      onOpen(next.id)
    }
    // One after the other, so that fast keys go as far as they were pressed.
    return takeSteps((by) => {
      // Of a store that was closed in between there is no next one.
      running = running.then(() => take(by)).catch(() => {})
    })
  }, [])
  useKeys({ j: () => step(1), k: () => step(-1) })
  return reveal
}
