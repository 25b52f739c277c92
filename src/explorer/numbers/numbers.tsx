/** Sums over what is shown. */
export function Numbers() {
  return <section aria-label="Numbers">Numbers</section>
}
