/** The values of each field, with counts, to be ticked. */
import { useEffect, useRef, useState } from 'react'
import { useAnswers } from '../answers/use-answers.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { PHONE, useMedia } from '../ui/use-media.ts'
import { asksOf, type OpenFacet, scaleAsk, scaleId } from './asks.ts'
import { edgesOf, type Scale } from './bins.ts'
import { FacetSection } from './facet.tsx'
import styles from './facets.module.css'
import { FACETS, type Facet, GROUPS, type GroupName } from './fields.ts'
import { useMetadataFacets } from './use-metadata.ts'
import { usePane } from './use-pane.ts'
import { type Counted, countedLast, shownFacet } from './values.ts'

/** So many paths are shown at first. */
const FEW_PATHS = 40

export function Facets() {
  const { asked, query, view } = useExplorer()
  const pane = usePane(asked)
  const [find, setFind] = useState('')
  const [areAllShown, setAllShown] = useState(false)
  const root = useRef<HTMLElement>(null)
  const isHidden = useMedia(PHONE) && view.pane !== 'facets'
  const metadata = useMetadataFacets(query, () => root.current?.matches(':hover, :focus-within') ?? false)

  const isFound = ({ label, group }: Facet) => `${label} ${group}`.toLowerCase().includes(find.trim().toLowerCase())
  const found = [...FACETS, ...(metadata ?? [])].filter(isFound)
  const paths = found.filter(({ group }) => group === 'Metadata')
  const cut = areAllShown ? [] : paths.slice(FEW_PATHS).filter((facet) => !pane.isOpen(facet))
  const facets = found.filter((facet) => !cut.includes(facet))

  const open = isHidden ? [] : facets.filter((facet) => pane.isOpen(facet))
  const scales = useAnswers(open.filter(({ isOfNumbers }) => isOfNumbers).map((facet) => scaleAsk(facet, asked)))
  const extents = open.flatMap((facet): OpenFacet[] => {
    const scale = scales.get(scaleId(facet.field))?.aggregate[0]
    if (facet.isOfNumbers && scale === undefined) return []
    const edges = scale && edgesOf(scale as unknown as Scale, facet.unit)
    return [{ facet, ...pane.extentOf(facet), edges }]
  })
  const answers = useAnswers(isHidden ? [] : asksOf(asked, extents))
  const last = useRef<Counted>(new Map())
  useEffect(() => {
    last.current = countedLast(last.current, answers)
  }, [answers])

  const section = (facet: Facet) => {
    const extent = extents.find((each) => each.facet.field === facet.field)
    const shown = extent && shownFacet(asked, extent, answers, last.current)
    return <FacetSection key={facet.field} facet={facet} pane={pane} shown={shown} />
  }
  const notes: { readonly [Name in GroupName]?: string | undefined } = {
    Metadata:
      metadata === undefined ? 'Reading metadata…' : metadata.length === 0 ? 'There is no metadata.' : undefined,
  }
  return (
    <section ref={root} className={styles.pane} aria-label="Filters">
      <div className={styles.find}>
        <input
          type="search"
          className={styles.input}
          aria-label="Find a filter"
          placeholder="Find a filter"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      </div>
      {GROUPS.map((name) => {
        const own = facets.filter(({ group }) => group === name)
        const note = find === '' ? notes[name] : undefined
        if (own.length === 0 && note === undefined) return null
        return (
          <div key={name} className={styles.group}>
            <h2 className={styles.title} title={TITLES[name]}>
              {name}
            </h2>
            {note !== undefined && <p className={styles.note}>{note}</p>}
            {own.map(section)}
            {name === 'Metadata' && cut.length > 0 && (
              <button type="button" className={styles.more} onClick={() => setAllShown(true)}>
                Show {cut.length} more
              </button>
            )}
          </div>
        )
      })}
      {facets.length === 0 && find !== '' && <p className={styles.note}>No filter is called that.</p>}
    </section>
  )
}

const TITLES: { readonly [Name in GroupName]?: string } = {
  Metadata: 'Paths that split what is shown most evenly come first',
}
