/** Holds what is asked and looked at, and gives it to the panes. */
import { StoreProvider } from 'conversation-store/react'
import { useMemo, useState, useSyncExternalStore } from 'react'
import { App } from './app.tsx'
import { UrlState } from './asking/url/state.ts'
import { ExplorerContext } from './asking/use-explorer.ts'
import type { Session } from './data/contract.ts'
import { UrlFaults } from './filter-bar/url-faults.tsx'

export function Explorer({ session }: { readonly session: Session }) {
  const { store, status, writer } = useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.state,
  )
  const [url] = useState(() => new UrlState(window))
  const { asked, view, query, faults } = useSyncExternalStore(url.subscribe, () => url.state)
  const explorer = useMemo(
    () => ({ asked, view, query, ask: url.ask, look: url.look, session, store, status, writer }),
    [asked, view, query, url, session, store, status, writer],
  )
  // What a link asks for is never widened without being told: nothing is shown before a person has chosen.
  if (faults.length > 0)
    return <UrlFaults faults={faults} rest={asked} onRest={url.askRest} onStartOver={url.startOver} />
  return (
    <ExplorerContext.Provider value={explorer}>
      <StoreProvider store={store}>
        <App />
      </StoreProvider>
    </ExplorerContext.Provider>
  )
}
