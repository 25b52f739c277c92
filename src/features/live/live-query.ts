/** One live query: its answer as it was last told, and what a commit makes of it. */

import { compareKeys, keyOf } from '../../engine/pages/order-key.ts'
import type { Row } from '../../engine/segments/documents.ts'
import type { Envelope } from '../../query/envelope.ts'
import type { PageAnswer } from '../../query/source.ts'
import { DEFAULT_ORDER, type Group, type QuerySpec } from '../../query/spec.ts'
import type { Change } from '../../store/changes.ts'
import { changesBetween, isEqual, NO_CHANGES } from './differences.ts'
import { type Step, stepped, windowOf } from './run.ts'
import type { CountNotice, LiveQuestion, PageNotice, RowChanges } from './types.ts'

/** A page of rows as they are held. */
export interface LivePage extends PageAnswer<Row> {
  /** How many rows come before the page; absent where that is no fixed number, after a cursor and on the last page. */
  readonly start?: number
}

/** What live queries need of a store. */
export interface LiveSource {
  /** The rows of a page; past the end it throws the first time, and else there are none. */
  livePage(spec: QuerySpec, isFirst: boolean): LivePage
  /** The same page with other rows, of so many in all. */
  turnedPage(page: LivePage, rows: readonly Row[], count: number, spec: QuerySpec): LivePage
  /** How many rows match. */
  count(spec: QuerySpec): number
  /** Tells whether a row matches. Good until the store is cleared. */
  testOf(spec: QuerySpec): (row: Row) => boolean
  /** A row as it is given out, the same object each time. */
  give(row: Row, spec: QuerySpec): unknown
}

/** Commits of more changes are not judged row by row: asking again costs about as much as judging so many. */
const MOST_JUDGED = 64

const NO_STEPS: readonly Step[] = []

/** Follows one question from commit to commit. */
export class LiveQuery {
  /** Conditions that every row meets which can change the answer. */
  readonly where: Group
  readonly #spec: QuerySpec
  readonly #question: LiveQuestion
  readonly #envelope: (page: PageAnswer<unknown>) => Envelope<unknown>
  readonly #source: LiveSource
  /** Whether a row matches, and whether it can change the answer. */
  #isMatch!: (row: Row) => boolean
  #isConcerning!: (row: Row) => boolean
  /** How many rows match and, unless only that is asked, the page as it is in the store. */
  #count: number
  #page: LivePage | undefined
  /** What was told last. A row that changed into an equal one is still the former object. */
  #told: { rows: readonly Row[]; count: number; nextCursor: string | null }
  #extras: ReturnType<NonNullable<LiveQuestion['extras']>> | undefined
  /** The extras as they were told: what a listener does to them changes nothing here. */
  #toldExtras: string | undefined
  #areExtrasOld = false
  /** Of a page that is held: rows that have come since it stands still, whether it would show them or not. */
  readonly #arrived = new Set<number>()
  /** And rows that were there, and have another place by their own change. */
  #displaced: ReadonlySet<number> = new Set()

  /** Asks for the first time. */
  constructor(
    spec: QuerySpec,
    question: LiveQuestion,
    envelope: (page: PageAnswer<unknown>) => Envelope<unknown>,
    source: LiveSource,
  ) {
    this.#spec = spec
    this.#question = question
    this.#envelope = envelope
    this.#source = source
    // A facet counts rows for which the query's own conditions on its field do not hold.
    const kindOf = (field: string) => (field.startsWith('feedback') ? 'feedback' : field)
    const leftOut = new Set(question.facetFields.map(kindOf))
    this.where = spec.where.filter((condition) => !('field' in condition && leftOut.has(kindOf(condition.field))))
    this.prepare()
    this.#page = question.select === 'page' ? source.livePage(spec, true) : undefined
    this.#count = this.#page?.count ?? source.count(spec)
    this.#extras = question.extras?.()
    this.#toldExtras = JSON.stringify(this.#extras)
    this.#told = { rows: this.#page?.rows ?? [], count: this.#count, nextCursor: this.#page?.nextCursor() ?? null }
  }

  /** How many rows wait. */
  get waiting(): number {
    return this.#arrived.size + this.#displaced.size
  }

  /** Makes what tests rows, for the store as it is now. */
  prepare(): void {
    const { where } = this
    const isWhole = where.length === this.#spec.where.length
    this.#isMatch = this.#source.testOf(this.#spec)
    this.#isConcerning = isWhole ? this.#isMatch : this.#source.testOf({ ...this.#spec, where })
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
    const waited = new Set([...this.#arrived, ...this.#displaced])
    this.#arrived.clear()
    this.#displaced = new Set()
    return this.#tell(this.#rowsNow(), waited)
  }

  /** Brings the answer up to date: from the changed rows alone where they decide it, else by asking again. */
  #follow(steps: readonly Step[] | undefined): void {
    const page = this.#page
    const isJudged = steps !== undefined && steps.length <= MOST_JUDGED
    if (isJudged && page === undefined) {
      for (const { before, after } of steps) this.#count += Number(after !== null) - Number(before !== null)
    } else if (page === undefined) {
      this.#count = this.#source.count(this.#spec)
    } else {
      const { start } = page
      const run =
        isJudged && start !== undefined
          ? stepped({ start, rows: page.rows, count: page.count }, steps, this.#spec.orderBy ?? DEFAULT_ORDER)
          : undefined
      const window = run && windowOf(run, start!, page.pageSize)
      this.#page =
        window === undefined
          ? this.#source.livePage(this.#spec, false)
          : this.#source.turnedPage(page, window.rows, window.count, this.#spec)
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
    if (told === undefined || told === row) return row
    return isEqual(this.#source.give(told, this.#spec), this.#source.give(row, this.#spec)) ? told : row
  }

  /** The page as it is shown while it is held: its rows as they are now, in their places, until nothing waits. */
  #held(steps: readonly Step[], rows: readonly Row[]): readonly Row[] {
    const terms = this.#spec.orderBy ?? DEFAULT_ORDER
    /** What the commit as a whole did to each row: one that left and came back has stayed. */
    const net = new Map<number, Step>()
    for (const { before, after } of steps) {
      const { id } = (after ?? before)!
      const first = net.get(id)
      net.set(id, { before: first === undefined ? before : first.before, after })
    }
    const displaced = new Set(this.#displaced)
    for (const [id, { before, after }] of net) {
      if (after === null) {
        this.#arrived.delete(id)
        displaced.delete(id)
      } else if (before === null) this.#arrived.add(id)
      else if (!this.#arrived.has(id) && compareKeys(keyOf(before, terms), keyOf(after, terms), terms) !== 0)
        displaced.add(id)
    }
    const { inserted, removed, moved } = changesBetween(this.#told.rows, rows, displaced)
    // Those that are back in their place wait no more.
    this.#displaced = new Set([...inserted, ...removed, ...moved].filter((id) => displaced.has(id)))
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
    const isHeld = this.waiting > 0
    const page = isHeld ? this.#source.turnedPage(this.#page, rows, this.#count, this.#spec) : this.#page
    const given = rows.map((row) => this.#source.give(row, this.#spec))
    return { page: this.#envelope({ ...page, rows: given }), ...extras, changes }
  }
}
