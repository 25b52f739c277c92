/** A choice of one. */
import { seen } from '../facets/label.ts'
import type { Option } from './choices.ts'
import styles from './select.module.css'

interface Props {
  readonly label: string
  readonly isLabelShown?: boolean
  readonly value: string
  readonly groups: readonly { readonly label?: string; readonly options: readonly Option[] }[]
  onChange(value: string): void
}

/** A value that is not among the options, as a link may name it, is an option of its own. */
export function Select({ label, isLabelShown, value, groups, onChange }: Props) {
  const isKnown = groups.some(({ options }) => options.some((option) => option.value === value))
  const render = (option: Option) => (
    <option key={option.value} value={option.value}>
      {seen(option.label)}
    </option>
  )
  return (
    <label className={styles.label}>
      {isLabelShown && <span>{label}</span>}
      <select
        className={styles.select}
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {!isKnown && render({ value, label: value.replace(/^metadata\./, '') })}
        {groups.map((group) =>
          group.label === undefined ? (
            group.options.map(render)
          ) : (
            <optgroup key={group.label} label={group.label}>
              {group.options.map(render)}
            </optgroup>
          ),
        )}
      </select>
    </label>
  )
}
