/** What there is to know of the conversations that are open: how far they are, what could not be read, what can be done with them. */
import { useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { Button } from '../ui/button.tsx'
import { copyText } from '../ui/copy.ts'
import { toast } from '../ui/toasts.ts'
import { Words } from '../ui/words.tsx'
import { Faults } from './faults.tsx'
import styles from './notices.module.css'
import { OpenFiles } from './open-files.tsx'
import { Progress } from './progress.tsx'

const COUNT = new Intl.NumberFormat()

export function Notices() {
  return (
    <div className={styles.notices}>
      <Progress />
      <Failed />
      <Offline />
      <Limit />
      <Faults />
      <FirstRun />
      <Keep />
    </div>
  )
}

/** What was asked for last could not be opened; what was open before still is. */
function Failed() {
  const { status, session } = useExplorer()
  const { failure, phase } = status
  if (failure === null || phase === 'failed' || failure.asksFor === 'key') return null
  return (
    <div className={styles.notice} data-kind="bad" role="alert">
      <p>
        <strong>
          <Words text={failure.title} />
        </strong>{' '}
        <Words text={failure.advice} />
      </p>
      <Button kind="quiet" icon="close" aria-label="Dismiss" onClick={() => session.dismiss()} />
    </div>
  )
}

function Offline() {
  const { status } = useExplorer()
  if (!status.isOffline) return null
  return (
    <div className={styles.notice} data-kind="warn" role="status">
      <p>
        <strong>The server does not answer.</strong> You can go on reading. Changes of others come once it is back.
      </p>
    </div>
  )
}

const BUILD = 'npx conversation-store build FILES... -o conversations.snap'

function Limit() {
  const { status } = useExplorer()
  const { limit } = status
  if (limit === null) return null
  return (
    <div className={styles.notice} data-kind="warn" role="status">
      <div>
        <p>
          <strong>
            The first {COUNT.format(limit.rows)}
            {limit.of !== null && ` of ${COUNT.format(limit.of)}`} conversations fit in this page.
          </strong>{' '}
          A snapshot takes less room. Build one, and open it here:
        </p>
        <p className={styles.command}>
          <code>{BUILD}</code>
          <Button
            kind="quiet"
            icon="copy"
            aria-label="Copy the command"
            onClick={() => void copyText(BUILD, 'Command copied')}
          />
        </p>
      </div>
    </div>
  )
}

/** On generated conversations: how to see one's own. */
function FirstRun() {
  const { status } = useExplorer()
  const [isSeen, setSeen] = useState(false)
  if (isSeen || status.source.kind !== 'generated' || status.phase === 'failed') return null
  return (
    <div className={styles.notice}>
      <div>
        <p>
          <strong>These conversations are generated.</strong> Drop your own anywhere on this page: NDJSON, JSON, gzip,
          snapshots or journals. Nothing leaves this browser.
        </p>
        <OpenFiles />
      </div>
      <Button kind="quiet" icon="close" aria-label="Dismiss" onClick={() => setSeen(true)} />
    </div>
  )
}

/** Asks once for each pile of files whether it is to be kept. */
function Keep() {
  const { status, session } = useExplorer()
  const { source, phase, keeping } = status
  const [answered, setAnswered] = useState<string | null>(null)
  const name = `${source.kind} ${source.name}`
  const isReady = phase === 'ready' && keeping === 'possible'
  const isAsked = source.kind === 'files' || source.kind === 'url'
  if (!isAsked || phase === 'failed' || answered === name || (phase === 'ready' && !isReady)) return null
  const keep = async () => {
    setAnswered(name)
    try {
      await session.keep()
      toast({ text: 'Kept in this browser', undo: () => void session.forget() })
    } catch (error) {
      toast({ text: (error as Error).message, isBad: true })
    }
  }
  return (
    <div className={styles.notice}>
      <div>
        <p>
          <strong>Keep these in this browser?</strong> Then they open at once the next time, and replace what was kept
          before.
        </p>
        <div className={styles.actions}>
          <Button kind="solid" disabled={!isReady} onClick={() => void keep()}>
            Keep
          </Button>
          <Button onClick={() => setAnswered(name)}>Do not keep</Button>
        </div>
      </div>
    </div>
  )
}
