/** One conversation of the list. */
import type { Preview } from 'conversation-store'
import { memo } from 'react'
import { Icon } from '../ui/icon.tsx'
import { fullTime, shortTime } from '../ui/time.ts'
import { Words } from '../ui/words.tsx'
import styles from './row.module.css'
import { countsOf, linesOf } from './row-lines.ts'

interface Props {
  readonly id: string
  /** Undefined until it comes. */
  readonly row: Preview | undefined
  readonly index: number
  readonly count: number
  readonly isActive: boolean
  readonly isOpen: boolean
  readonly isByDuration: boolean
  readonly onOpen: (conversationId: string) => void
}

const isSame = (a: Props, b: Props) =>
  a.row === b.row &&
  a.index === b.index &&
  a.count === b.count &&
  a.isActive === b.isActive &&
  a.isOpen === b.isOpen &&
  a.isByDuration === b.isByDuration

export const Row = memo(function Row({ id, row, index, count, isActive, isOpen, isByDuration, onOpen }: Props) {
  const place = { id, 'aria-posinset': index + 1, 'aria-setsize': count }
  if (row === undefined)
    return (
      <div role="option" aria-selected={isOpen} tabIndex={-1} {...place} className={styles.row} aria-label="Loading">
        <span className={styles.bone} />
        <span className={styles.bone} />
      </div>
    )
  const { title, snippet } = linesOf(row)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys come to the list, which has the focus.
    <div
      role="option"
      aria-selected={isOpen}
      {...place}
      className={styles.row}
      data-active={isActive || undefined}
      data-deleted={row.is_deleted || undefined}
      tabIndex={-1}
      onMouseDown={(event) => {
        // The focus stays on the list.
        event.preventDefault()
        event.currentTarget.closest<HTMLElement>('[role=listbox]')?.focus({ preventScroll: true })
      }}
      onClick={() => onOpen(row.conversation_id)}
    >
      <div className={styles.head}>
        {row.is_marked && (
          <span className={styles.marked} role="img" aria-label="Marked" title="Marked">
            <Icon name="mark" isFilled />
          </span>
        )}
        <span className={styles.title}>
          <Words {...title} />
        </span>
        <time className={styles.time} dateTime={row.started_at} title={fullTime(row.started_at)}>
          {shortTime(row.started_at)}
        </time>
      </div>
      <div className={styles.snippet}>
        {snippet.from !== null && <span className={styles.from}>{snippet.from}: </span>}
        <Words text={snippet.text} ranges={snippet.ranges} />
      </div>
      <div className={styles.facts}>
        {row.is_deleted && <span className={styles.deleted}>Deleted</span>}
        {row.customer_id !== null && (
          <span className={styles.customer} title="Customer">
            <Words {...(row.match?.field === 'customer_id' ? row.match.snippet : { text: row.customer_id })} />
          </span>
        )}
        {countsOf(row, isByDuration).map(({ label, isBad }) => (
          <span key={label} className={isBad ? styles.bad : undefined}>
            {label}
          </span>
        ))}
        {row.sentiments.length > 0 && (
          <span className={styles.sentiments}>
            {[...new Set(row.sentiments)].map((sentiment) => (
              <Sentiment key={sentiment} sentiment={sentiment} />
            ))}
          </span>
        )}
      </div>
    </div>
  )
}, isSame)

const SENTIMENTS = {
  positive: { icon: 'good', label: 'Positive feedback' },
  neutral: { icon: 'neutral', label: 'Neutral feedback' },
  negative: { icon: 'bad', label: 'Negative feedback' },
} as const

function Sentiment({ sentiment }: { readonly sentiment: Preview['sentiments'][number] }) {
  const { icon, label } = SENTIMENTS[sentiment]
  return (
    <span className={styles[sentiment]} role="img" aria-label={label} title={label}>
      <Icon name={icon} />
    </span>
  )
}
