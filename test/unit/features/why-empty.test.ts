import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConversationStore as CoreStore } from '../../../src/core.ts'
import { whyEmpty } from '../../../src/features/why-empty/index.ts'
import { longestPiece } from '../../../src/features/why-empty/longest-piece.ts'
import { alike, mostAlike, nearestValue } from '../../../src/features/why-empty/near.ts'
import { callOf } from '../../../src/features/why-empty/words.ts'
import { ConversationStore, type Query, query } from '../../../src/index.ts'
import type { ConditionBuilder } from '../../../src/query/verbs.ts'
import type { ConversationInput } from '../../../src/row/conversation.ts'
import { agent, called, storeOfThree, thrownBy, user } from '../testing/world.ts'

const store = storeOfThree()
const text = (asked: Query) => `\n${asked.whyEmpty()}`
const rows = (...parts: Partial<ConversationInput>[]) =>
  parts.map((part, i): ConversationInput => ({ conversation_id: `c${i + 1}`, started_at: '2026-01-05', ...part }))

test('of strings those are kept that have the most in common at both ends', () => {
  expect(alike('abcde', 'abxde')).toBe(4)
  expect(alike('abc', 'abc')).toBe(3)
  expect(alike('abc', 'abcde')).toBe(1)
  expect(alike('abcde', 'abc')).toBe(1)
  expect(alike('aaa', 'aaaa')).toBe(2)
  expect(alike('abc', 'xyz')).toBe(0)
  expect(alike('bc', 'abc')).toBe(1)
  expect(alike('ac', 'abc')).toBe(1)
  expect(alike('', 'ab')).toBe(-2)
  expect(mostAlike('abcd', ['zzzz', 'ABCX', 'abcd', 'abzz'], 2)).toEqual(['abcd', 'ABCX'])
  expect(mostAlike('abcd', ['zzzz', 'ABCX'], 2)).toEqual(['zzzz', 'ABCX'])
  expect(nearestValue('17', [true, 17, '18'])).toBe(17)
  expect(nearestValue('Abc', ['abd', 'ABC'])).toBe('ABC')
  expect(nearestValue('abc', ['abc', 'abd'])).toBe('abd')
  expect(nearestValue('abc', ['abc'])).toBe(undefined)
  expect(nearestValue(1234, [1235, null])).toBe(undefined)
  expect(nearestValue(1234, ['1235'])).toBe('1235')
  expect(nearestValue(null, ['null'])).toBe('null')
})

describe('what it says', () => {
  test('of a value in another case: which condition empties the answer, and what was meant', () => {
    expect(text(store.query().customerId('kim').messageContains('refund'))).toMatchInlineSnapshot(`
      "
      None of 3 conversations meets both conditions:
        0 of 3: customerId("kim") <- empties the answer; without it, 2 conversations would be left. Did you mean customerId("Kim")?
        2 of 3: messageContains("refund")
      The nearest is "chat-1", which meets 1 of 2. It fails customerId("kim"): its customer_id is "Kim"."
    `)
  })

  test('of one condition, and of one conversation', () => {
    expect(text(store.query().device('mobil'))).toMatchInlineSnapshot(`
      "
      None of 3 conversations meets the condition:
        0 of 3: device("mobil") <- Did you mean device("mobile")?
      The nearest is "chat-1": its device is "mobile"."
    `)
    const one = ConversationStore.from(rows({ device: 'mobile' }))
    expect(text(one.query().device('tablet').marked())).toMatchInlineSnapshot(`
      "
      The only conversation does not meet both conditions:
        0 of 1: device("tablet") <- empties the answer; without it, still none is left.
        0 of 1: marked(true)
      The nearest is "c1", which meets 0 of 2. It fails device("tablet"): its device is "mobile"."
    `)
  })

  test('of conditions that are met alone but not together', () => {
    expect(text(store.query().device('tablet').messageContains('refund').marked(false))).toMatchInlineSnapshot(`
      "
      None of 3 conversations meets all 3 conditions:
        1 of 3: device("tablet") <- empties the answer; without it, 2 conversations would be left.
        3 of 3: marked(false)
        2 of 3: messageContains("refund")
      The nearest is "chat-1", which meets 2 of 3. It fails device("tablet"): its device is "mobile"."
    `)
  })

  test('of conditions of which none can be left out to find something', () => {
    const three = ConversationStore.from(rows({ device: 'a' }, { language: 'b' }, { name: 'c' }))
    expect(text(three.query().device('a').language('b').name('c'))).toMatchInlineSnapshot(`
      "
      None of 3 conversations meets all 3 conditions:
        1 of 3: device("a")
        1 of 3: language("b") <- empties the answer; without it, still none is left.
        1 of 3: name("c")
      The nearest is "c1", which meets 1 of 3. It fails language("b"): its language is null."
    `)
  })

  test('of two that no row meets, of thousands', () => {
    const many = new ConversationStore()
    many.addMany(
      Array.from({ length: 1_200 }, (_, i) => ({ conversation_id: `c${i}`, started_at: '2026-01-05', device: 'tv' })),
    )
    expect(text(many.query().device('xyz').language('en').where('message_count', 'lt', 5))).toMatchInlineSnapshot(`
      "
      None of 1,200 conversations meets all 3 conditions:
            0 of 1,200: device("xyz") <- empties the answer; without it, still none is left.
            0 of 1,200: language("en")
        1,200 of 1,200: where("message_count", "lt", 5)
      The nearest is "c0", which meets 1 of 3. It fails device("xyz"): its device is "tv"."
    `)
  })

  test('of a misspelt metadata path, and of a value of another type', () => {
    expect(text(store.query().metadata('plna', 'pro').device('mobile'))).toMatchInlineSnapshot(`
      "
      None of 3 conversations meets both conditions:
        2 of 3: device("mobile")
        0 of 3: metadata("plna", "pro") <- empties the answer; without it, 2 conversations would be left. Did you mean metadata("plan", "pro")?
      The nearest is "chat-1", which meets 1 of 2. It fails metadata("plna", "pro"): its metadata.plna is missing."
    `)
    expect(text(store.query().metadata('order.id', '17').device('mobile'))).toMatchInlineSnapshot(`
      "
      None of 3 conversations meets both conditions:
        2 of 3: device("mobile")
        0 of 3: metadata("order.id", "17") <- empties the answer; without it, 2 conversations would be left. Did you mean metadata("order.id", 17)?
      The nearest is "chat-1", which meets 1 of 2. It fails metadata("order.id", "17"): its metadata.order.id is 17."
    `)
  })

  test('of an answer that is not empty, of a query without conditions, and of no rows', () => {
    expect(text(store.query().device('mobile').marked(false))).toMatchInlineSnapshot(`
      "
      2 of 3 conversations meet both conditions:
        2 of 3: device("mobile")
        3 of 3: marked(false)"
    `)
    expect(text(store.query().device('tablet'))).toMatchInlineSnapshot(`
      "
      1 of 3 conversations meet the condition:
        1 of 3: device("tablet")"
    `)
    expect(text(store.query())).toMatchInlineSnapshot(`
      "
      The query has no condition: it finds 3 conversations."
    `)
    expect(text(new ConversationStore().query().marked())).toMatchInlineSnapshot(`
      "
      There is no conversation to ask."
    `)
  })
})

describe('as data', () => {
  test('it prints as its text, and is equal to its data', () => {
    const asked = store.query().customerId('kim').device('mobile')
    const found = asked.whyEmpty()
    expect(found).toStrictEqual({
      count: 0,
      total: 3,
      conditions: [
        {
          call: 'customerId("kim")',
          where: [asked.spec.where[0]],
          alone: 0,
          without: 2,
          didYouMean: 'customerId("Kim")',
          meant: { field: 'customer_id', lookup: 'exact', value: 'Kim' },
        },
        { call: 'device("mobile")', where: [asked.spec.where[1]], alone: 2, without: 0 },
      ],
      emptiedBy: 0,
      nearest: {
        id: 1,
        conversation_id: 'chat-1',
        meets: 1,
        call: 'customerId("kim")',
        instead: 'its customer_id is "Kim"',
      },
      text: found.text,
    })
    expect(String(found)).toBe(found.text)
    expect(Object.keys(found)).not.toContain('toString')
  })

  test('pages and orders change nothing, deleted rows are asked where the query includes them', () => {
    const some = ConversationStore.from(rows({ device: 'a', is_deleted: true }, { device: 'b' }))
    expect(some.query().device('a').page(3).pageSize(1).orderBy('id').whyEmpty()).toMatchObject({ count: 0, total: 1 })
    const all = some.query().device('a').includeDeleted().whyEmpty()
    expect(all).toMatchObject({ count: 1, total: 2, emptiedBy: null, nearest: null })
    expect(some.query().device('xyz').includeDeleted().whyEmpty().nearest).toMatchObject({ conversation_id: 'c1' })
    expect(some.query().device('xyz').whyEmpty().nearest).toMatchObject({ conversation_id: 'c2' })
  })

  test('the core has it as a function; a query without a store and anything else are refused', () => {
    const core = CoreStore.from(rows({ device: 'a' }))
    expect(whyEmpty(core.query().device('b')).emptiedBy).toBe(0)
    expect(thrownBy(() => whyEmpty(query()))).toContain('has no store')
    expect(thrownBy(() => whyEmpty({} as never))).toContain('expected a query')
    expect(thrownBy(() => query().marked().whyEmpty())).toContain('has no store')
  })

  test('the sentiment and the source of a feedback are one condition, the others stand before it', () => {
    const found = store.query().feedbackSource('platform').device('mobile').feedbackSentiment('negative').whyEmpty()
    expect(found.conditions.map(({ call, alone, without }) => [call, alone, without])).toEqual([
      ['device("mobile")', 2, 1],
      ['feedbackSentiment("negative").feedbackSource("platform")', 1, 2],
    ])
    expect(found.emptiedBy).toBe(1)
    expect(store.query().feedbackSource('platform').whyEmpty().conditions).toMatchObject([{ alone: 1, without: 3 }])
    expect(store.query().feedbackSentiment('neutral').whyEmpty().conditions).toMatchObject([{ alone: 0, without: 3 }])
  })

  test('it is no reason to build the text index', () => {
    const some = ConversationStore.from(rows(...Array.from({ length: 40 }, () => ({ messages: [user('hello')] }))))
    for (let i = 0; i < 30; i++) some.query().messageContains('zzz').whyEmpty()
    expect(some.query().messageContains('zzz').explain().steps[0]?.index).toBe('text scan')
  })

  test('of equals the row with the least id is the nearest, in whatever order rows came', () => {
    const some = ConversationStore.from(rows({ id: 9, device: 'a' }, { id: 4, device: 'a' }, { id: 7, device: 'a' }))
    expect(some.query().device('b').language('x').whyEmpty().nearest).toMatchObject({ id: 4, meets: 0 })
    const later = ConversationStore.from(
      rows(
        { id: 9, started_at: '2026-01-01' },
        { id: 4, started_at: '2026-01-03' },
        { id: 7, started_at: '2026-01-02' },
      ),
    )
    expect(later.query().device('b').whyEmpty().nearest).toMatchObject({ id: 4 })
  })

  test('a row with what was perhaps meant is nearer than others, but not than one that meets more', () => {
    const some = ConversationStore.from(
      rows({ customer_id: 'bob' }, { customer_id: 'Kim' }, { customer_id: 'bob', device: 'tv', language: 'en' }),
    )
    expect(some.query().customerId('kim').whyEmpty().nearest).toMatchObject({ conversation_id: 'c2', meets: 0 })
    const more = some.query().customerId('kim').device('tv').language('en').whyEmpty()
    expect(more.nearest).toMatchObject({ conversation_id: 'c3', meets: 2 })
    const twice = ConversationStore.from(
      rows({ customer_id: 'Kim', name: 'Ann' }, { marked: true, is_marked: true } as never),
    )
    const near = twice.query().customerId('kim').where('name', 'exact', 'ann').marked().whyEmpty()
    expect(near.nearest).toMatchObject({ conversation_id: 'c2', meets: 1 })
  })
})

test('the numbers are those of queries that leave conditions out', () => {
  const value = fc.constantFrom('a', 'b', 'A', null)
  const row = fc.record({ device: value, language: value, is_marked: fc.boolean(), plan: value })
  const ask = fc.record({
    device: fc.constantFrom('a', 'b', 'x'),
    language: fc.constantFrom('a', 'b', 'x'),
    marked: fc.boolean(),
    plan: fc.constantFrom('a', 'b', 'x'),
    parts: fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }),
  })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), ask, (parts, { device, language, marked, plan, parts: chosen }) => {
      const some = ConversationStore.from(rows(...parts.map(({ plan, ...each }) => ({ ...each, metadata: { plan } }))))
      const steps: ((q: Query) => Query)[] = [
        (q) => q.device(device),
        (q) => q.language(language),
        (q) => q.marked(marked),
        (q) => q.metadata('plan', plan),
        (q) =>
          q.or(
            (it) => it.device(language),
            (it) => it.language(device),
          ),
      ]
      const asked = chosen.reduce((q, at) => steps[at]!(q), some.query())
      const found = asked.whyEmpty()
      const countOf = (where: readonly unknown[]) => some.query({ where } as never).count()
      expect(found.count).toBe(asked.count())
      expect(found.total).toBe(parts.length)
      for (const [at, condition] of asked.spec.where.entries()) {
        expect(found.conditions[at]!.alone).toBe(countOf([condition]))
        expect(found.conditions[at]!.without).toBe(countOf(asked.spec.where.filter((_, i) => i !== at)))
      }
      const isEmpty = found.count === 0 && parts.length > 0
      expect(found.emptiedBy !== null).toBe(isEmpty)
      expect(found.nearest !== null).toBe(isEmpty)
      if (!isEmpty) return
      const meets = (id: number) =>
        asked.spec.where.filter((condition) =>
          some
            .query({ where: [condition] } as never)
            .ids()
            .includes(id),
        ).length
      const most = Math.max(...[...some].map(({ id }) => meets(id)))
      expect(found.nearest).toMatchObject({ meets: most })
      expect(meets(found.nearest!.id)).toBe(most)
      const without = found.conditions.map((each) => each.without)
      if (Math.max(...without) > 0) expect(without[found.emptiedBy!]).toBe(Math.max(...without))
    }),
  )
})

describe('what was perhaps meant', () => {
  const told = ConversationStore.from(
    rows(
      {
        ...{ device: 'mobile', customer_id: 'Kim', name: 'Refund of 17', environment: 'prod' },
        metadata: { plan: 'pro', order: { id: 17, paid: true }, tags: ['vip', 'lost'], 'a.b': { c: 1 }, none: null },
        messages: [called('lookup_order', { order: 17 })],
      },
      { device: 'laptop', is_deleted: true, metadata: { secret: 'x' } },
    ),
  )
  const meant = (ask: (q: Query) => Query) =>
    ask(told.query())
      .whyEmpty()
      .conditions.map((each) => each.didYouMean)

  test.each<[string, (q: Query) => Query, string | undefined]>([
    ['another case', (q) => q.customerId('kim'), 'customerId("Kim")'],
    ['a letter swapped', (q) => q.device('mobiel'), 'device("mobile")'],
    ['the first of several', (q) => q.device('mobil', 'tv'), 'device("mobile")'],
    ['an alias', (q) => q.environment('prodution'), 'environment("production")'],
    ['nothing that is near', (q) => q.device('watch'), undefined],
    ['nothing of a deleted row alone', (q) => q.device('lapto'), undefined],
    ['nothing for an empty list', (q) => q.device([]), undefined],
    ['the name of a tool', (q) => q.action('lookup_oder'), 'action("lookup_order")'],
    ['a part of the name of a tool', (q) => q.actionContains('lokup_order'), 'action("lookup_order")'],
    ['the name in a match of a run', (q) => q.action({ name: 'lookup_oder', failed: false }), 'action("lookup_order")'],
    ['nothing for a match without a name', (q) => q.action({ input: 'zzz' }), undefined],
    ['an id', (q) => q.conversationId('C1'), 'conversationId("c1")'],
    ['another lookup', (q) => q.where('name', 'startswith', 'refund of 17'), 'where("name", "exact", "Refund of 17")'],
    ['another type: a number', (q) => q.metadata('order.id', '17'), 'metadata("order.id", 17)'],
    ['another type: a boolean', (q) => q.metadata('order.paid', 'true'), 'metadata("order.paid", true)'],
    ['a value at a path', (q) => q.metadata('plan', 'por'), 'metadata("plan", "pro")'],
    ['one of several at a path', (q) => q.where('metadata.plan', 'in', ['prp', 'x']), 'metadata("plan", "pro")'],
    [
      'an item of a list',
      (q) => q.where('metadata.tags', 'contains', 'VIP'),
      'where("metadata.tags", "contains", "vip")',
    ],
    ['nothing for a null', (q) => q.metadata('plan', null), undefined],
    ['nothing for a stored null', (q) => q.metadata('none', 'nul'), undefined],
    ['nothing for a number that is not there', (q) => q.metadata('order.id', 18), undefined],
    ['nothing for a range', (q) => q.where('metadata.order.id', 'gt', 99), undefined],
    ['a path', (q) => q.metadata('pln', 'pro'), 'metadata("plan", "pro")'],
    ['a path, for a range', (q) => q.where('metadata.order.ids', 'gt', 99), 'where("metadata.order.id", "gt", 99)'],
    ['a path that ends in the same key', (q) => q.metadata('paid', true), 'metadata("order.paid", true)'],
    ['an inner path', (q) => q.where('metadata.ordr', 'exists', true), 'where("metadata.order", "exists", true)'],
    ['a path with a dot in a key', (q) => q.metadata('"a.b".d', 1), 'metadata("\\"a.b\\".c", 1)'],
    ['no path of a deleted row', (q) => q.metadata('secre', 'x'), undefined],
    ['no path that is nowhere near', (q) => q.metadata('zzzzzz', 1), undefined],
    ['nothing for messages', (q) => q.messageContains('refnd'), undefined],
    ['nothing for a flag', (q) => q.marked(), undefined],
    ['nothing for a sender', (q) => q.message({ sender: 'end_user' }), undefined],
    ['nothing for feedback', (q) => q.feedback({ sentiment: 'negative' }), undefined],
    ['nothing for not', (q) => q.not((it) => it.device('mobile')), undefined],
  ])('%s', (_, ask, expected) => {
    expect(meant(ask)).toEqual([expected])
  })

  test('the nearest of thousands', () => {
    const many = new ConversationStore()
    const ids = Array.from({ length: 3_000 }, (_, i) => `customer-${1_000 + i}`)
    many.addMany(ids.map((customer_id, i) => ({ conversation_id: `c${i}`, started_at: '2026-01-05', customer_id })))
    const meantBy = (id: string) => many.query().customerId(id).whyEmpty().conditions[0]!.didYouMean
    expect(meantBy('custmer-2345')).toBe('customerId("customer-2345")')
    expect(meantBy('customer-23456')).toBe('customerId("customer-2345")')
    expect(meantBy('Customer-2345')).toBe('customerId("customer-2345")')
    expect(meantBy('zzz')).toBe(undefined)
  })

  test('nothing where the condition is met, of a value that is near', () => {
    const some = ConversationStore.from(rows({ device: 'mobile', language: 'en' }, { device: 'mobiles' }))
    const found = some.query().device('mobile').language('xyz').whyEmpty()
    expect(found.conditions.map(({ didYouMean }) => didYouMean)).toEqual([undefined, undefined])
    const ranges = ConversationStore.from(rows({ metadata: { v: 'a1' } }, { metadata: { v: 'a2' } }))
    expect(ranges.query().where('metadata.v', 'gt', 'a2').whyEmpty().conditions[0]!.didYouMean).toBe(undefined)
  })

  test('what is at a path of a row that is not plain is looked into no further', () => {
    const some = ConversationStore.from(rows({ metadata: { list: [{ plan: 1 }], text: 'plan' } }))
    expect(some.query().metadata('plan', 1).whyEmpty().conditions[0]!.didYouMean).toBe(undefined)
  })

  test('only so many values are tried that no row has any more', () => {
    const devices = Array.from({ length: 9 }, (_, i) => `mobile-${i}`)
    const some = ConversationStore.from(rows(...devices.map((device) => ({ device })), { device: 'mobile-xy' }))
    some.query().device('x').count()
    for (let i = 1; i <= 9; i++) some.update(`c${i}`, { device: 'tv' })
    expect(some.query().device('mobile-').whyEmpty().conditions[0]!.didYouMean).toBe(undefined)
    some.update('c9', { device: 'mobile-7' })
    expect(some.query().device('mobile-').whyEmpty().conditions[0]!.didYouMean).toBe('device("mobile-7")')
  })

  test('a value that no row has any more is passed over', () => {
    const some = ConversationStore.from(rows({ device: 'mobile' }, { device: 'mobiles' }))
    expect(some.query().device('mobile').count()).toBe(1)
    some.update('c1', { device: 'tv' })
    expect(some.query().device('mobil').whyEmpty().conditions[0]!.didYouMean).toBe('device("mobiles")')
    some.update('c2', { device: 'tv' })
    expect(some.query().device('mobil').whyEmpty().conditions[0]!.didYouMean).toBe(undefined)
  })
})

describe('what the nearest row has instead', () => {
  const row: ConversationInput = {
    ...{
      conversation_id: 'c1',
      started_at: '2026-01-05T10:00:00Z',
      ended_at: '2026-01-05T10:00:05Z',
      device: 'mobile',
    },
    metadata: { plan: 'pro' },
    feedbacks: [{ sentiment: 'positive' }, { sentiment: 'negative', source: 'platform' }],
    messages: [
      user('Where is my refund, please?'),
      called('lookup'),
      called('lookup'),
      called('pay', null, null, 'no'),
    ],
  }
  const bare: ConversationInput = { conversation_id: 'c2', started_at: '2026-01-05T10:00:00Z' }
  const instead = (of: ConversationInput, ask: (q: Query) => Query) =>
    ask(ConversationStore.from([of]).query()).whyEmpty().nearest?.instead

  test.each<[(q: Query) => Query, string]>([
    [(q) => q.device('tv'), 'its device is "mobile"'],
    [(q) => q.language('en'), 'its language is null'],
    [(q) => q.where('started_at', 'gt', '2027'.concat('-01-01')), 'its started_at is "2026-01-05T10:00:00Z"'],
    [(q) => q.marked(), 'its is_marked is false'],
    [(q) => q.metadata('plan', 'free'), 'its metadata.plan is "pro"'],
    [(q) => q.metadata('x.y', 1), 'its metadata.x.y is missing'],
    [(q) => q.action('refund'), 'its actions are "lookup", "pay"'],
    [(q) => q.action({ name: 'lookup', failed: true }), 'its actions are "lookup", "pay"'],
    [(q) => q.hasAction(false), 'its action_count is 3'],
    [(q) => q.hasMessages(false), 'its message_count is 4'],
    [(q) => q.hasFeedback(false), 'its feedback_count is 2'],
    [(q) => q.where('duration', 'gt', 9), 'its duration is 5'],
    [(q) => q.where('message_count', 'exact', 1), 'its message_count is 4'],
    [(q) => q.feedback({ sentiment: 'neutral' }), 'its feedbacks are positive by customer, negative by platform'],
    [(q) => q.feedbackSentiment('neutral'), 'its feedbacks are positive by customer, negative by platform'],
    [
      (q) => q.feedbackSentiment('negative').feedbackSource('customer'),
      'its feedbacks are positive by customer, negative by platform',
    ],
    [
      (q) => q.messageContains('refunds'),
      'none of its 4 messages does; the nearest says "Where is my refund, please?"',
    ],
    [(q) => q.messageContains('xyz'), 'none of its 4 messages does'],
    [
      (q) => q.message({ contains: 'My Refunds', sender: 'end_user' }),
      'none of its 4 messages does; the nearest says "Where is my refund, please?"',
    ],
    [(q) => q.message({ hasAttachments: true }), 'none of its 4 messages does'],
    [(q) => q.search('xyz'), 'not all of it is in its name, ids and messages'],
    [(q) => q.not((it) => it.device('mobile')), 'what it excludes holds'],
    [
      (q) =>
        q.or(
          (it) => it.device('a'),
          (it) => it.device('b'),
        ),
      'none of its branches holds',
    ],
  ])('%s', (ask, expected) => {
    expect(instead(row, ask)).toBe(expected)
  })

  test('of a row that has nothing', () => {
    expect(instead(bare, (q) => q.action('refund'))).toBe('it has no action')
    expect(instead(bare, (q) => q.feedbackSource('customer'))).toBe('it has no feedback')
    expect(instead(bare, (q) => q.messageContains('x'))).toBe('it has no messages')
    expect(instead(bare, (q) => q.message({ sender: 'agent' }))).toBe('it has no messages')
    expect(instead(bare, (q) => q.action({ failed: false }))).toBe('all runs of it failed, or it has none')
    expect(instead({ ...bare, messages: [called('a')] }, (q) => q.action({ failed: true }))).toBe('no run of it failed')
    expect(instead({ ...bare, messages: [user('hi')] }, (q) => q.message({ sender: 'agent' }))).toBe(
      'no message of it is from agent',
    )
    expect(instead({ ...bare, messages: [agent('Hi')] }, (q) => q.messageContains('zz'))).toBe('its message does not')
  })

  test('of a row whose lists are null', () => {
    const row = { ...bare, messages: null, feedbacks: null }
    expect(instead(row, (q) => q.action('refund'))).toBe('it has no action')
    expect(instead(row, (q) => q.feedbackSource('customer'))).toBe('it has no feedback')
    expect(instead(row, (q) => q.messageContains('x'))).toBe('it has no messages')
    expect(instead(row, (q) => q.message({ sender: 'agent' }))).toBe('it has no messages')
  })

  test('a piece of three letters is enough, and a message that ends there is not cut off', () => {
    const says = (content: string, asked: string) =>
      instead({ ...bare, messages: [user(content)] }, (q) => q.messageContains(asked))
    expect(says('abc', 'abcd')).toBe('its message does not; the nearest says "abc"')
    expect(says('ab', 'abcd')).toBe('its message does not')
    const rest = 'x'.repeat(60)
    expect(says(`refund${rest}`, 'refund?')).toBe(`its message does not; the nearest says "refund${rest}"`)
    expect(says(`refund${rest}y`, 'refund?')).toBe(`its message does not; the nearest says "refund${rest}..."`)
  })

  test('of a long message the stretch around what is common', () => {
    const long = `${'a '.repeat(100)}the refund was sent${' b'.repeat(100)}`
    expect(instead({ ...bare, messages: [user(long), user('refu')] }, (q) => q.messageContains('refunded'))).toBe(
      'none of its 2 messages does; the nearest says "...a a a a a a a a a a a a a the refund was sent b b b b b b b b b b ..."',
    )
    expect(instead({ ...bare, messages: [user('re')] }, (q) => q.messageContains('refunded'))).toBe(
      'its message does not',
    )
    expect(instead({ ...bare, messages: [user('r')] }, (q) => q.messageContains('rx'))).toBe('its message does not')
  })
})

test('conditions are written as the builder asks for them', () => {
  const written = (ask: (q: ConditionBuilder<unknown>) => unknown) =>
    (ask(query() as unknown as ConditionBuilder<unknown>) as Query).spec.where
      .map((condition) => callOf(condition))
      .join('.')
  expect(written((q) => q.device('a', 'b'))).toBe('device("a", "b")')
  expect(written((q) => q.device([]))).toBe('device([])')
  expect(written((q) => q.startedAfter('2026-01-05'))).toBe('startedAfter("2026-01-05T00:00:00Z")')
  expect(written((q) => q.message({ sender: 'agent' }))).toBe('message({ sender: "agent" })')
  expect(written((q) => q.message({ sender: 'agent', contains: 'x' }))).toBe(
    'message({"contains":["x"],"sender":"agent"})',
  )
  expect(written((q) => q.action({ failed: true }))).toBe('action({ failed: true })')
  expect(written((q) => q.action({ failed: true, name: 'x' }))).toBe('action({"failed":true,"name":["x"]})')
  expect(written((q) => q.feedback({ source: 'customer' }))).toBe('feedback({"source":"customer"})')
  expect(written((q) => q.metadata('a.b', 1))).toBe('metadata("a.b", 1)')
  expect(written((q) => q.metadata(['"x"', 'a.b'], 1))).toBe('metadata(["\\"x\\"","a.b"], 1)')
  expect(written((q) => q.where('metadata.a', 'in', [1, 2]))).toBe('where("metadata.a", "in", [1,2])')
  expect(written((q) => q.where('metadata.a', 'gt', 1))).toBe('where("metadata.a", "gt", 1)')
  expect(written((q) => q.where(['metadata', '"x'], 'gt', 1))).toBe('where(["metadata","\\"x"], "gt", 1)')
  expect(written((q) => q.where('name', 'startswith', 'x'))).toBe('where("name", "startswith", "x")')
  expect(written((q) => q.where('message_count', 'in', [1, 2]))).toBe('where("message_count", "in", [1,2])')
  expect(written((q) => q.not((it) => it.device('a').marked()))).toBe('not((q) => q.device("a").marked(true))')
  expect(
    written((q) =>
      q.or(
        (it) => it.device('a'),
        (it) => it.marked(),
      ),
    ),
  ).toBe('or((q) => q.device("a"), (q) => q.marked(true))')
})

test('the longest piece is found, and none that is not longer than asked', () => {
  const naive = (a: string, b: string) => {
    let best = ''
    for (let from = 0; from < b.length; from++)
      for (let to = from + 1; to <= b.length; to++)
        if (to - from > best.length && a.includes(b.slice(from, to))) best = b.slice(from, to)
    return best
  }
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 })
  fc.assert(
    fc.property(word, word, fc.nat(4), (a, b, least) => {
      const best = naive(a, b)
      expect(longestPiece(a, b)).toBe(best)
      expect(longestPiece(a, b, least)).toBe(best.length > least ? best : '')
    }),
  )
})
