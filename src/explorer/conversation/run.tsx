/** One run of an action: a line that unfolds to its arguments, result and error. */
import type { ActionLog, Highlight, Message } from 'conversation-store'
import { Icon } from '../ui/icon.tsx'
import { fullTime } from '../ui/time.ts'
import { Words } from '../ui/words.tsx'
import { JsonTree } from './json-tree.tsx'
import { type Match, placeIn } from './matches.ts'
import styles from './run.module.css'
import { isShown, lineOf, parsed, RUN_PARTS } from './runs.ts'

interface Props {
  readonly message: Message
  readonly run: ActionLog
  /** Matches in this run. */
  readonly found: readonly Highlight[]
  readonly current: Match | undefined
  readonly isOpen: boolean
  readonly onToggle: () => void
}

export function Run({ message, run, found, current, isOpen, onToggle }: Props) {
  const { name, took, outcome } = lineOf(message, run)
  const error = outcome === 'failed' ? String(run.error_message) : null
  return (
    <div className={styles.run} data-outcome={outcome}>
      <button type="button" className={styles.line} aria-expanded={isOpen} onClick={onToggle}>
        <Icon name={isOpen ? 'chevronDown' : 'right'} />
        <span className={styles.name}>
          <Words text={name} to={Math.min(name.length, 200)} />
        </span>
        {took !== null && <span className={styles.quiet}>· {took}</span>}
        {outcome !== null && (
          <>
            <span className={styles.quiet}>·</span>
            <span className={styles.outcome}>{outcome}</span>
          </>
        )}
        {error !== null && !isOpen && (
          <span className={styles.error}>
            <Words text={error} to={Math.min(error.length, 200)} />
          </span>
        )}
        {found.length > 0 && !isOpen && <mark className={styles.found}>match inside</mark>}
      </button>
      {isOpen && <Parts run={run} found={found} current={current} />}
    </div>
  )
}

function Parts({ run, found, current }: Pick<Props, 'run' | 'found' | 'current'>) {
  const parts = RUN_PARTS.filter(({ key }) => isShown(run[key]))
  return (
    <dl className={styles.parts}>
      {typeof run.started_at === 'string' && (
        <div>
          <dt>Started</dt>
          <dd>{fullTime(run.started_at)}</dd>
        </div>
      )}
      {parts.map(({ part, label, key }) => {
        const highlight = found.find((each) => each.part === part)
        return (
          <div key={key}>
            <dt>{label}</dt>
            <dd className={key === 'error_message' ? styles.bad : undefined}>
              {highlight !== undefined && (
                <p className={styles.snippet}>
                  <Words
                    text={highlight.snippet.text}
                    ranges={highlight.snippet.ranges}
                    current={placeIn(current, highlight)}
                  />
                </p>
              )}
              <JsonTree value={parsed(run[key])} name={label} />
            </dd>
          </div>
        )
      })}
      {parts.length === 0 && <p className={styles.quiet}>Nothing was recorded but the name.</p>}
    </dl>
  )
}
