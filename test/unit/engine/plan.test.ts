import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../src/engine/engine.ts'
import { type Branch, type GroupPlan, groupHolds } from '../../../src/engine/group.ts'
import { plan } from '../../../src/engine/plan.ts'
import type { Predicate } from '../../../src/engine/predicate.ts'
import { count, run } from '../../../src/engine/run.ts'
import type { RowSet } from '../../../src/engine/sets/rowset.ts'
import { textIndex } from '../../../src/engine/text/index.ts'
import type { Condition, FieldCondition, Group, QuerySpec } from '../../../src/query/spec.ts'
import { readConversation } from '../../../src/row/read.ts'
import { ReferenceStore } from '../../reference.ts'

function engineOf(...raws: object[]): Engine {
  const engine = new Engine({ text: textIndex })
  raws.forEach((raw, i) => {
    const given = { id: i + 1, conversation_id: `c${i + 1}`, started_at: `2026-01-0${i + 1}`, ...raw }
    const row = readConversation(given, { own: false, greatest: { message: 0, feedback: 0 } })
    engine.writes.insert(row)
  })
  return engine
}

/** A plan in few words: ranges, sets and branches. */
function inWords(planned: GroupPlan): object {
  const predicateWords = ({ condition, isNegated }: Predicate) =>
    `${isNegated ? 'not ' : ''}${condition.field} ${JSON.stringify(condition.value)}`
  const branchWords = (branch: Branch): unknown => {
    if ('check' in branch) return { check: predicateWords(branch.check) }
    return 'or' in branch ? { or: branch.or.map(inWords) } : { not: inWords(branch.not) }
  }
  return {
    ranges: planned.ranges.map(predicateWords),
    sets: planned.sets.map(predicateWords),
    branches: planned.branches.map(branchWords),
  }
}

const device: Condition = { field: 'device', lookup: 'exact', value: 'mobile' }
const named: Condition = { field: 'name', lookup: 'icontains', value: 'x' }
const since: Condition = { field: 'started_at', lookup: 'gte', value: '2026-01-02T00:00:00Z' }
const says: Condition = { field: 'message', lookup: 'icontains', value: 'hi' }
const sentiment = (value: 'positive' | 'negative'): FieldCondition => ({
  field: 'feedback_sentiment',
  lookup: 'exact',
  value,
})
const source = (value: 'customer' | 'platform'): FieldCondition => ({
  field: 'feedback_source',
  lookup: 'exact',
  value,
})

describe('plan', () => {
  const engine = engineOf({})

  test.each<[string, Group, object]>([
    ['nothing', [], { ranges: [], sets: [], branches: [] }],
    [
      'times bound the rest; look-ups come before what must be computed',
      [named, since, device],
      { ranges: ['started_at "2026-01-02T00:00:00Z"'], sets: ['device "mobile"', 'name "x"'], branches: [] },
    ],
    [
      'groups come before what must be read',
      [says, { or: [[device], [named]] }],
      {
        ranges: [],
        sets: [],
        branches: [
          {
            or: [
              { ranges: [], sets: ['device "mobile"'], branches: [] },
              { ranges: [], sets: ['name "x"'], branches: [] },
            ],
          },
          { check: 'message "hi"' },
        ],
      },
    ],
    [
      'not of one exact condition is that condition, negated',
      [{ not: [device] }],
      { ranges: [], sets: ['not device "mobile"'], branches: [] },
    ],
    [
      'not of not of one is that one',
      [{ not: [{ not: [device] }] }],
      { ranges: [], sets: ['device "mobile"'], branches: [] },
    ],
    [
      'not of a range, of several and of what must be read is a group',
      [{ not: [since] }, { not: [device, named] }, { not: [says] }],
      {
        ranges: [],
        sets: [],
        branches: [
          { not: { ranges: ['started_at "2026-01-02T00:00:00Z"'], sets: [], branches: [] } },
          { not: { ranges: [], sets: ['device "mobile"', 'name "x"'], branches: [] } },
          { not: { ranges: [], sets: [], branches: [{ check: 'message "hi"' }] } },
        ],
      },
    ],
    [
      'or of one branch is what the branch asks',
      [{ or: [[device, since, says, { or: [[named], [device]] }, { not: [device, named] }]] }],
      {
        ranges: ['started_at "2026-01-02T00:00:00Z"'],
        sets: ['device "mobile"'],
        branches: [
          {
            or: [
              { ranges: [], sets: ['name "x"'], branches: [] },
              { ranges: [], sets: ['device "mobile"'], branches: [] },
            ],
          },
          { not: { ranges: [], sets: ['device "mobile"', 'name "x"'], branches: [] } },
          { check: 'message "hi"' },
        ],
      },
    ],
    ...(
      [
        [says, { or: [[device, { or: [[named], [device]] }]] }],
        [{ or: [[device, says]] }, { or: [[named], [device]] }],
      ] as Group[]
    ).map((group): [string, Group, object] => [
      'what a branch alone must read comes after all groups',
      group,
      {
        ranges: [],
        sets: ['device "mobile"'],
        branches: [
          {
            or: [
              { ranges: [], sets: ['name "x"'], branches: [] },
              { ranges: [], sets: ['device "mobile"'], branches: [] },
            ],
          },
          { check: 'message "hi"' },
        ],
      },
    ]),
    [
      'beside a sentiment and a source other conditions stay as they are',
      [device, sentiment('positive'), source('customer')],
      {
        ranges: [],
        sets: ['device "mobile"', 'feedback {"sentiment":"positive","source":"customer"}'],
        branches: [],
      },
    ],
    [
      'a sentiment and a source in one group are asked of one feedback',
      [sentiment('positive'), source('customer')],
      { ranges: [], sets: ['feedback {"sentiment":"positive","source":"customer"}'], branches: [] },
    ],
    [
      'several of each: every pair',
      [sentiment('negative'), sentiment('positive'), source('customer')],
      {
        ranges: [],
        sets: [
          'feedback {"sentiment":"negative","source":"customer"}',
          'feedback {"sentiment":"positive","source":"customer"}',
        ],
        branches: [],
      },
    ],
    [
      'a sentiment and a source in different groups are not',
      [sentiment('positive'), { not: [source('customer')] }],
      { ranges: [], sets: ['feedback_sentiment "positive"', 'not feedback_source "customer"'], branches: [] },
    ],
  ])('%s', (_, group, expected) => {
    expect(inWords(plan(group, engine))).toEqual(expected)
  })

  test('a search is one group a term, each over four fields', () => {
    const { branches } = plan([{ field: 'search', lookup: 'icontains', value: 'my "new order"' }], engine)
    expect(branches).toHaveLength(2)
    for (const branch of branches) expect('or' in branch && branch.or).toHaveLength(4)
  })

  test('a term that another holds, or that comes again, is no group of its own', () => {
    const groups = (value: string) => plan([{ field: 'search', lookup: 'icontains', value }], engine).branches.length
    expect(groups('order ORDER ord r "new order" new')).toBe(1)
    expect(groups('K \u212a k')).toBe(1)
    expect(groups('e t a o i n s h r '.repeat(3_000))).toBe(9)
    const many = Array.from({ length: 100 }, (_, i) => `t${i}`).join(' ')
    expect(groups(many)).toBe(100)
    expect(groups(`${many} ${many}`)).toBe(100)
  })

  test('reads no document and builds no index', () => {
    const other = engineOf({ device: 'mobile' }, { name: 'x' })
    plan([device, named, since, says, { or: [[device], [says]] }, { not: [named, device] }], other)
    expect(other.work).toEqual({ documentsRead: 0, indexed: 0 })
  })
})

describe('groupHolds and run', () => {
  const engine = engineOf(
    { device: 'mobile', name: 'x', messages: [{ sender: 'agent', content: 'Hi there' }] },
    { device: 'mobile', name: null, messages: [{ sender: 'agent', content: 'Bye' }] },
    { device: null, name: 'xx', is_deleted: true },
    { device: 'tv', name: 'X', messages: [{ sender: 'agent', content: 'hi' }] },
    {
      feedbacks: [
        { sentiment: 'positive', source: 'platform' },
        { sentiment: 'negative', source: 'customer' },
      ],
    },
  )

  test.each<[string, Group, number[]]>([
    ['nothing asked', [], [1, 2, 3, 4, 5]],
    ['all must hold', [device, named], [1]],
    ['or', [{ or: [[device], [named]] }], [1, 2, 3, 4]],
    ['not is two-valued: null is not mobile', [{ not: [device] }], [3, 4, 5]],
    ['not of several', [{ not: [device, named] }], [2, 3, 4, 5]],
    ['not of an or', [{ not: [{ or: [[device], [named]] }] }], [5]],
    ['not of a time', [{ not: [since] }], [1]],
    ['or of times', [{ or: [[since, device], [{ not: [since] }]] }], [1, 2]],
    ['not of a text that must be read', [{ not: [says] }], [2, 3, 5]],
    ['a range that leaves nothing', [since, { field: 'started_at', lookup: 'lt', value: '2026-01-02T00:00:00Z' }], []],
    ['a started_at that is null', [{ field: 'started_at', lookup: 'isnull', value: true }], []],
    ['not a started_at that is not null', [{ not: [{ field: 'started_at', lookup: 'isnull', value: false }] }], []],
    [
      'not a started_at that is null',
      [{ not: [{ field: 'started_at', lookup: 'isnull', value: true }] }],
      [1, 2, 3, 4, 5],
    ],
    ['one feedback with both', [sentiment('positive'), source('customer')], []],
    ['each by another feedback', [sentiment('positive'), { or: [[source('customer')], [device]] }], [5]],
    ['an empty list', [{ field: 'device', lookup: 'in', value: [] }], []],
    ['not an empty list', [{ not: [{ field: 'device', lookup: 'in', value: [] }] }], [1, 2, 3, 4, 5]],
    ['a search', [{ field: 'search', lookup: 'icontains', value: 'C4 hi' }], [4]],
  ])('%s', (_, where, expected) => {
    for (const isTextIndexed of [false, true]) {
      engine.isTextIndexed = isTextIndexed
      expect(idsOf({ where, includeDeleted: true }, engine)).toEqual(expected)
      expect(count({ where, includeDeleted: true }, engine)).toBe(expected.length)
      const planned = plan(where, engine)
      const held = Array.from(engine.documents.numbers(), (number) => engine.documents.row(number))
      expect(held.filter((row) => groupHolds(planned, row)).map(({ id }) => id)).toEqual(expected)
      expect(count({ where }, engine)).toBe(expected.filter((id) => id !== 3).length)
    }
  })

  test('the buffers of one query serve the next', () => {
    const dense = engineOf(...Array.from({ length: 9 }, () => ({ device: 'mobile', name: 'x' })))
    const wordsOf = () => run({ where: [{ or: [[device], [named]] }] }, dense, ({ parts }) => parts[0]!.rows.words)
    expect(wordsOf()).toBeDefined()
    expect(wordsOf()).toBe(wordsOf())
  })

  test('groups within groups, over many small segments, to any depth', () => {
    const simple = fc.constantFrom<Condition>(device, named, since, says, sentiment('positive'), source('customer'))
    const { group } = fc.letrec<{ condition: Condition; group: Condition[] }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        { arbitrary: simple, weight: 2 },
        fc.record({ not: tie('group') }),
        fc.record({ or: fc.array(tie('group'), { minLength: 2, maxLength: 3 }) }),
      ),
      group: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
    }))
    const raw = fc.record(
      {
        device: fc.constantFrom('mobile', 'tv'),
        name: fc.constantFrom('x', 'y'),
        messages: fc.constantFrom([{ sender: 'agent' as const, content: 'Hi' }], []),
        feedbacks: fc.constantFrom([{ sentiment: 'positive' as const, source: 'platform' as const }], []),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(raw, { maxLength: 12 }), group, fc.boolean(), (raws, where, isTextIndexed) => {
        const small = new Engine({ thresholds: { segmentRows: 3, fanOut: 2 }, text: textIndex })
        small.isTextIndexed = isTextIndexed
        const reference = new ReferenceStore()
        raws.forEach((it, i) => {
          const given = { id: i + 1, conversation_id: `c${i}`, started_at: `2026-01-0${1 + (i % 3)}`, ...it }
          reference.add(given)
          const row = readConversation(given, { own: false, greatest: { message: 0, feedback: 0 } })
          small.writes.insert(row)
        })
        const expected = reference.ids({ where, orderBy: ['id'] })
        expect(idsOf({ where }, small)).toEqual(expected)
        const planned = plan(where, small)
        const held = Array.from(small.documents.numbers(), (number) => small.documents.row(number))
        expect(held.filter((row) => groupHolds(planned, row)).map(({ id }) => id)).toEqual(expected)
      }),
    )
  })
})

function idsOf(spec: QuerySpec, engine: Engine): number[] {
  const found = run(spec, engine, ({ parts }) =>
    parts.flatMap(({ segment, rows }) => [...segment.ids].filter((_id, slot) => isIn(rows, slot))),
  )
  return found.sort((a, b) => a - b)
}

function isIn(rows: RowSet, slot: number): boolean {
  return rows.list?.subarray(rows.lo, rows.hi).includes(slot) ?? ((rows.words![slot >>> 5]! >>> (slot & 31)) & 1) === 1
}
