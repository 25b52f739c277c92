/** The values of each field, with counts, to be ticked. */
export function Facets() {
  return <section aria-label="Filters">Filters</section>
}
