/** What facets mean, field by field, on a few rows; and what is refused. */
import { describe, expect, test } from 'vitest'
import { InvalidQueryError } from '../../../src/base/errors.ts'
import type { FacetRange, FacetRequest, FacetValue } from '../../../src/features/facets/request.ts'
import { ConversationStore, query } from '../../../src/index.ts'
import type { ConditionBuilder } from '../../../src/query/verbs.ts'
import type { ConversationInput, JsonObject } from '../../../src/row/conversation.ts'

const rows: readonly Partial<ConversationInput>[] = [
  {
    device: 'mobile',
    is_marked: true,
    is_used: false,
    metadata: { plan: 'pro', n: 5, tags: ['new', 'vip', 'new'], '': { x: 1 } },
    messages: [
      { sender: 'agent', content: '', action_name: 'lookup_order' },
      { sender: 'agent', content: '', action_name: 'refund' },
      { sender: 'agent', content: '', action_name: 'lookup_order' },
    ],
    feedbacks: [{ sentiment: 'positive' }, { sentiment: 'negative', source: 'platform' }],
  },
  {
    device: 'mobile',
    language: 'de',
    metadata: { plan: null, n: [1, 9, 12, 'x'], tags: [] },
    feedbacks: [{ sentiment: 'neutral', source: null }],
  },
  {
    device: 'desktop',
    language: 'en',
    metadata: { plan: { name: 'pro' }, n: 10 },
    messages: [{ sender: 'end_user', content: '' }],
  },
  { device: 'Mobile', metadata: { plan: true, n: '5' }, is_deleted: true },
  { metadata: { n: -0 } },
]

const store = ConversationStore.from(
  rows.map((row, i) => ({ conversation_id: `c${i}`, started_at: `2024-01-1${i}`, ...row })),
)

/** `value count`, a star where it is selected. */
function brief(values: readonly FacetValue[] | undefined): string[] {
  return values!.map(
    ({ value, count, selected, missing }) =>
      `${missing ? 'missing' : JSON.stringify(value)} ${count}${selected ? '*' : ''}`,
  )
}

describe('values', () => {
  test.each<[string, string[]]>([
    ['device', ['"mobile" 2', '"desktop" 1', 'null 1']],
    ['language', ['null 2', '"de" 1', '"en" 1']],
    ['action_name', ['null 3', '"lookup_order" 1', '"refund" 1']],
    ['is_marked', ['false 3', 'true 1']],
    ['is_used', ['true 3', 'false 1']],
    ['has_messages', ['false 2', 'true 2']],
    ['has_action', ['false 3', 'true 1']],
    ['has_feedback', ['false 2', 'true 2']],
    ['feedback_sentiment', ['null 2', '"negative" 1', '"neutral" 1', '"positive" 1']],
    ['feedback_source', ['null 3', '"customer" 1', '"platform" 1']],
    ['env', ['null 4']],
    ['metadata.plan', ['"pro" 1', 'null 1', 'missing 1']],
    ['metadata.tags', ['missing 2', '"new" 1', '"vip" 1']],
    ['metadata.n', ['0 1', '1 1', '5 1', '9 1', '10 1', '12 1', '"x" 1']],
    ['metadata.tags.1', ['missing 3', '"vip" 1']],
    ['metadata..x', ['missing 3', '1 1']],
    ['metadata.__proto__', ['missing 4']],
    ['metadata.constructor.name', ['missing 4']],
  ])('%s', (field, expected) => {
    const counts = store.query().facets({ [field]: true } as { device: true })
    expect(brief(counts[field as 'device'])).toEqual(expected)
  })

  test('the answer has no prototype, and only the fields that were asked for', () => {
    const counts = store.query().facets({ device: undefined, 'metadata.__proto__': true })
    expect(Object.getPrototypeOf(counts)).toBe(null)
    expect(Object.keys(counts)).toEqual(['metadata.__proto__'])
    expect(store.query().facets({})).toEqual({})
    expect(Object.is(store.query().facets({ 'metadata.n': true })['metadata.n'][0]!.value, 0)).toBe(true)
  })

  test('deleted rows count only where the query includes them', () => {
    expect(brief(store.query().includeDeleted().facets({ 'metadata.plan': true })['metadata.plan'])).toEqual([
      'true 1',
      '"pro" 1',
      'null 1',
      'missing 1',
    ])
  })

  test('limit takes the first, match those that contain a text, ignoring case', () => {
    const listed = (request: FacetRequest) =>
      brief(store.query().includeDeleted().facets(request).device as FacetValue[])
    expect(listed({ device: { limit: 2 } })).toEqual(['"mobile" 2', '"Mobile" 1'])
    expect(listed({ device: { match: 'MOB' } })).toEqual(['"mobile" 2', '"Mobile" 1'])
    expect(listed({ device: { match: 'o', limit: 1 } })).toEqual(['"mobile" 2'])
    expect(listed({ device: { match: '' } })).toHaveLength(4)
    expect(brief(store.query().facets({ 'metadata.n': { match: '1' } })['metadata.n'])).toEqual(['1 1', '10 1', '12 1'])
  })
})

describe('the conditions of the query', () => {
  test('a field does not narrow itself, but the others', () => {
    const facets = store.query().device('mobile').facets({ device: true, language: true })
    expect(brief(facets.device)).toEqual(['"mobile" 2*', '"desktop" 1', 'null 1'])
    expect(brief(facets.language)).toEqual(['"de" 1', 'null 1'])
  })

  test('unless all conditions are to count', () => {
    const facets = store.query().device('mobile').facets({ device: true }, { disjunctive: false })
    expect(brief(facets.device)).toEqual(['"mobile" 2*'])
  })

  test('those inside or and not stay', () => {
    const or = store.query().or(
      (q) => q.device('mobile'),
      (q) => q.language('en'),
    )
    expect(brief(or.facets({ device: true }).device)).toEqual(['"mobile" 2', '"desktop" 1'])
    const not = store.query().not((q) => q.device('mobile'))
    expect(brief(not.facets({ device: true }).device)).toEqual(['"desktop" 1', 'null 1'])
  })

  test('selected values are listed at 0, over the limit and beside the match', () => {
    const facets = store
      .query()
      .device('mobile', 'watch')
      .facets({ device: { limit: 1, match: 'desk' } })
    expect(brief(facets.device)).toEqual(['"mobile" 2*', '"desktop" 1', '"watch" 0*'])
    expect(brief(store.query().marked().language('fr').facets({ is_marked: true }).is_marked)).toEqual(['true 0*'])
  })

  test('null and absence are selected by isnull and exists', () => {
    expect(
      brief(
        store
          .query()
          .where('device', 'isnull', true)
          .facets({ device: { limit: 1 } }).device,
      ),
    ).toEqual(['"mobile" 2', 'null 1*'])
    const absent = store.query().where('metadata.plan', 'exists', false)
    expect(brief(absent.facets({ 'metadata.plan': { limit: 1 } })['metadata.plan'])).toEqual(['"pro" 1', 'missing 1*'])
    const stored = store.query().metadata('plan', null)
    expect(brief(stored.facets({ 'metadata.plan': true })['metadata.plan'])).toEqual([
      '"pro" 1',
      'null 1*',
      'missing 1',
    ])
  })

  test('a sentiment and a source of one feedback: each field leaves out its own half', () => {
    const both = store.query().feedbackSentiment('positive').feedbackSource('platform')
    const one = store.query().feedback({ sentiment: 'positive', source: 'platform' })
    for (const asked of [both, one]) {
      expect(asked.count()).toBe(0)
      const facets = asked.facets({ feedback_sentiment: true, feedback_source: true, device: true })
      expect(brief(facets.feedback_sentiment)).toEqual(['"negative" 1', '"positive" 1*'])
      expect(brief(facets.feedback_source)).toEqual(['"customer" 1', '"platform" 1*'])
      expect(facets.device).toEqual([])
    }
  })

  test('a range of numbers that is asked for does not narrow its own counts', () => {
    const asked = store.query().where('metadata.n', 'gte', 10)
    expect(asked.facets({ 'metadata.n': { ranges: [0, 10, 100] } })['metadata.n']).toEqual([
      { from: 0, to: 10, count: 3 },
      { from: 10, to: 100, count: 2 },
    ])
  })
})

describe('numbers', () => {
  test('a row counts once in a range, and the end of a range is not in it', () => {
    const { 'metadata.n': counts } = store
      .query()
      .facets({ 'metadata.n': { ranges: [0, 5, 10, Number.POSITIVE_INFINITY] } })
    expect(counts.map(({ count }) => count)).toEqual([2, 2, 2])
  })

  test('bins have one width; the greatest number is in the last', () => {
    const { 'metadata.n': counts } = store.query().facets({ 'metadata.n': { bins: 3 } })
    expect(counts.map(({ from, count }) => [from, count])).toEqual([
      [0, 2],
      [4, 1],
      [8, 2],
    ])
    expect(counts.at(-1)!.to).toBeGreaterThan(12)
    expect(counts.at(-1)!.to).toBeCloseTo(12, 10)
  })

  test('one bin where there is one number, none where there is none', () => {
    const one = store
      .query()
      .language('en')
      .facets({ 'metadata.n': { bins: 5 } })['metadata.n']
    expect(one.map(({ from, count }) => [from, count])).toEqual([[10, 1]])
    expect(store.query().facets({ 'metadata.plan': { bins: 5 } })['metadata.plan']).toEqual([])
  })
})

describe('numbers of a row', () => {
  const at = (ended_at: string | null, messages: number) => ({
    started_at: '2026-01-05T10:00:00Z',
    ended_at,
    messages: Array.from({ length: messages }, () => ({ sender: 'agent' as const, content: '' })),
  })
  const timed = ConversationStore.from(
    [
      at('2026-01-05T10:01:00Z', 0),
      at('2026-01-05T10:01:00.0Z', 2),
      at('2026-01-05T09:59:59.5Z', 2),
      at(null, 1),
      at('2026-01-05T10:20:00Z', 1_500),
    ].map((row, i) => ({ conversation_id: `c${i}`, ...row })),
  )

  test('value by value: null is a row without an end', () => {
    const { duration, message_count } = timed.query().facets({ duration: true, message_count: true })
    expect(duration.map(({ value, count }) => [value, count])).toEqual([
      [60, 2],
      [-0.5, 1],
      [1200, 1],
      [null, 1],
    ])
    expect(message_count.map(({ value, count }) => [value, count])).toEqual([
      [2, 2],
      [0, 1],
      [1, 1],
      [1_500, 1],
    ])
  })

  test('in ranges and bins, where null is in none', () => {
    const { duration, message_count } = timed
      .query()
      .facets({ duration: { ranges: [Number.NEGATIVE_INFINITY, 0, 60, 1200] }, message_count: { bins: 3 } })
    expect(duration.map(({ count }) => count)).toEqual([1, 0, 2])
    expect(message_count.map(({ from, count }) => [from, count])).toEqual([
      [0, 4],
      [500, 0],
      [1_000, 1],
    ])
    expect(
      timed
        .query()
        .where('duration', 'isnull', true)
        .facets({ duration: { bins: 4 } }, { disjunctive: false }),
    ).toEqual({
      duration: [],
    })
  })

  test('they leave out the conditions on themselves, and tell what those ask for', () => {
    const asked = timed.query().where('duration', 'in', [60, 7]).where('message_count', 'lt', 2)
    expect(asked.facets({ duration: true }).duration).toEqual([
      { value: 60, count: 1, selected: true },
      { value: null, count: 1, selected: false },
      { value: 7, count: 0, selected: true },
    ])
    expect(asked.facets({ message_count: { ranges: [0, 1, 2, 3] } }).message_count.map(({ count }) => count)).toEqual([
      1, 0, 1,
    ])
    expect(
      timed
        .query()
        .where('duration', 'isnull', true)
        .facets({ duration: { limit: 1 } }).duration,
    ).toEqual([
      { value: 60, count: 2, selected: false },
      { value: null, count: 1, selected: true },
    ])
  })
})

test('types: lists by field, of values or of ranges', () => {
  const isWanted = Date.now() > 0
  const counts = store.query().facets({
    device: true,
    'metadata.plan': { limit: 2 },
    'metadata.n': { bins: 2 },
    ...(isWanted ? { language: true } : {}),
    name: isWanted ? true : undefined,
  })
  const device: FacetValue[] = counts.device
  const plan: FacetValue[] = counts['metadata.plan']
  const ranges: FacetRange[] = counts['metadata.n']
  // @ts-expect-error: it may not have been asked for
  const names: FacetValue[] = counts.name
  expect([device.length, plan.length, ranges.length, names.length]).toEqual([3, 2, 2, 1])
  // @ts-expect-error: there is no such field
  expect(() => store.query().facets({ devise: true })).toThrow()
  // @ts-expect-error: nor such an option
  expect(() => store.query().facets({ device: { limt: 1 } })).toThrow()
  // @ts-expect-error: beside one that there is neither
  expect(() => store.query().facets({ device: { limit: 1, mach: 'x' } })).toThrow()
  // @ts-expect-error: numbers are at metadata paths
  expect(() => store.query().facets({ device: { bins: 3 } })).toThrow()
  const timed: [FacetRange[], FacetValue[]] = [
    store.query().facets({ duration: { bins: 3 } }).duration,
    store.query().facets({ message_count: { limit: 3 } }).message_count,
  ]
  expect(timed.length).toBe(2)
  // @ts-expect-error: nor such an option of a number
  expect(() => store.query().facets({ duration: { bin: 3 } })).toThrow()
  // @ts-expect-error: ranges or bins
  expect(() => store.query().facets({ 'metadata.n': { ranges: [0, 1], bins: 3 } })).toThrow()
  // @ts-expect-error: there is no such field to subscribe to
  expect(() => store.query().subscribe(() => {}, { facets: { devise: true } })).toThrow()
  const typed = new ConversationStore<{ plan?: string; scores: { price: number } }>()
  expect(
    typed.query().facets({ 'metadata.plan': true, 'metadata.scores.price': { bins: 2 } })['metadata.plan'],
  ).toEqual([])
  // @ts-expect-error: the metadata have no such path
  expect(typed.query().facets({ 'metadata.plam': true })['metadata.plam']).toEqual([])
  const asked: FacetRequest = { device: { limit: 1 } }
  expect(Object.keys(typed.query().facets(asked))).toEqual(['device'])
})

describe('conditions within an or', () => {
  test('stay, though it has one branch or equal ones', () => {
    const devices = (...branches: string[]) =>
      brief(
        store
          .query()
          .or(...branches.map((device) => (q: ConditionBuilder<JsonObject>) => q.device(device)))
          .facets({ device: true }).device,
      )
    expect(devices('mobile')).toEqual(['"mobile" 2'])
    expect(devices('mobile', 'mobile')).toEqual(['"mobile" 2'])
    expect(devices('mobile', 'desktop')).toEqual(['"mobile" 2', '"desktop" 1'])
  })
})

describe('refused', () => {
  test.each<[unknown, string, string]>([
    [{ devise: true }, 'UNKNOWN_PARAMETER', 'There is no facet "devise". Did you mean "device"?'],
    [{ started_at: true }, 'UNKNOWN_PARAMETER', 'There is no facet "started_at".'],
    [{ __proto__x: true }, 'UNKNOWN_PARAMETER', 'There is no facet "__proto__x".'],
    [{ plan: true }, 'UNKNOWN_PARAMETER', 'There is no facet "plan".'],
    [{ device: { limt: 3 } }, 'UNKNOWN_PARAMETER', 'Did you mean "limit"?'],
    [{ device: false }, 'INVALID_VALUE', 'device: expected true, { limit, match }'],
    [{ device: null }, 'INVALID_VALUE', 'got null'],
    [{ device: { limit: 0 } }, 'INVALID_VALUE', 'device.limit: expected a whole number from 1, got 0.'],
    [{ device: { limit: 1.5 } }, 'INVALID_VALUE', 'device.limit'],
    [{ device: { match: 7 } }, 'INVALID_VALUE', 'device.match: expected a string, got 7.'],
    [{ device: { bins: 7 } }, 'INVALID_VALUE', 'numbers are at metadata paths'],
    [{ 'metadata.': true }, 'INVALID_VALUE', "a path after 'metadata.'"],
    [
      { 'metadata.n': { bins: 0 } },
      'INVALID_VALUE',
      'metadata.n.bins: expected a whole number from 1 to 10000, got 0.',
    ],
    [{ 'metadata.n': { bins: 3, limit: 2 } }, 'INVALID_VALUE', 'metadata.n: expected true'],
    [{ 'metadata.n': { ranges: [1] } }, 'INVALID_VALUE', 'two numbers or more, ascending'],
    [{ 'metadata.n': { ranges: [1, 1] } }, 'INVALID_VALUE', 'two numbers or more, ascending'],
    [{ 'metadata.n': { ranges: [1, Number.NaN, 2] } }, 'INVALID_VALUE', 'two numbers or more, ascending'],
    [
      { 'metadata.n': { ranges: Object.assign([], { 0: 0, 2: 10 }) } },
      'INVALID_VALUE',
      'two numbers or more, ascending',
    ],
    [{ 'metadata.n': { ranges: undefined } }, 'INVALID_VALUE', 'two numbers or more, ascending'],
    [['device'], 'INVALID_VALUE', 'facets: expected an object of fields'],
    [new Map([['device', true]]), 'INVALID_VALUE', 'facets: expected an object of fields'],
    [undefined, 'INVALID_VALUE', 'facets: expected an object of fields'],
  ])('%j', (request, code, message) => {
    const ask = () => store.query().facets(request as never)
    expect(ask).toThrow(InvalidQueryError)
    expect(ask).toThrow(message)
    expect(ask).toThrow(expect.objectContaining({ code }))
  })

  test('options, and all faults together', () => {
    expect(() => store.query().facets({}, { disjunctive: 1 } as never)).toThrow(
      'disjunctive: expected true or false, got 1.',
    )
    expect(() => store.query().facets({}, { disjunctiv: true } as never)).toThrow('Did you mean "disjunctive"?')
    for (const options of [null, true, 5, 'x', []])
      expect(() => store.query().facets({}, options as never)).toThrow('facets: expected an object of options')
    expect(store.query().facets({ device: { limit: undefined, match: undefined } })).toEqual(
      store.query().facets({ device: true }),
    )
    const numbers = { 'metadata.n': { ranges: [0, 10], limit: undefined } }
    expect(store.query().facets(numbers as never)).toEqual(store.query().facets({ 'metadata.n': { ranges: [0, 10] } }))
    const ask = () => store.query().facets({ devise: true, language: 3 } as never)
    expect(ask).toThrow(expect.objectContaining({ faults: [expect.anything(), expect.anything()] }))
  })

  test('without a store', () => {
    expect(() => query().facets({ device: true })).toThrow(expect.objectContaining({ code: 'NO_STORE' }))
  })
})
