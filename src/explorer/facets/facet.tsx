/** One facet: a heading that opens and closes it, and its values. */
import { useId } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { clear } from './change.ts'
import styles from './facet.module.css'
import type { Facet } from './fields.ts'
import { seen } from './label.ts'
import { LIMITS, ownCount, type Pane } from './use-pane.ts'
import { ValueList } from './value-list.tsx'
import type { ShownFacet } from './values.ts'

interface Props {
  readonly facet: Facet
  readonly pane: Pane
  /** Undefined until the first answer is there. */
  readonly shown: ShownFacet | undefined
}

export function FacetSection({ facet, pane, shown }: Props) {
  const { asked, ask } = useExplorer()
  const id = useId()
  const isOpen = pane.isOpen(facet)
  const ticked = ownCount(asked, facet)
  const label = seen(facet.label)
  return (
    <div className={styles.facet}>
      <h3 className={styles.heading}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          title={label}
          onClick={() => pane.toggle(facet)}
        >
          <span className={styles.chevron} aria-hidden="true" />
          <bdi className={styles.name}>{label}</bdi>
        </button>
        {ticked > 0 && (
          <button
            type="button"
            className={styles.clear}
            aria-label={`Clear ${label}, ${ticked} ticked`}
            title="Clear"
            onClick={() => ask((before) => clear(before, facet))}
          >
            {ticked} <span aria-hidden="true">×</span>
          </button>
        )}
      </h3>
      {isOpen && (
        <div id={id}>
          <Body facet={facet} pane={pane} shown={shown} label={label} />
        </div>
      )}
    </div>
  )
}

function Body({ facet, pane, shown, label }: Props & { readonly label: string }) {
  const { find, limit } = pane.extentOf(facet)
  if (shown === undefined) return <p className={styles.note}>Counting…</p>
  if (shown.error !== null) return <p className={styles.fault}>{shown.error.message}</p>
  const { rows, hasMore, isOld } = shown
  const next = LIMITS.find((each) => each > limit)
  const isFinding = find !== '' || limit > LIMITS[0]
  return (
    <>
      {isFinding && !facet.isOfNumbers && (
        <input
          type="search"
          className={styles.find}
          aria-label={`Find a value of ${label}`}
          placeholder="Find a value"
          value={find}
          onChange={(event) => pane.setExtent(facet, { find: event.target.value })}
        />
      )}
      {rows.length > 0 ? (
        <ValueList facet={facet} label={label} rows={rows} isOld={isOld} />
      ) : (
        <p className={styles.note}>{find === '' ? 'No conversations.' : `No value contains “${seen(find)}”.`}</p>
      )}
      {hasMore && next !== undefined && (
        <button
          type="button"
          className={styles.more}
          aria-label={`Show more of ${label}`}
          onClick={() => pane.setExtent(facet, { limit: next })}
        >
          Show more
        </button>
      )}
      {hasMore && next === undefined && <p className={styles.note}>There are more. Find them by typing above.</p>}
    </>
  )
}
