/** What is asked, as pills, and where more is asked. */
export function FilterBar() {
  return <section aria-label="Asked">Asked</section>
}
