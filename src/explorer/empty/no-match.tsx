/** Nothing matches: which condition is to blame, and what to do about it. */
import type { WhyEmpty, WhyEmptyCondition } from 'conversation-store'
import { useEffect, useState } from 'react'
import { clearAll, setIncludeDeleted } from '../asking/changes/index.ts'
import { groupInWords } from '../asking/sentences/index.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { Button } from '../ui/button.tsx'
import { Words } from '../ui/words.tsx'
import { causesOf, withInstead, withoutConditions } from './causes.ts'
import styles from './empty.module.css'
import { OpenFiles } from './open-files.tsx'

/** Milliseconds without another question, after which the reason is asked for: typing needs none. */
const CALM_MS = 200

const COUNT = new Intl.NumberFormat()

const conversations = (count: number) => `${COUNT.format(count)} ${count === 1 ? 'conversation' : 'conversations'}`

export function NoMatch() {
  const { asked, ask, status } = useExplorer()
  const why = useWhy()
  if (status.rows === 0)
    return (
      <div className={styles.empty}>
        <h3 className={styles.title}>There are no conversations</h3>
        <p>{status.source.name} has none. Open files that have some, or drop them anywhere on this page.</p>
        <OpenFiles />
      </div>
    )
  if (status.phase === 'loading')
    return (
      <div className={styles.empty}>
        <div role="status">
          <h3 className={styles.title}>None yet: still reading</h3>
        </div>
        <p className={styles.quiet}>Conversations that match are shown as they are read.</p>
      </div>
    )
  const isBlamed = why !== null && why.count === 0 && why.conditions.length > 0
  return (
    <div className={styles.empty}>
      <div role="status">
        <h3 className={styles.title}>No conversation matches</h3>
      </div>
      {isBlamed && causesOf(why).map((cause) => <Cause key={cause.call} cause={cause} why={why} />)}
      {isBlamed && why.nearest !== null && why.nearest.meets > 0 && <Nearest why={why} />}
      <div className={styles.actions}>
        <Button onClick={() => ask(clearAll)}>Show all conversations</Button>
        {!asked.includeDeleted && (
          <Button kind="quiet" onClick={() => ask((before) => setIncludeDeleted(before, true))}>
            Look among deleted ones too
          </Button>
        )}
      </div>
    </div>
  )
}

function Cause({ cause, why }: { readonly cause: WhyEmptyCondition; readonly why: WhyEmpty }) {
  const { ask } = useExplorer()
  const { where, without, alone, meant } = cause
  const sentence = groupInWords(where)
  const isOnly = why.conditions.length === 1
  return (
    <div className={styles.cause}>
      <p>
        <strong className={styles.sentence}>
          <Words text={sentence} />
        </strong>{' '}
        {alone === 0
          ? 'holds for none of them.'
          : `holds for ${conversations(alone)}, and none of these meets the rest.`}
      </p>
      {!isOnly && (
        <p className={styles.quiet}>
          Without it, {without === 0 ? 'still none would match.' : `${conversations(without)} would match.`}
        </p>
      )}
      <div className={styles.actions}>
        <Button
          kind={isOnly || without > 0 ? 'solid' : 'outline'}
          onClick={() => ask((asked) => withoutConditions(asked, where))}
        >
          Remove it
        </Button>
        {meant !== undefined && (
          <Button onClick={() => ask((asked) => withInstead(asked, where, meant))}>
            <span>
              Did you mean <Words text={groupInWords([meant])} />?
            </span>
          </Button>
        )}
      </div>
    </div>
  )
}

function Nearest({ why: { nearest, conditions } }: { readonly why: WhyEmpty }) {
  const { look } = useExplorer()
  const { conversation_id: open, meets, instead } = nearest!
  return (
    <p className={styles.quiet}>
      The nearest meets {meets} of {conditions.length}: <Words text={instead} />.{' '}
      <button type="button" className={styles.link} onClick={() => look({ open, message: null, pane: 'conversation' })}>
        Open it
      </button>
    </p>
  )
}

/** The reason, once typing has stopped. Null until it is known. */
function useWhy(): WhyEmpty | null {
  const { store, query } = useExplorer()
  const [why, setWhy] = useState<{ readonly of: string; readonly why: WhyEmpty } | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: queries with one key ask the same.
  useEffect(() => {
    if (store === null) return
    const control = new AbortController()
    const timer = setTimeout(() => {
      store.whyEmpty(query, { signal: control.signal, subscriber: 'no match' }).then(
        (found) => setWhy({ of: query.key, why: found }),
        // Without a reason the rest still says what to do.
        () => {},
      )
    }, CALM_MS)
    return () => {
      clearTimeout(timer)
      control.abort()
    }
  }, [store, query.key])
  return why?.of === query.key ? why.why : null
}
