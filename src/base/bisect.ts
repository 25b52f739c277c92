/**
 * Bisection of ascending typed arrays, by mnemonist: O(log length). `search` gives the place of a value or -1,
 * `lowerBound` the first place whose value is at least the given one, `upperBound` the first whose value is greater.
 * `lowerBoundWithComparator` does the same in any array, in the order of a comparator.
 */
export { lowerBound, lowerBoundWithComparator, search, upperBound } from 'mnemonist/utils/binary-search'
