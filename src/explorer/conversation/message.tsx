/** One message: who, when, what was said, and what came with it. */
import type { Highlight, Message as Row } from 'conversation-store'
import { memo } from 'react'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { clockTime, fullTime } from '../ui/time.ts'
import { Content } from './content.tsx'
import { Extras } from './extras.tsx'
import { firstWindow, type Window } from './fold.ts'
import { type Match, placeIn } from './matches.ts'
import styles from './message.module.css'
import { Run } from './run.tsx'
import { runsOf, saysOnlyItsAction } from './runs.ts'

export interface MessageProps {
  readonly message: Row
  readonly index: number
  readonly found: readonly Highlight[]
  readonly current: Match | undefined
  /** Whether a link led here. */
  readonly isLinked: boolean
  readonly window: Window | undefined
  /** The places of the runs that are unfolded. */
  readonly openRuns: ReadonlySet<number>
  readonly onWindow: (index: number, window: Window) => void
  readonly onRun: (index: number, run: number) => void
  readonly onLink: (index: number) => void
}

const SENDERS = { end_user: 'User', agent: 'Agent' } as const
const NONE: readonly never[] = []

export const Message = memo(function Message(props: MessageProps) {
  const { message, index, found, current, isLinked, onWindow, onRun, onLink } = props
  const { sender, content, timestamp } = message
  const said = found.find(({ field }) => field === 'message')
  const runs = runsOf(message)
  const isQuiet = saysOnlyItsAction(message) && said === undefined && runs.length > 0
  return (
    <article
      className={styles.message}
      data-sender={sender}
      data-linked={isLinked || undefined}
      data-index={index}
      aria-label={`${SENDERS[sender]}, message ${index + 1}`}
    >
      <header className={styles.head}>
        <span className={styles.sender}>
          {runs.length > 0 && <Icon name="tool" />}
          {SENDERS[sender]}
        </span>
        {typeof timestamp === 'string' && (
          <time className={styles.time} dateTime={timestamp} title={fullTime(timestamp)}>
            {clockTime(timestamp)}
          </time>
        )}
        <Button
          kind="quiet"
          icon="link"
          className={styles.link!}
          aria-label={`Copy a link to message ${index + 1}`}
          onClick={() => onLink(index)}
        />
      </header>
      <div className={styles.body}>
        {!isQuiet && (content !== '' || runs.length === 0) && (
          <Content
            text={content}
            ranges={said?.ranges ?? NONE}
            current={said === undefined ? null : placeIn(current, said)}
            isMarkdown={sender === 'agent'}
            window={props.window ?? firstWindow(content)}
            onWindow={(window) => onWindow(index, window)}
          />
        )}
        {content === '' && runs.length === 0 && <p className={styles.none}>No words</p>}
        {runs.map((run, at) => (
          <Run
            // biome-ignore lint/suspicious/noArrayIndexKey: runs have no other name that is theirs alone.
            key={at}
            message={message}
            run={run}
            found={found.filter((each) => each.run === at)}
            current={current}
            isOpen={props.openRuns.has(at)}
            onToggle={() => onRun(index, at)}
          />
        ))}
        <Extras message={message} />
      </div>
    </article>
  )
})
