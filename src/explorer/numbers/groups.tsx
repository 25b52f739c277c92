/** The chosen figure by group: bars with exact figures; by time one bar beside the other. */
import type { Scalar } from 'conversation-store'
import type { Answer, Group } from '../answers/contract.ts'
import { FACETS, type Facet } from '../facets/fields.ts'
import { countText, labelOf } from '../facets/label.ts'
import { spanText } from '../histogram/time.ts'
import { type Choice, FIGURES, GROUP_LIMITS, isTime, MOST_TIMES } from './choices.ts'
import { exactText, figureText } from './figure.ts'
import styles from './groups.module.css'

interface Props {
  readonly choice: Choice
  readonly answer: Answer
  readonly isOld: boolean
  readonly isSeconds: boolean
  readonly timeZone: string
  readonly limit: number
  onMore(): void
}

export function Groups(props: Props) {
  const { choice, answer, limit, onMore } = props
  const { by } = choice
  if (answer.error !== null) return <p className={styles.note}>{answer.error.message}</p>
  const groups = answer.aggregate
  if (groups.length === 0) return <p className={styles.note}>No conversations.</p>
  if (by !== null && isTime(by)) {
    if (groups.length > MOST_TIMES) {
      return (
        <p className={styles.note}>There are too many bars by {by}. Choose a longer time, or ask for a range of it.</p>
      )
    }
    return <Times {...props} />
  }
  return (
    <>
      <Values {...props} />
      {groups.length > limit && (
        <p className={styles.note}>
          The first {limit} are shown.{' '}
          {limit < GROUP_LIMITS[1] && (
            <button type="button" className={styles.more} onClick={onMore}>
              Show more
            </button>
          )}
        </p>
      )}
    </>
  )
}

function Values({ choice, answer, isOld, isSeconds, limit }: Props) {
  const { by, measure } = choice
  const groups = answer.aggregate.slice(0, limit)
  const part = partOf(groups)
  return (
    <ul className={styles.values} data-old={isOld || undefined}>
      {groups.map((group) => {
        const { text, kind } = labelOf(facetOf(by!), group.key[by!] as Scalar, group.missing !== undefined)
        const value = group.figure
        return (
          <li
            key={JSON.stringify([group.key, group.missing])}
            className={styles.group}
            title={`${text}: ${exactText(group, measure, isSeconds, 'figure')}`}
          >
            <bdi className={styles.label} data-kind={kind}>
              {text}
            </bdi>
            <span className={styles.figure}>{figureText(value, measure, isSeconds)}</span>
            <span className={styles.track} aria-hidden="true">
              <span className={styles.bar} style={{ inlineSize: `${part(value)}%` }} />
            </span>
          </li>
        )
      })}
    </ul>
  )
}

function Times({ choice, answer, isOld, isSeconds, timeZone }: Props) {
  const { by, measure } = choice
  const groups = answer.aggregate
  const part = partOf(groups)
  const name = FIGURES.find(({ make }) => make === measure)!.label
  const words = (group: Group) =>
    `${spanText({ from: Date.parse(group.from!), to: Date.parse(group.to!) }, by as never, timeZone)}: ${figureText(group.figure, measure, isSeconds)}, of ${countText(Number(group.rows))}`
  return (
    <ol className={styles.times} data-old={isOld || undefined} aria-label={`${name} by ${by}`}>
      {groups.map((group) => (
        <li key={group.from} className={styles.time} title={words(group)}>
          <span className={styles.unseen}>{words(group)}</span>
          <span className={styles.column} style={{ blockSize: `${part(group.figure)}%` }} />
        </li>
      ))}
    </ol>
  )
}

/** How long the bar of a figure is, in hundredths of the longest. Below zero there is none. */
function partOf(groups: readonly Group[]): (value: unknown) => number {
  const most = groups.reduce((max, { figure }) => (typeof figure === 'number' ? Math.max(max, figure) : max), 0)
  return (value) => (typeof value === 'number' && most > 0 ? Math.max(0, (100 * value) / most) : 0)
}

function facetOf(field: string): Facet {
  return FACETS.find((facet) => facet.field === field) ?? { field, label: field, group: 'Metadata', none: 'null' }
}
