/** The list under the field. The focus stays in the field, which names the active option. */
import { useEffect, useRef } from 'react'
import type { Option } from '../asking/choices/options.ts'
import styles from './combobox.module.css'

interface Props {
  readonly id: string
  readonly label: string
  readonly options: readonly Option[]
  readonly active: number
  readonly problem: string | undefined
  /** Whether values are still looked up. */
  readonly isPending: boolean
  readonly onPick: (option: Option) => void
}

export function Options({ id, label, options, active, problem, isPending, onPick }: Props) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  })
  return (
    // A pointer must not take the focus from the field.
    // biome-ignore lint/a11y/noStaticElementInteractions: it does nothing else.
    <div className={styles.popup} onMouseDown={(event) => event.preventDefault()}>
      {problem !== undefined && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      {isPending && <p className={styles.pending}>Looking for values …</p>}
      <div ref={list} id={id} className={styles.list} role="listbox" aria-label={label}>
        {options.map((option, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys.
          <div
            key={option.key}
            id={`${id}-${at}`}
            className={styles.option}
            role="option"
            tabIndex={-1}
            aria-selected={at === active}
            aria-checked={option.isSelected}
            onClick={() => onPick(option)}
          >
            <bdi className={styles.label}>{option.label}</bdi>
            {option.isSelected && <span className={styles.hint}>chosen</span>}
            {option.hint && <span className={styles.hint}>{option.hint}</span>}
            {option.count !== undefined && (
              <span className={styles.number}>{option.count.toLocaleString('en-US')}</span>
            )}
          </div>
        ))}
      </div>
    </div>
  )
}
