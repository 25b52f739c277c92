/** The terms of a `search`. */
import { fold } from './fold.ts'

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

/** From so many terms on it matters which are asked first. */
const MANY_TERMS = 8

/** Up to so many terms are compared with each other. */
const MOST_COMPARED = 64

/**
 * The terms of a search that decide it: of those that are equal ignoring case one, and where one is a part of another,
 * the longer one, since what contains that contains its part too. Of many, the longest first: they leave the fewest rows.
 * A string of thousands of single letters costs no more than its distinct letters.
 */
export function decidingTerms(text: string): string[] {
  const distinct = [...new Map(searchTerms(text).map((term) => [fold(term), term]))]
  if (distinct.length > MANY_TERMS) distinct.sort(([a], [b]) => b.length - a.length)
  const isPart = (folded: string) => distinct.some(([other]) => other !== folded && other.includes(folded))
  const deciding = distinct.length > MOST_COMPARED ? distinct : distinct.filter(([folded]) => !isPart(folded))
  return deciding.map(([, term]) => term)
}
