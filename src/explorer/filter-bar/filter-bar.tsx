/** What is asked, how much matches and how long it took, and what can be copied of it. */
import { useRef } from 'react'
import { clearAll, dropPaging, isEverything, remove, setIncludeDeleted } from '../asking/changes/index.ts'
import { draftOf } from '../asking/choices/draft.ts'
import { pagingInWords } from '../asking/sentences/index.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { OpenMenu } from '../empty/open-files.tsx'
import { Button } from '../ui/button.tsx'
import { useKeys } from '../ui/keys.ts'
import { Combobox, type ComboboxHandle } from './combobox.tsx'
import { CopyAs } from './copy-as.tsx'
import { Count } from './count.tsx'
import styles from './filter-bar.module.css'
import { Pills, type PillsHandle } from './pills.tsx'
import { Setting } from './setting.tsx'

export function FilterBar() {
  const { asked, ask } = useExplorer()
  const field = useRef<ComboboxHandle>(null)
  const pills = useRef<PillsHandle>(null)
  const focus = () => field.current?.focus()
  useKeys({ '/': focus, f: focus, F: focus })
  const { parts, includeDeleted, paging } = asked
  const hasMore = parts.length > 0 || includeDeleted || paging !== undefined
  return (
    <search className={styles.bar} aria-label="Filter conversations">
      <div className={styles.line}>
        <div className={styles.box}>
          <Combobox
            ref={field}
            onLeave={() => pills.current?.focusLast()}
            onErase={() => ask((before) => remove(before, before.parts.length - 1))}
          />
          {!isEverything(asked) && (
            <Button
              kind="quiet"
              icon="close"
              aria-label="Clear all"
              onClick={() => {
                ask(clearAll)
                focus()
              }}
            />
          )}
        </div>
        <Count />
        <CopyAs />
        <OpenMenu />
      </div>
      <div className={`${styles.line} ${styles.conditions}`} hidden={!hasMore}>
        <Pills ref={pills} onLeave={focus} onEdit={(at) => field.current?.open(draftOf(asked, at) ?? null)} />
        {includeDeleted && (
          <Setting
            text="deleted ones too"
            onRemove={() => {
              ask((before) => setIncludeDeleted(before, false))
              focus()
            }}
          />
        )}
        {paging !== undefined && (
          <Setting
            text={`the link asks for ${pagingInWords(paging)}; the list shows all`}
            onRemove={() => {
              ask(dropPaging)
              focus()
            }}
          />
        )}
      </div>
    </search>
  )
}
