/** Holds what is asked and looked at, and gives it to the panes. */
import { StoreProvider } from 'conversation-store/react'
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react'
import { App } from './app.tsx'
import type { Explore, View } from './asking/contract.ts'
import { NOTHING, queryOf } from './asking/query.ts'
import { ExplorerContext } from './asking/use-explorer.ts'
import type { Session } from './data/contract.ts'

const FIRST_VIEW: View = { open: null, message: null, every: 'day', pane: 'list', numbers: null }

export function Explorer({ session }: { readonly session: Session }) {
  const { store, status, writer } = useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.state,
  )
  const [asked, setAsked] = useState(NOTHING)
  const [view, setView] = useState(FIRST_VIEW)
  const query = useMemo(() => queryOf(asked), [asked])
  const ask = useCallback<Explore['ask']>((change) => setAsked(change), [])
  const look = useCallback<Explore['look']>((change) => setView((before) => ({ ...before, ...change })), [])
  const explorer = useMemo(
    () => ({ asked, view, query, ask, look, session, store, status, writer }),
    [asked, view, query, ask, look, session, store, status, writer],
  )
  return (
    <ExplorerContext.Provider value={explorer}>
      <StoreProvider store={store}>
        <App />
      </StoreProvider>
    </ExplorerContext.Provider>
  )
}
