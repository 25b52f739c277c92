/** The head of a conversation: its name, what can be done with it, and the way to the others. */
import type { Conversation } from 'conversation-store'
import type { HighlightRange } from 'conversation-store/highlights'
import { useExplorer } from '../asking/use-explorer.ts'
import { step } from '../list/steps.ts'
import { Button } from '../ui/button.tsx'
import { useKeys } from '../ui/keys.ts'
import { Menu } from '../ui/menu.tsx'
import { bring } from './bring.ts'
import { useCopies } from './copies.ts'
import styles from './head.module.css'
import { Name } from './name.tsx'
import { useWrite } from './use-write.ts'

interface Props {
  readonly row: Conversation
  readonly nameRanges: readonly HighlightRange[]
  readonly detailsId: string
}

export function Head({ row, nameRanges, detailsId }: Props) {
  const { writer, look } = useExplorer()
  const write = useWrite()
  const copies = useCopies(row)
  const { conversation_id: id, is_marked: isMarked, is_deleted: isDeleted } = row
  const mark = () => void write(null, (to) => to.mark(id, !isMarked))
  const restore = () =>
    void write(
      'Restored',
      (to) => to.restore(id),
      (to) => to.delete(id),
    )
  const remove = () =>
    void write(
      'Deleted',
      (to) => to.delete(id),
      (to) => to.restore(id),
    )
  useKeys(writer === null ? NO_KEYS : { m: mark })
  const change = isDeleted
    ? ({ label: 'Restore', icon: 'restore', isApart: true, run: restore } as const)
    : ({ label: 'Delete', icon: 'trash', isApart: true, isBad: true, run: remove } as const)
  return (
    <header className={styles.head}>
      <Button
        kind="quiet"
        icon="left"
        className={styles.back!}
        aria-label="Back to the list"
        onClick={() => look({ pane: 'list' })}
      />
      <Name row={row} ranges={nameRanges} />
      <div className={styles.tools}>
        {isDeleted && <span className={styles.deleted}>Deleted</span>}
        {writer !== null && (
          <Button kind="quiet" icon="mark" aria-pressed={isMarked} aria-label="Mark (m)" onClick={mark} />
        )}
        <Button kind="quiet" icon="up" aria-label="Previous conversation (k)" onClick={() => step(-1)} />
        <Button kind="quiet" icon="down" aria-label="Next conversation (j)" onClick={() => step(1)} />
        <Button
          kind="quiet"
          icon="info"
          className={styles.toDetails!}
          aria-label="Details"
          onClick={() => {
            const details = document.getElementById(detailsId)
            const scroller = details?.parentElement?.parentElement
            if (details && scroller) bring(scroller, details, 'top')
            details?.focus({ preventScroll: true })
          }}
        />
        <Menu items={writer === null ? copies : [...copies, change]}>
          <Button kind="quiet" icon="more" aria-label="More for this conversation" />
        </Menu>
      </div>
    </header>
  )
}

const NO_KEYS = {}
