/** Any JSON as a tree: branches open on demand, and are built no sooner. */
import { useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { Words } from '../ui/words.tsx'
import {
  type Child,
  childrenOf,
  isBranch,
  isOpenAtFirst,
  STRING_STEP,
  STRING_UNITS,
  sizeOf,
  summaryOf,
} from './json-parts.ts'
import styles from './json-tree.module.css'

/** `name` names the tree for those who do not see it. */
export function JsonTree({ value, name }: { readonly value: unknown; readonly name: string }) {
  return (
    <div className={styles.tree}>
      {isBranch(value) && sizeOf(value) > 0 ? (
        <Branch label={name} value={value} depth={0} isLabelled={false} />
      ) : (
        <Leaf value={value} isQuoted={false} />
      )}
    </div>
  )
}

interface BranchProps {
  readonly label: string
  readonly value: object
  readonly depth: number
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly isLabelled?: boolean
}

function Branch({ label, value, depth, from, to, isLabelled = true }: BranchProps) {
  const isRange = from !== undefined
  const [isOpen, setOpen] = useState(!isRange && isOpenAtFirst(value, depth))
  return (
    <>
      <button type="button" className={styles.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'chevronDown' : 'right'} />
        {isLabelled ? <Key label={label} /> : <span className={styles.unseen}>{label}</span>}
        {!isRange && (
          <span className={styles.summary}>
            <Words text={summaryOf(value)} />
          </span>
        )}
      </button>
      {isOpen && (
        <ul className={styles.children}>
          {childrenOf(value, from, to).map((child) => (
            <li key={child.label}>
              <Entry child={child} parent={value} depth={depth + 1} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Entry({ child, parent, depth }: { readonly child: Child; readonly parent: object; readonly depth: number }) {
  if (child.kind === 'range')
    return <Branch label={child.label} value={parent} depth={depth} from={child.from} to={child.to} />
  const { label, value } = child
  if (isBranch(value) && sizeOf(value) > 0) return <Branch label={label} value={value} depth={depth} />
  return (
    <div className={styles.entry}>
      <Key label={label} />
      <Leaf value={value} />
    </div>
  )
}

function Key({ label }: { readonly label: string }) {
  return (
    <span className={styles.key}>
      <Words text={label} to={Math.min(label.length, STRING_UNITS)} />
    </span>
  )
}

/** A string, number, boolean or null. Long strings are cut. */
function Leaf({ value, isQuoted = true }: { readonly value: unknown; readonly isQuoted?: boolean }) {
  const [units, setUnits] = useState(STRING_UNITS)
  if (typeof value !== 'string')
    return <span className={styles.literal}>{isBranch(value) ? summaryOf(value) : String(value)}</span>
  const isCut = value.length > units
  const left = value.length - units
  return (
    <span className={isQuoted ? styles.string : styles.text}>
      <Words text={value} to={Math.min(value.length, units)} />
      {isCut && (
        <button type="button" className={styles.more} onClick={() => setUnits(units + STRING_STEP)}>
          {left <= STRING_STEP
            ? `Show all (${value.length.toLocaleString()} characters)`
            : `Show ${STRING_STEP.toLocaleString()} more of ${left.toLocaleString()}`}
        </button>
      )}
    </span>
  )
}
