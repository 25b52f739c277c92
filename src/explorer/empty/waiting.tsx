/** There are no rows yet, or none can be given: how far it is, or what to do about it. */
import { useExplorer } from '../asking/use-explorer.ts'
import { Words } from '../ui/words.tsx'
import styles from './empty.module.css'
import { KeyEntry } from './key-entry.tsx'
import { OpenFiles } from './open-files.tsx'

export function Waiting({ error }: { readonly error: Error | null }) {
  const { status, session } = useExplorer()
  const { failure, phase } = status
  if (failure?.asksFor === 'key') return <KeyEntry failure={failure} />
  const shown =
    phase === 'failed' && failure !== null
      ? failure
      : error !== null && { title: 'This cannot be answered', advice: error.message }
  if (!shown) return <Bones />
  return (
    <div className={styles.empty} role="alert">
      <h3 className={styles.title}>
        <Words text={shown.title} />
      </h3>
      <p>
        <Words text={shown.advice} />
      </p>
      <OpenFiles onGenerated={() => session.openGenerated()} />
    </div>
  )
}

/** Rows that are not there yet, in their places. */
function Bones() {
  return (
    <div className={styles.bones} aria-hidden="true">
      {Array.from({ length: 8 }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike.
        <div key={at} className={styles.bone} />
      ))}
    </div>
  )
}
