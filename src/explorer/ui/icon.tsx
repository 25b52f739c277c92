/** The icons: lines on a grid of 16, in the colour of the words beside them. */
import styles from './icon.module.css'

/** A path of each icon. */
const PATHS = {
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  left: 'M10 3 5 8l5 5',
  right: 'M6 3l5 5-5 5',
  chevronDown: 'M4 6l4 4 4-4',
  close: 'M4 4l8 8M12 4l-8 8',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  mark: 'M4 2.5h8v11L8 10.5l-4 3z',
  edit: 'M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9 4.8l2.2 2.2',
  link: 'M6.5 9.5l3-3M7 4.5l1.2-1.2a2.6 2.6 0 013.7 3.7L10.7 8.2M9 11.5l-1.2 1.2a2.6 2.6 0 01-3.7-3.7l1.2-1.2',
  copy: 'M6 6V3.5h6.5V10H10M3.5 6H10v6.5H3.5z',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M7 7v3.5M9 7v3.5',
  restore: 'M3 8a5 5 0 101.6-3.7M3 3v2.7h2.7',
  good: 'M5.5 7.5l2.3-5c1 0 1.7.7 1.7 1.7v2.3h3l-.8 6H5.5zM5.5 7.5H3v5h2.5',
  bad: 'M5.5 8.5l2.3 5c1 0 1.7-.7 1.7-1.7V9.5h3l-.8-6H5.5zM5.5 8.5H3v-5h2.5',
  neutral: 'M8 2.5a5.5 5.5 0 110 11 5.5 5.5 0 010-11zM5.5 8h5',
  file: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  folder: 'M2.5 4h4l1.2 1.5h5.8V12h-11z',
  tool: 'M9.5 2.8a3 3 0 00-2.3 4.5L3 11.5 4.5 13l4.2-4.2a3 3 0 004.5-2.3c0-.4-.1-.8-.2-1.1l-1.8 1.8-1.8-.6-.6-1.8 1.8-1.8c-.3-.1-.7-.2-1.1-.2z',
  help: 'M8 2.5a5.5 5.5 0 110 11 5.5 5.5 0 010-11zM6.4 6.5a1.6 1.6 0 113 .8c-.5.6-1.4.8-1.4 1.7M8 11.2h.01',
  info: 'M8 2.5a5.5 5.5 0 110 11 5.5 5.5 0 010-11zM8 7.5V11M8 5h.01',
  warn: 'M8 2.5l6 11H2zM8 6.5v3.5M8 11.8h.01',
  message: 'M2.5 3.5h11v7.5H7l-3 2.5V11H2.5z',
  check: 'M3 8.5l3.2 3.2L13 5',
} as const

export type IconName = keyof typeof PATHS

/** An icon for eyes alone: name the control that it is in. */
export function Icon({ name, isFilled = false }: { readonly name: IconName; readonly isFilled?: boolean }) {
  return (
    <svg className={styles.icon} viewBox="0 0 16 16" aria-hidden="true" data-filled={isFilled || undefined}>
      <path d={PATHS[name]} />
    </svg>
  )
}
