/** The index of what actions were asked and answered, run by run. */
import type { ActionMatch } from '../../query/spec.ts'
import { eachRun, RUN, runTexts } from '../columns/parts.ts'
import { PartIndex } from '../columns/row-parts.ts'
import type { Context } from '../context.ts'
import type { Estimate } from '../meter.ts'
import { PARTS } from '../one-of.ts'
import type { Segment } from '../segments/segment.ts'
import { filter } from '../sets/algebra.ts'
import type { RowSet } from '../sets/rowset.ts'
import type { PartsRows } from '../terms/text-index.ts'
import type { Phrase } from './phrase.ts'
import { partFinder } from './row-texts.ts'
import { RunIndex } from './run-index.ts'

/** The bits of the texts of a run, in their order. */
const TEXTS = PARTS.map(([part]) => RUN[part])

/** A string that one text of a run must contain. */
interface Wanted {
  readonly bit: number
  readonly phrase: Phrase
}

export class ActionTexts extends RunIndex<ActionMatch> {
  constructor() {
    super('action', runTexts, new PartIndex('runs', eachRun, true))
  }

  override matching(asked: ActionMatch, context: Context): PartsRows | undefined {
    const given = PARTS.flatMap(([part]) => (asked[part] === undefined ? [] : [{ bit: RUN[part], text: asked[part] }]))
    const phrases = this.phrases(
      given.map(({ text }) => text),
      context,
    )
    const wanted = phrases?.map((phrase, i): Wanted => ({ bit: given[i]!.bit, phrase }))
    return wanted && new OneRun(asked, wanted, this, context)
  }
}

/** The rows in which some one run has all that is asked. Lives for one query. */
class OneRun implements PartsRows {
  readonly isExact = false
  readonly #asked: ActionMatch
  readonly #wanted: readonly Wanted[]
  readonly #index: ActionTexts
  readonly #context: Context

  constructor(asked: ActionMatch, wanted: readonly Wanted[], index: ActionTexts, context: Context) {
    this.#asked = asked
    this.#wanted = wanted
    this.#index = index
    this.#context = context
  }

  rows(segment: Segment): RowSet | undefined {
    const sets = this.#wanted.map(({ phrase }) => phrase.rows(segment))
    return sets.length > 1 ? this.#context.intersect(sets, segment) : sets[0]
  }

  estimate(segments: readonly Segment[], left: number): Estimate {
    return this.#index.estimate(
      this.#wanted.map(({ phrase }) => phrase),
      segments,
      left,
      this.#context,
    )
  }

  sift(segment: Segment, among: RowSet): RowSet {
    const { documents, work } = this.#context
    const { parts } = this.#index
    const runs = parts.parts(segment, documents, work)
    const { kinds, names, durations } = runs
    const { name, failed, longerThan, shorterThan } = this.#asked
    const terms = name === undefined ? undefined : new Set(name.map((one) => parts.dictionary.term(one)))
    const isMeant = (run: number) => {
      if (terms !== undefined && !terms.has(names![run]!)) return false
      if (failed !== undefined && (kinds[run]! & RUN.failed) !== Number(failed) * RUN.failed) return false
      // What is not known compares with nothing.
      if (longerThan !== undefined && !(durations![run]! > longerThan)) return false
      return shorterThan === undefined || durations![run]! < shorterThan
    }
    const phrases = this.#wanted.map(({ phrase }) => phrase)
    const asked = { parts: runs, isMeant, textBits: TEXTS, bits: this.#wanted.map(({ bit }) => bit) }
    // Few rows have a run that is meant; going through the texts of a row takes ten times as long as asking that.
    const meant = filter(among, partFinder(asked), this.#context.scratch)
    return phrases.length === 0 ? meant : this.#index.sift(segment, meant, asked, phrases, this.#context)
  }
}
