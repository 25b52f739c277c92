/** One live query: its answer as it was last told, and what a commit makes of it. */

import { isEqual } from '../../base/equal.ts'
import { sharingRuns } from '../../engine/kept-runs.ts'
import type { Row } from '../../engine/segments/documents.ts'
import { DEFAULT_ORDER, type Group } from '../../query/spec.ts'
import { haveSameCounts } from '../../row/grown.ts'
import type { Change } from '../../store/changes.ts'
import type { Asked } from '../../store/inside.ts'
import { envelopeOf } from '../../wire/envelope.ts'
import { changesBetween, NO_CHANGES } from './differences.ts'
import { type LivePage, livePage, sameGiven, turnedPage } from './page.ts'
import { type Step, stepped, windowOf } from './run.ts'
import type { CountNotice, LiveQuestion, PageNotice, RowChanges } from './types.ts'
import { netOf, Waiting } from './waiting.ts'

/** Commits of more changes are not judged row by row: asking again costs about as much as judging so many. */
const MOST_JUDGED = 64

const NO_STEPS: readonly Step[] = []

/** Follows one question from commit to commit. */
export class LiveQuery {
  /** Conditions that every row meets which can change the answer. */
  readonly where: Group
  readonly #asked: Asked
  readonly #question: LiveQuestion
  /** Whether a row matches, and whether it can change the answer. */
  #isMatch!: (row: Row) => boolean
  #isConcerning!: (row: Row) => boolean
  /** How many rows match and, unless only that is asked, the page as it is in the store. */
  #count!: number
  #page: LivePage | undefined
  /** What was told last. A row that changed into an equal one is still the former object. */
  #told: { rows: readonly Row[]; count: number; nextCursor: string | null }
  #extras: ReturnType<NonNullable<LiveQuestion['extras']>> | undefined
  /** The extras as they were told: what a listener does to them changes nothing here. */
  #toldExtras: string | undefined
  #areExtrasOld = false
  readonly #waiting = new Waiting()

  /** Asks for the first time. */
  constructor(asked: Asked, question: LiveQuestion) {
    const { spec, executor } = asked
    this.#asked = asked
    this.#question = question
    // A facet counts rows for which the query's own conditions on its field do not hold.
    const kindOf = (field: string) => (field.startsWith('feedback') ? 'feedback' : field)
    const leftOut = new Set(question.facetFields.map(kindOf))
    this.where = spec.where.filter((condition) => !('field' in condition && leftOut.has(kindOf(condition.field))))
    this.prepare()
    sharingRuns(executor.engine, () => {
      this.#extras = question.extras?.()
      this.#page = question.select === 'page' ? livePage(spec, executor, true) : undefined
      this.#count = this.#page?.count ?? executor.count(spec)
    })
    this.#toldExtras = JSON.stringify(this.#extras)
    this.#told = { rows: this.#page?.rows ?? [], count: this.#count, nextCursor: this.#page?.nextCursor() ?? null }
  }

  /** How many rows wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Makes what tests rows, for the store as it is now. */
  prepare(): void {
    const { where } = this
    const { spec, executor } = this.#asked
    this.#isMatch = executor.testOf(spec)
    this.#isConcerning = where.length === spec.where.length ? this.#isMatch : executor.testOf({ ...spec, where })
  }

  /** What is told first. */
  first(): PageNotice<unknown> | CountNotice {
    return this.#notice(NO_CHANGES)
  }

  /** What a commit has to tell; nothing where the answer is the same. */
  react(changes: readonly Change<unknown>[]): PageNotice<unknown> | CountNotice | undefined {
    const { extras, hold } = this.#question
    const isMany = changes.length > MOST_JUDGED
    // Where rows wait, each must be known.
    const steps = isMany && !hold ? undefined : this.#stepsOf(changes)
    const areExtrasSame = extras === undefined || (!isMany && !changes.some((change) => this.#isConcerned(change)))
    this.#areExtrasOld ||= !areExtrasSame
    if (steps?.length === 0 && areExtrasSame) return undefined
    if (steps?.length !== 0) this.#follow(steps)
    const rows = this.#rowsNow()
    return this.#tell(hold ? this.#held(steps ?? [], rows) : rows)
  }

  /** Lets in what waits. */
  release(): PageNotice<unknown> | CountNotice | undefined {
    if (this.waiting === 0) return undefined
    return this.#tell(this.#rowsNow(), this.#waiting.end())
  }

  /** Brings the answer up to date: from the changed rows alone where they decide it, else by asking again. */
  #follow(steps: readonly Step[] | undefined): void {
    const page = this.#page
    const { spec, executor } = this.#asked
    const isJudged = steps !== undefined && steps.length <= MOST_JUDGED
    if (isJudged && page === undefined) {
      for (const { before, after } of steps) this.#count += Number(after !== null) - Number(before !== null)
    } else if (page === undefined) {
      this.#count = executor.count(spec)
    } else {
      const { start } = page
      const run =
        isJudged && start !== undefined
          ? stepped({ start, rows: page.rows, count: page.count }, steps, spec.orderBy ?? DEFAULT_ORDER)
          : undefined
      const window = run && windowOf(run, start!, page.pageSize)
      this.#page =
        window === undefined ? livePage(spec, executor, false) : turnedPage(page, window.rows, window.count, spec)
      this.#count = this.#page.count
    }
  }

  /** What changes do to the rows that match. */
  #stepsOf(changes: readonly Change<unknown>[]): readonly Step[] {
    let steps: Step[] | undefined
    for (const change of changes) {
      const before = change.before !== null && this.#isMatch(change.before) ? change.before : null
      const after = change.after !== null && this.#isMatch(change.after) ? change.after : null
      if (before === null && after === null) continue
      steps ??= []
      steps.push({ before, after })
    }
    return steps ?? NO_STEPS
  }

  #isConcerned({ before, after }: Change<unknown>): boolean {
    return (before !== null && this.#isConcerning(before)) || (after !== null && this.#isConcerning(after))
  }

  /** The rows of the page; one that is as it was told is the same object. */
  #rowsNow(): readonly Row[] {
    const told = new Map(this.#told.rows.map((row) => [row.id, row]))
    return (this.#page?.rows ?? []).map((row) => this.#asTold(row, told.get(row.id)))
  }

  #asTold(row: Row, told: Row | undefined): Row {
    if (told === undefined || told === row || !haveSameCounts(told, row)) return row
    const { spec } = this.#asked
    return isEqual(sameGiven(told, spec), sameGiven(row, spec)) ? told : row
  }

  /** The page as it is shown while it is held: its rows as they are now, in their places, until nothing waits. */
  #held(steps: readonly Step[], rows: readonly Row[]): readonly Row[] {
    const net = netOf(steps)
    this.#waiting.note(net, this.#told.rows, rows, this.#asked.spec.orderBy ?? DEFAULT_ORDER)
    if (this.waiting === 0) return rows
    return this.#told.rows.flatMap((row) => {
      const step = net.get(row.id)
      return step === undefined ? row : step.after === null ? [] : this.#asTold(step.after, row)
    })
  }

  /** The notice of these rows and what goes with them, if any of it is not as it was told. */
  #tell(rows: readonly Row[], waited?: ReadonlySet<number>): PageNotice<unknown> | CountNotice | undefined {
    const isHeld = this.waiting > 0
    const changes = changesBetween(this.#told.rows, rows, waited)
    const told = { rows, count: this.#count, nextCursor: this.#page?.nextCursor() ?? null }
    const areRowsSame = Object.values(changes).every((ids) => ids.length === 0)
    // The count of a page that is held changes when that is told for its rows, and no sooner.
    if (areRowsSame && isHeld) return undefined
    let isSame = areRowsSame && told.count === this.#told.count && told.nextCursor === this.#told.nextCursor
    if (this.#areExtrasOld) {
      this.#extras = this.#question.extras?.()
      const text = JSON.stringify(this.#extras)
      isSame &&= text === this.#toldExtras
      this.#toldExtras = text
      this.#areExtrasOld = false
    }
    if (isSame) return undefined
    this.#told = told
    return this.#notice(changes)
  }

  #notice(changes: RowChanges): PageNotice<unknown> | CountNotice {
    const extras = this.#extras as object | undefined
    if (this.#page === undefined) return { count: this.#count, ...extras, changes }
    const { rows } = this.#told
    const { spec, links } = this.#asked
    const page = this.waiting > 0 ? turnedPage(this.#page, rows, this.#count, spec) : this.#page
    const given = rows.map((row) => sameGiven(row, spec))
    return { page: envelopeOf({ ...page, rows: given }, links()), ...extras, changes }
  }
}
