/** What is known of a conversation beside its messages: facts, feedback, metadata. Each value is a filter. */
import type { Conversation } from 'conversation-store'
import { useState } from 'react'
import { onlyValue, toggleValue } from '../asking/changes/index.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { copyText } from '../ui/copy.ts'
import { Menu } from '../ui/menu.tsx'
import { fullTime, shortTime } from '../ui/time.ts'
import { Words } from '../ui/words.tsx'
import styles from './details.module.css'
import { Feedbacks } from './feedbacks.tsx'
import { JsonTree } from './json-tree.tsx'
import { fieldLines, metadataLines, type ValueLine } from './values.ts'

/** Lines of metadata that are shown at first, and with each step after that. */
const LINES = 60

export function Details({ row, id }: { readonly row: Conversation; readonly id: string }) {
  const [most, setMost] = useState(LINES)
  const { lines, isMore } = metadataLines(row.metadata, most)
  return (
    <aside className={styles.details} aria-label="Details" id={id} tabIndex={-1}>
      <h3 className={styles.title}>Details</h3>
      <dl className={styles.lines}>
        {fieldLines(row).map((line) => (
          <div key={line.label} className={styles.line}>
            <dt>{line.label}</dt>
            <dd>
              <Value line={line} />
            </dd>
          </div>
        ))}
      </dl>
      <Feedbacks row={row} />
      {lines.length > 0 && (
        <>
          <h3 className={styles.title}>Metadata</h3>
          <dl className={styles.lines}>
            {lines.map((line, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the order of keys does not change.
              <div key={at} className={styles.line} data-depth={Math.min(line.depth, 6)}>
                <dt>
                  <Words text={line.label} to={Math.min(line.label.length, 200)} />
                </dt>
                <dd>{line.list === null ? <Value line={line} /> : <JsonTree value={line.list} name={line.label} />}</dd>
              </div>
            ))}
          </dl>
          {isMore && (
            <button type="button" className={styles.more} onClick={() => setMost(most * 4)}>
              Show more
            </button>
          )}
        </>
      )}
      {row.geo_location !== null && (
        <>
          <h3 className={styles.title}>Place</h3>
          <JsonTree value={row.geo_location} name="Place" />
        </>
      )}
    </aside>
  )
}

/** Characters of a value that are shown. */
const SHOWN = 300

function Value({ line: { text, filter, isTime = false, label } }: { readonly line: ValueLine }) {
  const { ask } = useExplorer()
  if (isTime)
    return (
      <time dateTime={text} title={fullTime(text)}>
        {shortTime(text)}
      </time>
    )
  const shown = <Words text={text} to={Math.min(text.length, SHOWN)} />
  if (filter === null) return shown
  const { field, value } = filter
  return (
    <Menu
      items={[
        { label: 'Only these', icon: 'check', run: () => ask((asked) => onlyValue(asked, field, value)) },
        {
          label: 'Not these',
          icon: 'close',
          run: () => ask((asked) => toggleValue(asked, field, value, { isNegated: true })),
        },
        { label: 'Copy', icon: 'copy', isApart: true, run: () => void copyText(text, 'Copied') },
      ]}
    >
      <button type="button" className={styles.value} aria-label={`${label}: ${text.slice(0, SHOWN)}`}>
        {text === '' ? '""' : shown}
        {text.length > SHOWN && '…'}
      </button>
    </Menu>
  )
}
