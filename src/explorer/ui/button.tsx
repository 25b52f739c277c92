/** A button: quiet among others, solid for the one that leads on. */
import type { ComponentProps } from 'react'
import styles from './button.module.css'
import { Icon, type IconName } from './icon.tsx'

interface Props extends ComponentProps<'button'> {
  readonly icon?: IconName
  readonly kind?: 'quiet' | 'outline' | 'solid'
}

/** With an icon alone it needs an `aria-label`, which is its tooltip too. */
export function Button({ icon, kind = 'outline', className = '', children, ...props }: Props) {
  const { 'aria-label': label, title = children ? undefined : label, 'aria-pressed': isPressed } = props
  return (
    <button
      type="button"
      data-bare={children ? undefined : true}
      {...props}
      title={title}
      className={`${styles.button} ${styles[kind]} ${className}`}
    >
      {icon && <Icon name={icon} isFilled={isPressed === true} />}
      {children}
    </button>
  )
}
