/** How many conversations started when, with a range to drag. */
export function Histogram() {
  return <section aria-label="Started">Started</section>
}
