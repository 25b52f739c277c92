/** How rows that stand by time are cut into segments. */

/** The sizes of segments of so many rows, the oldest first, none with more than `most`. */
export type Cut = (rows: number, most: number) => number[]

/** Segments of about one size: 70,000 rows make two of 35,000, not a full one and a scrap. */
export const cutEvenly: Cut = (rows, most) => {
  const pieces = Math.ceil(rows / most)
  const startOf = (piece: number) => Math.floor((piece * rows) / pieces)
  return Array.from({ length: pieces }, (_, piece) => startOf(piece + 1) - startOf(piece))
}

/** Fewer rows are not cut, */
const LEAST_ROWS = 256
/** nor a part of all that is as small as this. */
const LEAST_PART = 32

/**
 * Segments of powers of two, each as large as it can be, so that newer rows mostly change the last ones alone: 26,620 rows are
 * 16,384, 8,192, 1,024, 512 and 508. With a hundredth more rows, 14 times of 15 less than a tenth of them is in segments that
 * changed.
 */
export const cutByPowers: Cut = (rows, most) => {
  const least = Math.max(LEAST_ROWS, rows / LEAST_PART)
  const sizes: number[] = []
  for (let left = rows; left > 0; left -= sizes.at(-1)!)
    sizes.push(Math.min(most, left < least ? left : 2 ** Math.floor(Math.log2(left))))
  return sizes
}
