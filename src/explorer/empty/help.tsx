/** Help, at `?`: the keys, and where to begin. */
import { lazy, Suspense, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { useKeys } from '../ui/keys.ts'

const HelpDialog = lazy(() => import('./help-dialog.tsx'))

export function Help() {
  const { view, look } = useExplorer()
  const [isOpen, setOpen] = useState(false)
  useKeys({
    '?': () => setOpen(true),
    Escape: () => {
      if (view.pane === 'conversation') look({ pane: 'list' })
    },
  })
  if (!isOpen) return null
  return (
    <Suspense>
      <HelpDialog onClose={() => setOpen(false)} />
    </Suspense>
  )
}
