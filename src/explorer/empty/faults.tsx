/** Lines that could not be read. The rest was. */
import { useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import type { ReadFault } from '../data/contract.ts'
import { Button } from '../ui/button.tsx'
import { Words } from '../ui/words.tsx'
import styles from './notices.module.css'

/** Units of a message that are shown. */
const SHOWN = 400

const COUNT = new Intl.NumberFormat()

export function Faults() {
  const { status } = useExplorer()
  const { faults, faultCount } = status
  const [isOpen, setOpen] = useState(false)
  const [dismissed, setDismissed] = useState(0)
  const [first] = faults
  if (first === undefined || faultCount <= dismissed) return null
  const isOne = faultCount === 1
  return (
    <div className={styles.notice} data-kind="warn" role="status">
      <div>
        <p>
          <strong>
            {COUNT.format(faultCount)} {isOne ? 'place' : 'places'} could not be read.
          </strong>{' '}
          All the rest is here.
        </p>
        {isOpen ? (
          <ul className={styles.faults}>
            {faults.map((fault, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are only added to.
              <li key={at}>
                <Fault fault={fault} />
              </li>
            ))}
            {faultCount > faults.length && <li>And {COUNT.format(faultCount - faults.length)} more.</li>}
          </ul>
        ) : (
          <Fault fault={first} />
        )}
        {!isOne && (
          <button type="button" className={styles.link} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Show the first alone' : 'Show all'}
          </button>
        )}
      </div>
      <Button kind="quiet" icon="close" aria-label="Dismiss" onClick={() => setDismissed(faultCount)} />
    </div>
  )
}

function Fault({ fault: { file, line, message } }: { readonly fault: ReadFault }) {
  return (
    <p className={styles.fault}>
      <span className={styles.place}>
        <Words text={file} to={Math.min(file.length, SHOWN)} />
        {line !== null && `, line ${COUNT.format(line)}`}
      </span>{' '}
      <Words text={message} to={Math.min(message.length, SHOWN)} />
    </p>
  )
}
