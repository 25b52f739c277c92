/** The name of a conversation, which can be changed where it stands. */
import type { Conversation } from 'conversation-store'
import type { HighlightRange } from 'conversation-store/highlights'
import { type FormEvent, useRef, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { Button } from '../ui/button.tsx'
import { Words } from '../ui/words.tsx'
import styles from './name.module.css'
import { useWrite } from './use-write.ts'

/** Characters that a name may have; more are shown cut. */
const LONGEST = 255

/** The whole name is selected, so that typing replaces it. */
function focusOn(field: HTMLInputElement | null): void {
  field?.focus()
  field?.select()
}

interface Props {
  readonly row: Conversation
  readonly ranges: readonly HighlightRange[]
}

export function Name({ row: { conversation_id: id, name }, ranges }: Props) {
  const { writer } = useExplorer()
  const write = useWrite()
  const [draft, setDraft] = useState<string | null>(null)
  const edit = useRef<HTMLButtonElement>(null)
  const end = () => {
    setDraft(null)
    // The field is gone: what opened it has the focus again.
    requestAnimationFrame(() => edit.current?.focus())
  }
  if (draft !== null) {
    const save = async (event: FormEvent) => {
      event.preventDefault()
      const next = draft.trim() === '' ? null : draft.trim()
      if (
        next === name ||
        (await write(
          'Renamed',
          (to) => to.rename(id, next),
          (to) => to.rename(id, name),
        ))
      )
        end()
    }
    return (
      <form className={styles.form} onSubmit={save}>
        <input
          className={styles.field}
          aria-label="Name"
          placeholder="No name"
          maxLength={LONGEST}
          value={draft}
          ref={focusOn}
          onChange={({ target }) => setDraft(target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.stopPropagation()
            end()
          }}
        />
        <Button kind="quiet" icon="check" type="submit" aria-label="Save the name" />
        <Button kind="quiet" icon="close" aria-label="Keep the name as it was" onClick={end} />
      </form>
    )
  }
  const shown = name === null || name.trim() === '' ? id : name
  return (
    <div className={styles.name}>
      <h2 className={styles.title} title={shown.slice(0, 1000)}>
        <Words text={shown} ranges={shown === name ? ranges : []} to={Math.min(shown.length, LONGEST)} />
      </h2>
      {writer !== null && (
        <Button
          ref={edit}
          kind="quiet"
          icon="edit"
          aria-label="Rename"
          onClick={() => setDraft((name ?? '').slice(0, LONGEST))}
        />
      )}
    </div>
  )
}
