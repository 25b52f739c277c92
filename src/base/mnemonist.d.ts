/** The part of mnemonist that has no declarations of its own. */
declare module 'mnemonist/utils/binary-search' {
  type Ascending = Uint16Array | Uint32Array | Float64Array
  export function search(array: Ascending, value: number, from?: number, to?: number): number
  export function lowerBound(array: Ascending, value: number, from?: number, to?: number): number
  export function lowerBoundWithComparator<Item>(
    compare: (a: Item, b: Item) => number,
    array: readonly Item[],
    value: Item,
  ): number
  export function upperBound(array: Ascending, value: number, from?: number, to?: number): number
}
