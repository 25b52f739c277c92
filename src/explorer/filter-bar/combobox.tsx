/** The field of the filter bar: plain words are searched as they are typed; fields, operators and values are picked from a list. */
import { type KeyboardEvent, type Ref, useEffect, useId, useImperativeHandle, useRef, useState } from 'react'
import { setSearch } from '../asking/changes/index.ts'
import type { Draft, Ready } from '../asking/choices/draft.ts'
import { lastWord, type Option, placeholderOf, problemWith, withoutLastWord } from '../asking/choices/options.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import styles from './combobox.module.css'
import { Options } from './options.tsx'
import { useOptions } from './use-options.ts'

/** What others do with the field. */
export interface ComboboxHandle {
  focus(): void
  /** Begins to edit a part, or to make a condition. */
  open(draft: Draft | null): void
}

interface Props {
  readonly ref: Ref<ComboboxHandle>
  /** Leaves the field to the left: to the last pill. */
  readonly onLeave: () => void
  /** Backspace in the empty field. */
  readonly onErase: () => void
}

export function Combobox({ ref, onLeave, onErase }: Props) {
  const { asked, ask } = useExplorer()
  const [draft, setDraft] = useState<Draft | null>(null)
  const [typed, setTyped] = useState('')
  const [isOpen, setIsOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()

  const text = draft === null ? asked.search : typed
  const { options, isPending } = useOptions(draft, text, isOpen)
  const ready = draft?.operator === undefined ? undefined : (draft as Ready)
  const problem = ready && problemWith(ready, text)
  const isShown = isOpen && (options.length > 0 || problem !== undefined || isPending)
  const at = Math.min(active, options.length - 1)

  const begin = (next: Draft | null) => {
    setDraft(next)
    setTyped(next?.operator === undefined ? '' : (next.text ?? ''))
    setActive(next === null ? -1 : 0)
    setIsOpen(true)
    input.current?.focus()
  }
  const end = () => {
    setDraft(null)
    setTyped('')
    setIsOpen(false)
    setActive(-1)
  }
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus(), open: begin }))

  // What is being edited may go: by the back button, or in another pane.
  const isGone = draft !== null && draft.at !== null && asked.parts[draft.at] === undefined
  useEffect(() => {
    if (isGone) end()
  })

  const pick = (option: Option) => {
    if (option.draft !== undefined) {
      // The word that found the field is not searched for.
      if (draft === null && lastWord(text) !== '') {
        ask((before) => withoutLastWord(before, lastWord(before.search)), { replace: true })
      }
      begin(option.draft)
      return
    }
    if (option.change === undefined) return
    ask(option.change)
    if (!option.staysOpen) end()
  }

  const type = (next: string) => {
    setIsOpen(true)
    setActive(draft === null ? -1 : 0)
    if (draft === null) ask((before) => setSearch(before, next), { replace: true })
    else setTyped(next)
  }

  const back = () => {
    if (draft === null) onErase()
    else if (draft.operator === undefined || draft.at !== null) end()
    else begin({ field: draft.field, at: null })
  }

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { key, nativeEvent, currentTarget } = event
    if (nativeEvent.isComposing) return
    const isAtStart = currentTarget.selectionStart === 0 && currentTarget.selectionEnd === 0
    const keys: { readonly [key: string]: (() => void) | undefined } = {
      ArrowDown: () => (isShown ? setActive(at + 1 < options.length ? at + 1 : 0) : setIsOpen(true)),
      ArrowUp: isShown ? () => setActive(at > 0 ? at - 1 : options.length - 1) : undefined,
      Enter: () => {
        const option = isShown ? options[at] : undefined
        if (option !== undefined) pick(option)
        else if (draft === null) setIsOpen(false)
      },
      Escape: () => {
        if (draft !== null) end()
        else if (isShown) setIsOpen(false)
        else if (text !== '') ask((before) => setSearch(before, ''))
        else currentTarget.blur()
      },
      Backspace: text === '' ? back : undefined,
      ArrowLeft: isAtStart && draft === null ? onLeave : undefined,
    }
    const act = keys[key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }

  return (
    <div className={styles.field}>
      {draft !== null && (
        <span className={styles.draft}>
          {draft.field.label}
          {draft.operator !== undefined && ` ${draft.operator.label}`}
        </span>
      )}
      <input
        ref={input}
        className={styles.input}
        type="text"
        role="combobox"
        autoComplete="off"
        autoCorrect="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="search"
        aria-label={draft === null ? 'Search words, or filter by a field' : draftLabel(draft)}
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={isShown ? listId : undefined}
        aria-activedescendant={isShown && at >= 0 ? `${listId}-${at}` : undefined}
        aria-invalid={problem !== undefined || undefined}
        placeholder={draft === null ? 'Search, or filter by device, action, feedback …' : placeholder(draft)}
        value={text}
        onChange={({ target }) => type(target.value)}
        onClick={() => setIsOpen(true)}
        onKeyDown={onKeyDown}
        onBlur={end}
      />
      {isShown && (
        <Options
          id={listId}
          label={draft === null ? 'Fields' : draftLabel(draft)}
          options={options}
          active={at}
          problem={problem}
          isPending={isPending}
          onPick={pick}
        />
      )}
    </div>
  )
}

function draftLabel({ field, operator }: Draft): string {
  return operator === undefined ? `${field.label}: how it is compared` : `${field.label} ${operator.label}: the value`
}

function placeholder(draft: Draft): string {
  return draft.operator === undefined ? '' : placeholderOf(draft as Ready)
}
