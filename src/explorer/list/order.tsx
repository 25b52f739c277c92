/** By what the list is ordered: a field, and its direction. */
import { useExplorer } from '../asking/use-explorer.ts'
import { Button } from '../ui/button.tsx'
import styles from './order.module.css'
import { ORDERS, orderOf, termOf } from './orders.ts'

export function OrderPick() {
  const { asked, ask } = useExplorer()
  const { field, isDown } = orderOf(asked.orderBy)
  const order = (next: typeof field, down: boolean) => ask((before) => ({ ...before, orderBy: [termOf(next, down)] }))
  const way = ORDERS[field].ways[Number(isDown)]
  return (
    <div className={styles.order}>
      <select
        className={styles.select}
        aria-label="Order by"
        value={field}
        onChange={({ target }) => {
          const next = target.value as typeof field
          order(next, ORDERS[next].isDown)
        }}
      >
        {Object.entries(ORDERS).map(([name, { label }]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      <Button
        kind="quiet"
        icon={isDown ? 'down' : 'up'}
        aria-label={`${ORDERS[field].label}: ${way}. Turn the order round`}
        title={way}
        onClick={() => order(field, !isDown)}
      />
    </div>
  )
}
