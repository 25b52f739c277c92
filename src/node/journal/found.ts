/** What a reading found in a journal. */

/** One thing that is wrong, and where. */
export interface Damage {
  /** The line, from 1. */
  readonly line: number
  /** What is wrong with it, to follow "line N": `fails its checksum`. */
  readonly text: string
}

/** A run of bytes to keep, or events that are gone between two of them. */
export type Part =
  | { readonly start: number; end: number }
  | { readonly lost: number /** The number of the last of them. */; readonly sequence: number }

/** What a journal was found to be. */
export interface Found {
  /** How many events were replayed. */
  readonly events: number
  /** The last sequence number. */
  readonly sequence: number
  /** Where the last whole write ends, in bytes. */
  readonly end: number
  /** The bytes that were written as one when the file was made. */
  readonly foldedBytes: number
  /** The last write, where it was cut off: its first line, and the bytes of it that there are. */
  readonly torn: { readonly line: number; readonly bytes: number } | undefined
  /** In the order of the lines. Empty: the file is whole, up to `end`. */
  readonly damage: readonly Damage[]
  /** How many numbered lines are missing or could not be replayed, because of `damage`. */
  readonly lost: number
  /** How many numbered lines were missing in earlier repairs. */
  readonly lostBefore: number
  /** The lines that check and were replayed, in order, to make a sound journal of. */
  readonly kept: readonly Part[]
}
