/** What the terms of an index are searched in, of a snapshot: checked before a search takes it in. */
import type { BlockImage, SearchImage } from '../terms/dictionary.ts'
import type { TermIndex } from '../terms/inverted.ts'
import { MASKS, partsOfMasks } from '../text/blocks.ts'
import { below } from './codec.ts'
import { check, isAscending, type Numbers } from './numbers.ts'

const LINE_FEED = 0x0a

/**
 * Gives an index whose terms are restored what they are searched in. Throws `Damage` for what would lead out of an array, with
 * `isFull` for all that is not what the index makes itself. O(strings), with `isFull` O(units).
 */
export function giveSearch({ dictionary, search }: TermIndex, image: SearchImage, isFull: boolean): void {
  if (search?.image === undefined) return
  check(isAscending(image.spaces, 0, image.spaces.length, true), 'stretches of white space do not ascend')
  check(below(image.spaces, dictionary.size), 'a stretch of white space is no term')
  for (const block of image.blocks) checkBlock(block, dictionary.size)
  if (isFull) check(areSame(image, search.image()), 'it is not what its index is searched in')
  search.restore?.(image)
}

function checkBlock({ text, starts, terms, masks }: BlockImage, size: number): void {
  const { length } = starts
  const isEnd = text.charCodeAt(text.length - 1) === LINE_FEED
  check(starts[0] === 1 && isEnd, 'a block does not begin or end where its strings do')
  check(isAscending(starts, 0, length, true) && below(starts, text.length), 'strings do not stand one after another')
  check(terms.length === length, 'there are not as many terms as strings')
  let [areApart, areTerms] = [true, true]
  for (let i = 0; i < length; i++) {
    areApart &&= text.charCodeAt(starts[i]! - 1) === LINE_FEED
    areTerms &&= terms[i]! < size
  }
  check(areApart, 'a string begins within another')
  check(areTerms, 'a string is of no term')
  check(masks.length === 0 || masks.length === MASKS, 'a sieve has other masks')
  const parts = partsOfMasks(length)
  for (let i = 0; parts < 32 && i < masks.length; i++) check(masks[i]! >>> parts === 0, 'a sieve tells of no part')
}

function areSame(given: SearchImage, made: SearchImage): boolean {
  const isBlock = (block: BlockImage, i: number) => {
    const { text, starts, terms, masks } = given.blocks[i]!
    return (
      text === block.text &&
      areEqual(starts, block.starts) &&
      areEqual(terms, block.terms) &&
      areEqual(masks, block.masks)
    )
  }
  const isLike = areEqual(given.spaces, made.spaces) && given.blocks.length === made.blocks.length
  return isLike && made.blocks.every(isBlock)
}

function areEqual(a: Numbers, b: Numbers): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i])
}
