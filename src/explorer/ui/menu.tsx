/** A menu of things to do, opened by a button. */
import { DropdownMenu } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import { Icon, type IconName } from './icon.tsx'
import styles from './menu.module.css'

/** One thing to do. */
export interface MenuItem {
  readonly label: string
  readonly icon?: IconName
  readonly run: () => void
  /** A thing that takes something away. */
  readonly isBad?: boolean
  /** A line before it. */
  readonly isApart?: boolean
  /** It gives the focus to something itself; else it goes back to the button. */
  readonly movesFocus?: boolean
}

/** `children` is the button. */
export function Menu({ children, items }: { readonly children: ReactNode; readonly items: readonly MenuItem[] }) {
  const isFocusMoved = useRef(false)
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={styles.menu}
          align="end"
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            if (isFocusMoved.current) event.preventDefault()
            isFocusMoved.current = false
          }}
        >
          {items.map(({ label, icon, run, isBad = false, isApart = false, movesFocus = false }) => (
            <DropdownMenu.Item
              key={label}
              className={styles.item}
              data-bad={isBad || undefined}
              data-apart={isApart || undefined}
              onSelect={() => {
                isFocusMoved.current = movesFocus
                run()
              }}
            >
              {icon && <Icon name={icon} />}
              {label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
