/** The metadata paths of the conversations that are open: read once for all panes, while nothing else is asked. */
import type { MetadataKey } from 'conversation-store'
import type { ConnectedStore } from 'conversation-store/worker'
import { useEffect, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import type { Facet } from './fields.ts'
import { later } from './later.ts'
import { metadataFacets } from './metadata.ts'

interface Read {
  readonly isSettled: boolean
  readonly keys: Promise<readonly MetadataKey[]>
}
const read = new WeakMap<ConnectedStore, Read>()

/** The facets of all paths, the most used first. Undefined until they are known; read again when the opening is over. */
export function usePaths(): readonly Facet[] | undefined {
  const { store, status } = useExplorer()
  const [found, setFound] = useState<{ readonly store: ConnectedStore; readonly facets: readonly Facet[] }>()
  const isSettled = status.phase === 'ready'
  useEffect(() => {
    if (store === null) return
    return later(async (signal) => {
      const keys = await keysOf(store, isSettled)
      if (!signal.aborted) setFound({ store, facets: metadataFacets(keys) })
    })
  }, [store, isSettled])
  return found?.store === store ? found?.facets : undefined
}

function keysOf(store: ConnectedStore, isSettled: boolean): Promise<readonly MetadataKey[]> {
  const known = read.get(store)
  if (known !== undefined && (known.isSettled || !isSettled)) return known.keys
  const keys = store.metadataKeys()
  read.set(store, { isSettled, keys })
  return keys
}
