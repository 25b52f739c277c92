/** One part of what is asked, as a sentence that can be changed. */
import type { KeyboardEvent } from 'react'
import type { Part } from '../asking/contract.ts'
import { partInWords } from '../asking/sentences/index.ts'
import { Icon } from '../ui/icon.tsx'
import { Menu, type MenuItem } from '../ui/menu.tsx'
import styles from './pills.module.css'

interface Props {
  readonly part: Part
  readonly isFocusable: boolean
  readonly items: readonly MenuItem[]
  /** The keys of the pill, by what they do. */
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onFocus: () => void
  readonly onEdit: () => void
  readonly onRemove: () => void
}

export function Pill({ part, isFocusable, items, onKeyDown, onFocus, onEdit, onRemove }: Props) {
  const { lead, alternatives, text } = partInWords(part)
  const name = part.isOff ? `${text}, switched off` : text
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div
      className={styles.pill}
      role="group"
      aria-label={name}
      data-off={part.isOff || undefined}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
    >
      <button
        type="button"
        className={styles.sentence}
        tabIndex={isFocusable ? 0 : -1}
        aria-label={name}
        aria-keyshortcuts="Enter Delete N O J T ArrowDown"
        title={text}
        data-pill
        onClick={onEdit}
      >
        {lead !== '' && <span className={styles.word}>{lead}</span>}
        {alternatives.map(({ subject, verb, object }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: alternatives have no other name.
          <span key={at} className={styles.alternative}>
            {at > 0 && <span className={styles.or}>or</span>}
            {subject !== '' && <bdi className={styles.word}>{subject}</bdi>}
            {verb !== '' && <span className={part.isNegated ? styles.negated : styles.word}>{verb}</span>}
            {object !== '' && <bdi className={styles.object}>{object}</bdi>}
          </span>
        ))}
      </button>
      <Menu items={items}>
        <button type="button" className={styles.tool} tabIndex={-1} aria-label={`Change: ${text}`} data-menu>
          <Icon name="chevronDown" />
        </button>
      </Menu>
      <button type="button" className={styles.tool} tabIndex={-1} aria-label={`Remove: ${text}`} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </div>
  )
}
