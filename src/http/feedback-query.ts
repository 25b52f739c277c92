/** GET /api/feedbacks/: what the list can be asked, and its pages. */

import { type Fault, InvalidPageError } from '../base/errors.ts'
import { fold } from '../base/text/fold.ts'
import { compareInstants, type Instant, parseInstant } from '../base/text/instant.ts'
import { decidingTerms } from '../base/text/search-terms.ts'
import { invalidValue, raise, unknownName } from '../query/faults.ts'
import { page, pageSize } from '../query/paging.ts'
import {
  boolean,
  choice,
  environment,
  fullEnvironment,
  instant,
  itemsOf,
  number,
  sentiment,
  text,
  type ValueType,
} from '../query/values.ts'
import { links } from '../wire/links.ts'
import { nullFaults } from '../wire/nulls.ts'
import { forbidden } from './answer.ts'
import { type Call, type Outcome, ok } from './call.ts'
import { categoryOf, type FeedbackEntry, type FeedbackList, kindOf } from './feedback-list.ts'
import { feedbackShape } from './shapes.ts'

const MAX_PAGE_SIZE = 100
const DEFAULT_PAGE_SIZE = 10

/** One parameter of the list: the type of its value, and which feedback a value selects. */
interface Filter<Value = never> {
  readonly value: ValueType
  readonly test: (value: Value, call: Call) => (entry: FeedbackEntry) => boolean
}

function filter<Value>(value: ValueType<Value, unknown>, test: Filter<Value>['test']): Filter {
  return { value, test }
}

const kind = choice('conversation', 'agent', 'product')

const inEnvironment = filter(environment, (slug) => (entry) => environmentOf(entry) === slug)

/** The parameters that narrow the list. */
const FILTERS: ReadonlyMap<string, Filter> = new Map([
  ['kind', filter(kind, (value) => (entry) => kindOf(entry) === value)],
  ['sentiment', filter(sentiment, (value) => (entry) => entry.feedback.sentiment === value)],
  [
    'conversation',
    filter(
      number,
      (value) =>
        ({ row }) =>
          row?.id === value,
    ),
  ],
  [
    'conversation_id',
    filter(
      text,
      (value) =>
        ({ row }) =>
          row?.conversation_id === value,
    ),
  ],
  [
    'agent',
    filter(
      number,
      (value, { agent }) =>
        (entry) =>
          (entry.feedback.agent ?? agent.id) === value,
    ),
  ],
  [
    'user',
    filter(
      number,
      (value) =>
        ({ feedback }) =>
          feedback.user === value,
    ),
  ],
  ['category', filter(text, (value) => (entry) => categoryOf(entry) === value)],
  ['environment', inEnvironment],
  ['env', inEnvironment],
  ['has_comment', filter(boolean, (yes) => (entry) => (commentOf(entry) !== '') === yes)],
  ['comment_contains', filter(text, (value) => contains([fold(value)], (entry) => [commentOf(entry)]))],
  ['search', filter(text, (value) => contains(decidingTerms(fold(value)), searched))],
  ['created_at_after', filter(instant, (value) => since(parseInstant(String(value))!))],
  ['created_at_before', filter(instant, (value) => until(parseInstant(String(value))!))],
])

/** Whether each folded term is contained in one of an entry's strings, ignoring case. */
function contains(terms: readonly string[], textsOf: (entry: FeedbackEntry) => readonly string[]) {
  return (entry: FeedbackEntry): boolean => {
    const texts = textsOf(entry).map(fold)
    return terms.every((term) => texts.some((each) => each.includes(term)))
  }
}

/** The strings of an entry that `search` looks in. */
function searched(entry: FeedbackEntry): readonly string[] {
  const { row } = entry
  return [commentOf(entry), categoryOf(entry), row?.conversation_id ?? '', row?.name ?? '', row?.customer_id ?? '']
}

function since(time: Instant) {
  return ({ at }: FeedbackEntry): boolean => compareInstants(at, time) >= 0
}

function until(time: Instant) {
  return ({ at }: FeedbackEntry): boolean => Number.isFinite(at.ms) && compareInstants(at, time) <= 0
}

/** What the list can be asked. */
export const FEEDBACK_PARAMETERS: readonly string[] = [...FILTERS.keys(), 'ordering', 'page', 'page_size']

/** GET /api/feedbacks/. Reads the feedbacks, and of conversations those that the page shows. O(feedbacks). */
export function listFeedbacks(call: Call, list: FeedbackList): Outcome {
  const given = new Map(Array.from(call.query, ([name, value]) => [name, value.trim()]))
  if (given.get('kind') === 'product') throw forbidden()
  const faults: Fault[] = [...nullFaults(call.query)]
  for (const { parameter } of faults) given.delete(parameter)
  if (call.settings.isStrict) {
    for (const name of given.keys())
      if (!FEEDBACK_PARAMETERS.includes(name)) faults.push(unknownName('parameter', name, FEEDBACK_PARAMETERS))
  }
  const conditions: ((entry: FeedbackEntry) => boolean)[] = []
  const slugs = call.environments.map(({ slug }) => slug)
  const read = <Value>(name: string, type: ValueType<Value>): Value | undefined => {
    const text = given.get(name)
    if (!text) return undefined
    const value = type.fromText(text, 'exact', slugs)
    if (value === undefined) faults.push(invalidValue(name, text, type))
    return value ?? undefined
  }
  for (const [name, { value: type, test }] of FILTERS) {
    const value = read(name, type)
    if (value !== undefined) conditions.push(test(value as never, call))
  }
  const asked = read('page', page) ?? 1
  const size = Math.min(read('page_size', pageSize) ?? call.settings.pageSize ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
  raise(faults)

  const all = list.inOrder(itemsOf(given.get('ordering') ?? ''))
  const matches = conditions.length === 0 ? all : all.filter((entry) => conditions.every((holds) => holds(entry)))
  const count = matches.length
  const totalPages = Math.max(1, Math.ceil(count / size))
  const at = asked === 'last' ? totalPages : asked
  if (at > totalPages) throw new InvalidPageError(at, `Page ${at} is past the end.`)
  const urls = links(`${call.api}feedbacks/`, () => [...call.query])
  const place = { page: at, totalPages }
  return ok(() => ({
    count,
    page_size: size,
    total_pages: totalPages,
    current_page: at,
    next: urls.next(place),
    previous: urls.previous(place),
    counts: { all: count },
    results: matches.slice((at - 1) * size, at * size).map((entry) => feedbackShape(entry, call)),
  }))
}

function environmentOf({ row, feedback: { environment } }: FeedbackEntry): unknown {
  return fullEnvironment(environment === undefined ? row?.environment : environment)
}

function commentOf({ feedback: { comment } }: FeedbackEntry): string {
  return typeof comment === 'string' ? comment : ''
}
