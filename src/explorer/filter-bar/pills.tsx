/** The pills of the filter bar: one stop of the Tab key, arrow keys go from pill to pill, and the focus stays among them. */
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import {
  canJoin,
  canTakeApart,
  joinWithNext,
  move,
  negate,
  remove,
  switchOff,
  takeApart,
} from '../asking/changes/index.ts'
import { draftOf } from '../asking/choices/draft.ts'
import type { Asked } from '../asking/contract.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import type { MenuItem } from '../ui/menu.tsx'
import { Pill } from './pill.tsx'
import styles from './pills.module.css'

/** What others do with the pills. */
export interface PillsHandle {
  focusLast(): void
}

interface Props {
  readonly ref: Ref<PillsHandle>
  /** Edits the part at a place. */
  readonly onEdit: (at: number) => void
  /** Gives the focus to the field. */
  readonly onLeave: () => void
}

export function Pills({ ref, onEdit, onLeave }: Props) {
  const { asked, ask } = useExplorer()
  const { parts } = asked
  const list = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState(0)
  /** The pill that gets the focus once it is rendered. */
  const next = useRef<number | null>(null)
  const last = parts.length - 1
  const focusable = Math.min(current, last)

  const focusOn = (at: number) => {
    const pills = list.current?.querySelectorAll<HTMLElement>('[data-pill]')
    pills?.[at]?.focus()
  }
  useImperativeHandle(ref, () => ({ focusLast: () => focusOn(last) }))

  useEffect(() => {
    const at = next.current
    next.current = null
    if (at === null) return
    if (parts.length === 0) onLeave()
    else focusOn(Math.min(at, parts.length - 1))
  })

  /** Changes the pill at a place; the focus goes to the pill that is there then, and to the field where none is left. */
  const change = (at: number, by: (asked: Asked, at: number) => Asked) => {
    next.current = at
    ask((before) => by(before, at))
  }

  const edit = (at: number) => (draftOf(asked, at) === undefined ? openMenu(at) : onEdit(at))
  const openMenu = (at: number) => {
    const buttons = list.current?.querySelectorAll<HTMLElement>('[data-menu]')
    // The menu opens as by its own key.
    buttons?.[at]?.focus()
    buttons?.[at]?.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
  }

  const itemsOf = (at: number): MenuItem[] => {
    const part = parts[at]!
    const item = (label: string, run: () => void): MenuItem => ({ label, run, movesFocus: true })
    return [
      ...(draftOf(asked, at) === undefined ? [] : [item('Edit', () => onEdit(at))]),
      item(part.isNegated ? 'Do not negate' : 'Negate', () => change(at, negate)),
      item(part.isOff ? 'Switch on' : 'Switch off', () => change(at, switchOff)),
      ...(canJoin(asked, at) ? [item('Join with the next by "or"', () => change(at, joinWithNext))] : []),
      ...(at > 0 && canJoin(asked, at - 1)
        ? [item('Join with the one before by "or"', () => change(at - 1, joinWithNext))]
        : []),
      ...(canTakeApart(asked, at) ? [item('Take apart', () => change(at, takeApart))] : []),
      { ...item('Remove', () => change(at, remove)), isApart: true },
    ]
  }

  const onKeyDown = (event: KeyboardEvent, at: number) => {
    // React tells of the keys of the open menu too, which are its own.
    const isOwn = event.currentTarget.contains(event.target as Node)
    if (!isOwn || event.isDefaultPrevented() || event.ctrlKey || event.metaKey) return
    const isRight = event.key === 'ArrowRight'
    const moved = (by: number) => {
      next.current = at + by
      ask((before) => move(before, at, at + by))
    }
    const keys: { readonly [key: string]: (() => void) | undefined } = {
      ArrowLeft: at > 0 ? () => (event.altKey ? moved(-1) : focusOn(at - 1)) : undefined,
      ArrowRight: event.altKey ? () => at < last && moved(1) : () => (at < last ? focusOn(at + 1) : onLeave()),
      Home: () => focusOn(0),
      End: () => focusOn(last),
      Backspace: () => change(at, (before) => remove(before, at)),
      Delete: () => change(at, remove),
      ArrowDown: () => openMenu(at),
      Escape: onLeave,
      n: () => change(at, negate),
      o: () => change(at, switchOff),
      j: () => change(at, joinWithNext),
      t: () => change(at, takeApart),
    }
    if (event.altKey && !isRight && event.key !== 'ArrowLeft') return
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (act === undefined) return
    event.preventDefault()
    // The page has keys of the same names.
    event.stopPropagation()
    event.nativeEvent.stopImmediatePropagation()
    act()
  }

  if (parts.length === 0) return null
  return (
    <div ref={list} className={styles.pills} role="toolbar" aria-label="Conditions">
      {parts.map((part, at) => (
        <Pill
          // biome-ignore lint/suspicious/noArrayIndexKey: the focus stays at a place, whatever stands there.
          key={at}
          part={part}
          isFocusable={at === focusable}
          items={itemsOf(at)}
          onKeyDown={(event) => onKeyDown(event, at)}
          onFocus={() => setCurrent(at)}
          onEdit={() => edit(at)}
          onRemove={() => change(at, remove)}
        />
      ))}
    </div>
  )
}
