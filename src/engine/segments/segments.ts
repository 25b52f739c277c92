/**
 * All segments of an engine. Rows that were written since the last query wait, in no segment, and become one when a query
 * comes. So a bulk load is sorted and cut once, in any order of its rows, and a row that is written between two
 * queries is a segment of one.
 *
 * Small segments are merged as they pile up: a segment of up to 8^t rows is of tier t, and eight of one tier become one
 * of the next. So there are at most seven of each of six tiers beside the full ones, and a row is moved about six times
 * in its life, by passes over postings and never over documents. A segment that is a quarter dead is merged alone.
 *
 * A row with a long list that grows is a segment of its own for a while: its index goes on from what it had.
 */

import { grownOf } from '../../row/grown.ts'
import type { Indexes } from '../terms/indexes.ts'
import type { Work } from '../terms/inverted.ts'
import { type Cut, cutEvenly } from './cut.ts'
import { type Documents, NOWHERE, WAITING } from './documents.ts'
import { mergeSegments } from './merge.ts'
import { compareEntries, type Entry, entry, type Segment, segmentOf } from './segment.ts'

/** Where the representation changes its form. Tests set them small, so that a few rows cross every threshold. */
export interface Thresholds {
  /** The most rows that a segment has: at most 65,536, since slots are 16 bits. */
  readonly segmentRows: number
  /** How many segments of one tier become one of the next; each tier is as many times larger. */
  readonly fanOut: number
}

/** The most rows of a seal that are segments of their own. */
const MOST_ALONE = 64

export const THRESHOLDS: Thresholds = { segmentRows: 65_536, fanOut: 8 }

/** The segments, and the rows that wait for one. Only `Writes` changes rows here. */
export class Segments {
  readonly #documents: Documents
  readonly #indexes: Indexes
  readonly #work: Work
  readonly #thresholds: Thresholds
  /** Row numbers that wait, each once. Of one that was removed there is no row, unless a new row has its number. */
  #waiting: number[] = []
  /** By segment number; a number is used again when its segment is gone. */
  readonly #byNumber: (Segment | undefined)[] = []
  #segments: Segment[] = []
  /** How rows that wait become segments. */
  cut: Cut = cutEvenly
  /** Whether a segment has become a quarter dead. */
  #isUntidy = false

  constructor(documents: Documents, indexes: Indexes, work: Work, thresholds: Thresholds) {
    this.#documents = documents
    this.#indexes = indexes
    this.#work = work
    this.#thresholds = thresholds
  }

  /** Lets a row wait for a segment, if it does not already. O(1). */
  append(number: number): void {
    if (this.#documents.place(number) === WAITING) return
    this.#documents.moveTo(number, WAITING)
    this.#waiting.push(number)
  }

  /** Takes in segments that are made already, numbered from 0. There are none yet. */
  restore(segments: readonly Segment[]): void {
    for (const segment of segments) this.#byNumber[segment.number] = segment
    this.#segments = segments.slice()
    this.#findBands()
  }

  /** Takes a row out of its segment, if it is in one. O(1). */
  kill(number: number): void {
    const place = this.#documents.place(number)
    if (place === WAITING) return
    const segment = this.#byNumber[place >>> 16]!
    segment.kill(place & 0xffff)
    this.#isUntidy ||= isQuarterDead(segment)
  }

  /** Sets the bits of a row as its document has them now. O(1). */
  reflect(number: number): void {
    const place = this.#documents.place(number)
    if (place !== WAITING) this.#byNumber[place >>> 16]!.reflect(place & 0xffff, this.#documents.row(number))
  }

  /** The segment and slot of a row, once settled. O(1). */
  placeOf(number: number): { segment: Segment; slot: number } {
    const place = this.#documents.place(number)
    return { segment: this.#byNumber[place >>> 16]!, slot: place & 0xffff }
  }

  /**
   * All segments by their ends, with every row in one of them. O(1) when nothing was written; else O(n log n) for the n rows that
   * wait, and the merges that fall due.
   */
  settle(): readonly Segment[] {
    if (this.#waiting.length > 0) this.#seal()
    if (this.#isUntidy) {
      this.#tidy()
      this.#findBands()
    }
    return this.#segments
  }

  /** Sorts the segments by their ends and numbers the bands, so that a page by time need not look at all segments. */
  #findBands(): void {
    const segments = this.#segments.sort((a, b) => a.compareEnds(b))
    /** The segment that begins first in the band so far: the newest band comes first. */
    let first: Segment | undefined
    let band = 0
    for (let i = segments.length - 1; i >= 0; i--) {
      const segment = segments[i]!
      const isOlder = first !== undefined && segment.compareSlots(segment.size - 1, first, 0) < 0
      if (isOlder) band--
      if (first === undefined || isOlder || segment.compareSlots(0, first, 0) < 0) first = segment
      segment.band = band
    }
  }

  #seal(): void {
    const entries: Entry[] = []
    for (const number of this.#waiting) {
      this.#documents.moveTo(number, NOWHERE)
      if (this.#documents.isFree(number)) continue
      entries.push(entry(number, this.#documents.read(number)))
    }
    this.#waiting = []
    const grown = entries.filter(({ row }) => grownOf(row, 'messages') !== undefined)
    const areAlone = grown.length > 0 && grown.length <= MOST_ALONE
    const others = areAlone ? entries.filter((it) => !grown.includes(it)) : entries
    others.sort(compareEntries)
    let end = 0
    for (const size of this.cut(others.length, this.#thresholds.segmentRows)) {
      const some = others.slice(end, end + size)
      this.#put((number) => segmentOf(some, number, this.#documents))
      end += size
    }
    for (const it of areAlone ? grown : []) {
      const segment = this.#put((number) => segmentOf([it], number, this.#documents))
      // Now, so that its terms count as used.
      for (const index of this.#indexes.all())
        if (index.knows(it.row)) index.postings(segment, this.#documents, this.#work)
    }
    this.#isUntidy = true
  }

  #put(make: (number: number) => Segment): Segment {
    let number = this.#byNumber.indexOf(undefined)
    if (number === -1) number = this.#byNumber.length
    const segment = make(number)
    this.#byNumber[number] = segment
    this.#segments.push(segment)
    return segment
  }

  #drop(segments: readonly Segment[]): void {
    for (const segment of segments) {
      this.#byNumber[segment.number] = undefined
      segment.isGone = true
    }
    this.#segments = this.#segments.filter((segment) => !segments.includes(segment))
  }

  /** Drops empty segments, merges those that are a quarter dead and those that pile up in a tier. */
  #tidy(): void {
    const { segmentRows } = this.#thresholds
    this.#drop(this.#segments.filter((segment) => segment.live.count === 0))
    for (const segment of this.#segments) if (isQuarterDead(segment)) this.#merge([segment])
    for (let tier = 0, reach = 1; reach < segmentRows; tier++, reach *= this.#thresholds.fanOut) {
      const pile = this.#segments.filter((segment) => this.#tier(segment) === tier)
      if (pile.length >= this.#thresholds.fanOut) this.#merge(pile)
    }
    for (const index of this.#indexes.all()) index.compact(this.#segments)
    this.#isUntidy = false
  }

  /** The tier of a segment by its live rows; full ones are above all tiers that are merged. */
  #tier(segment: Segment): number {
    const { fanOut, segmentRows } = this.#thresholds
    if (segment.live.count * 2 > segmentRows) return Number.POSITIVE_INFINITY
    let tier = 0
    for (let reach = fanOut; reach <= segment.live.count; reach *= fanOut) tier++
    return tier
  }

  /** Merges segments into one, or into as many as their rows need. */
  #merge(segments: readonly Segment[]): void {
    const rows = segments.reduce((sum, segment) => sum + segment.live.count, 0)
    const pieces = Math.ceil(rows / this.#thresholds.segmentRows)
    const makers = mergeSegments(segments, pieces, this.#indexes, this.#documents, this.#work)
    this.#drop(segments)
    for (const make of makers) this.#put(make)
  }
}

function isQuarterDead(segment: Segment): boolean {
  return segment.live.count * 4 < segment.size * 3
}
