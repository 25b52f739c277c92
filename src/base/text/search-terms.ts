/** A term in double quotes that ends at the next quote, or a stretch without white space and commas. */
const TERM = /"([^"]*)"|[^\s,]+/gy
const BETWEEN = /[\s,]*/y

/**
 * The terms of a `search` text: stretches without white space and commas, or phrases, from a `"` at the start of a term
 * to the next `"`, kept with their spaces and commas. An unclosed or inner quote is plain text; empty terms are dropped.
 * O(units).
 */
export function searchTerms(text: string): string[] {
  const terms: string[] = []
  for (let at = 0; at < text.length; ) {
    BETWEEN.lastIndex = at
    at += BETWEEN.exec(text)![0].length
    TERM.lastIndex = at
    const match = TERM.exec(text)
    if (match === null) break
    at += match[0].length
    const term = match[1] ?? match[0]
    if (term !== '') terms.push(term)
  }
  return terms
}
