/** Feedback on a conversation, and a form to give some. */
import type { Conversation, Feedback } from 'conversation-store'
import { type FormEvent, useId, useState } from 'react'
import { onlyValue, toggleValue } from '../asking/changes/index.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { fullTime, shortTime } from '../ui/time.ts'
import { Words } from '../ui/words.tsx'
import details from './details.module.css'
import styles from './feedbacks.module.css'
import { useWrite } from './use-write.ts'

const SENTIMENTS = {
  positive: { icon: 'good', label: 'Positive' },
  neutral: { icon: 'neutral', label: 'Neutral' },
  negative: { icon: 'bad', label: 'Negative' },
} as const

type Sentiment = keyof typeof SENTIMENTS

/** Characters of a comment that are shown; the hosted API takes as many. */
const COMMENT = 5000

export function Feedbacks({ row }: { readonly row: Conversation }) {
  const { writer } = useExplorer()
  if (row.feedbacks.length === 0 && writer === null) return null
  return (
    <>
      <h3 className={details.title}>Feedback</h3>
      <ul className={styles.list}>
        {row.feedbacks.map((feedback, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are only added to.
          <li key={at}>
            <One feedback={feedback} />
          </li>
        ))}
      </ul>
      {writer !== null && <Give key={row.conversation_id} id={row.conversation_id} />}
    </>
  )
}

function One({ feedback: { sentiment, source, comment, created_at } }: { readonly feedback: Feedback }) {
  const { ask } = useExplorer()
  const { icon, label } = SENTIMENTS[sentiment]
  const only = (field: string, value: string, isNegated = false) =>
    ask((asked) => (isNegated ? toggleValue(asked, field, value, { isNegated }) : onlyValue(asked, field, value)))
  const from = source ?? 'customer'
  return (
    <div className={styles.one}>
      <Menu
        items={[
          {
            label: `Only ${label.toLowerCase()} feedback`,
            icon: 'check',
            run: () => only('feedback_sentiment', sentiment),
          },
          {
            label: `Not ${label.toLowerCase()} feedback`,
            icon: 'close',
            run: () => only('feedback_sentiment', sentiment, true),
          },
          {
            label: `Only feedback of a ${from}`,
            icon: 'check',
            isApart: true,
            run: () => only('feedback_source', from),
          },
        ]}
      >
        <button type="button" className={`${details.value} ${styles[sentiment]}`}>
          <Icon name={icon} />
          {label}
        </button>
      </Menu>
      <span className={styles.quiet}>
        {from}
        {typeof created_at === 'string' && (
          <time dateTime={created_at} title={fullTime(created_at)}>
            {' · '}
            {shortTime(created_at)}
          </time>
        )}
      </span>
      {typeof comment === 'string' && comment !== '' && (
        <p className={styles.comment}>
          <Words text={comment} to={Math.min(comment.length, COMMENT)} />
        </p>
      )}
    </div>
  )
}

function Give({ id }: { readonly id: string }) {
  const write = useWrite()
  const [sentiment, setSentiment] = useState<Sentiment | null>(null)
  const [comment, setComment] = useState('')
  const name = useId()
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (sentiment === null) return
    const isDone = await write('Feedback given', (writer) =>
      writer.feedback(id, { sentiment, comment: comment.trim() }),
    )
    if (!isDone) return
    setSentiment(null)
    setComment('')
  }
  return (
    <form className={styles.give} onSubmit={send}>
      <div className={styles.thumbs} role="toolbar" aria-label="Give feedback">
        {Object.entries(SENTIMENTS).map(([each, { icon, label }]) => (
          <Button
            key={each}
            icon={icon}
            aria-pressed={sentiment === each}
            aria-label={label}
            onClick={() => setSentiment(sentiment === each ? null : (each as Sentiment))}
          />
        ))}
      </div>
      {sentiment !== null && (
        <>
          <textarea
            className={styles.field}
            aria-label="Comment"
            placeholder="Why? (may stay empty)"
            rows={2}
            maxLength={COMMENT}
            value={comment}
            id={name}
            onChange={({ target }) => setComment(target.value)}
          />
          <Button kind="solid" type="submit">
            Give {SENTIMENTS[sentiment].label.toLowerCase()} feedback
          </Button>
        </>
      )}
    </form>
  )
}
