/** What the page can do, and by which keys. */
import { useExplorer } from '../asking/use-explorer.ts'
import { Dialog } from '../ui/dialog.tsx'
import styles from './help.module.css'
import { KEYS } from './keys.ts'
import { OpenFiles } from './open-files.tsx'

export default function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const { writer } = useExplorer()
  return (
    <Dialog
      title="Help"
      about="Filters are pills above, facets at the side. The address of this page holds all of it: copy it to come back."
      onClose={onClose}
    >
      <dl className={styles.keys}>
        {KEYS.filter(({ isWrite }) => !isWrite || writer !== null).map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={styles.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <h3 className={styles.title}>Your own conversations</h3>
      <p className={styles.about}>Drop them anywhere on this page, or choose them. They stay in this browser.</p>
      <OpenFiles />
    </Dialog>
  )
}
