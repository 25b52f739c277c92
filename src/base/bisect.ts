/**
 * Bisection of ascending typed arrays, by mnemonist: O(log length). `search` gives the place of a value or -1,
 * `lowerBound` the first place whose value is at least the given one, `upperBound` the first whose value is greater.
 */
export { lowerBound, search, upperBound } from 'mnemonist/utils/binary-search'
