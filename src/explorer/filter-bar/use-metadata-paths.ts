/** The metadata paths of the conversations that are open. */
import type { MetadataKey } from 'conversation-store'
import type { ConnectedStore } from 'conversation-store/worker'
import { useEffect, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'

/** Reading all documents takes a while: once for a store that is ready. */
const read = new WeakMap<ConnectedStore, Promise<readonly string[]>>()

/** The paths, the most used first; none until they are known. They are asked for when they are first wanted. */
export function useMetadataPaths(areWanted: boolean): readonly string[] {
  const { store, status } = useExplorer()
  const [paths, setPaths] = useState<readonly string[]>([])
  const isReady = status.phase === 'ready'
  useEffect(() => {
    if (store === null || !isReady || !areWanted) return
    let isOver = false
    const known = read.get(store) ?? store.metadataKeys().then(pathsOf)
    read.set(store, known)
    known.then(
      (found) => !isOver && setPaths(found),
      () => read.delete(store),
    )
    return () => {
      isOver = true
    }
  }, [store, isReady, areWanted])
  return paths
}

/** The paths that a string names, without those of the same name for another type. */
function pathsOf(keys: readonly MetadataKey[]): readonly string[] {
  return [...new Set(keys.flatMap(({ path }) => (typeof path === 'string' ? path : [])))]
}
