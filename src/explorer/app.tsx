/** One screen: filter bar and histogram above three panes, of which a narrow page shows one. */
import styles from './app.module.css'
import { useExplorer } from './asking/use-explorer.ts'
import { Conversation } from './conversation/conversation.tsx'
import { Drop } from './empty/drop.tsx'
import { Help } from './empty/help.tsx'
import { Facets } from './facets/facets.tsx'
import { FilterBar } from './filter-bar/filter-bar.tsx'
import { Histogram } from './histogram/histogram.tsx'
import { List } from './list/list.tsx'
import { Numbers } from './numbers/numbers.tsx'
import { Toaster } from './ui/toaster.tsx'

const PANES = [
  { pane: 'facets', label: 'Filters' },
  { pane: 'list', label: 'Conversations' },
  { pane: 'conversation', label: 'Conversation' },
] as const

export function App() {
  const { view, look } = useExplorer()
  return (
    <div className={styles.page} data-pane={view.pane}>
      <header className={styles.top}>
        <FilterBar />
      </header>
      <Histogram />
      <Numbers />
      <main className={styles.panes}>
        <Facets />
        <List />
        <Conversation />
      </main>
      <nav className={styles.tabs} aria-label="Panes">
        {PANES.map(({ pane, label }) => (
          <button key={pane} type="button" aria-pressed={view.pane === pane} onClick={() => look({ pane })}>
            {label}
          </button>
        ))}
      </nav>
      <Toaster />
      <Drop />
      <Help />
    </div>
  )
}
