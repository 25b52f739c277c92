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
  readonly onPick: (option: Option) => void
}

export function Options({ id, label, options, active, problem, onPick }: Props) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  })
  return (
    <div className={styles.popup}>
      {problem !== undefined && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      <div ref={list} id={id} className={styles.list} role="listbox" aria-label={label}>
        {options.map((option, at) => (
          // The field takes the keys; a pointer must not take the focus from it.
          // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
          <div
            key={option.key}
            id={`${id}-${at}`}
            className={styles.option}
            role="option"
            tabIndex={-1}
            aria-selected={at === active}
            aria-checked={option.isSelected}
            onPointerDown={(event) => event.preventDefault()}
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
