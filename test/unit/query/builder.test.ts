import { describe, expect, test } from 'vitest'
import { InvalidPageError, InvalidQueryError } from '../../../src/base/errors.ts'
import { Query, query } from '../../../src/index.ts'
import { FILTERS } from '../../../src/query/filters.ts'
import type { Condition } from '../../../src/query/spec.ts'
import { boolean } from '../../../src/query/values.ts'
import { errorOf, faultsOf } from './faults-of.ts'
import { sourceOf } from './source-of.ts'

const is = (field: string, lookup: string, value: unknown) => ({ field, lookup, value })
const exact = (field: string, value: unknown) => is(field, 'exact', value)

describe('every filter adds its condition', () => {
  const q = query()
  test.each<[string, () => Query, object]>([
    ['conversationId', () => q.conversationId('c'), exact('conversation_id', 'c')],
    ['customerId', () => q.customerId('c', 'b'), is('customer_id', 'in', ['b', 'c'])],
    ['name', () => q.name('Refund'), is('name', 'icontains', 'Refund')],
    ['device', () => q.device('mobile'), exact('device', 'mobile')],
    ['language', () => q.language('de'), exact('language', 'de')],
    ['environment', () => q.environment('production'), exact('environment', 'production')],
    [
      'environment, a short one',
      () => q.environment('prod', 'dev'),
      is('environment', 'in', ['development', 'production']),
    ],
    ['environment, any text', () => q.environment('staging'), exact('environment', 'staging')],
    ['customerIpAddress', () => q.customerIpAddress('10.0.0.1'), exact('customer_ip_address', '10.0.0.1')],
    ['marked', () => q.marked(), exact('is_marked', true)],
    ['not marked', () => q.marked(false), exact('is_marked', false)],
    ['startedAfter', () => q.startedAfter('2024-01-15'), is('started_at', 'gte', '2024-01-15T00:00:00Z')],
    ['startedBefore', () => q.startedBefore(new Date(1)), is('started_at', 'lte', '1970-01-01T00:00:00.001000Z')],
    ['startedAfter, milliseconds', () => q.startedAfter(0), is('started_at', 'gte', '1970-01-01T00:00:00Z')],
    ['hasMessages', () => q.hasMessages(), exact('has_messages', true)],
    ['messageContains', () => q.messageContains('a b'), is('message', 'icontains', 'a b')],
    ['actionContains', () => q.actionContains('look'), is('action_name', 'icontains', 'look')],
    ['action', () => q.action('look'), exact('action_name', 'look')],
    ['actions', () => q.action('look', 'find'), is('action_name', 'in', ['find', 'look'])],
    ['hasAction', () => q.hasAction(false), exact('has_action', false)],
    ['hasFeedback', () => q.hasFeedback(), exact('has_feedback', true)],
    ['feedbackSentiment', () => q.feedbackSentiment('positive'), exact('feedback_sentiment', 'positive')],
    ['feedbackSource', () => q.feedbackSource('platform'), exact('feedback_source', 'platform')],
    [
      'feedback',
      () => q.feedback({ source: 'customer', sentiment: 'neutral' }),
      exact('feedback', { sentiment: 'neutral', source: 'customer' }),
    ],
    ['feedback of a source', () => q.feedback({ source: 'customer' }), exact('feedback', { source: 'customer' })],
    ['search', () => q.search('"a b", c'), is('search', 'icontains', '"a b", c')],
    ['metadata', () => q.metadata('a.b', 1), { ...exact('metadata', 1), path: ['a', 'b'] }],
    [
      'metadata with a dotted key',
      () => q.metadata(['a.b', 'c'], null),
      { ...exact('metadata', null), path: ['a.b', 'c'] },
    ],
    ['metadata, the empty text', () => q.metadata('a', ''), { ...exact('metadata', ''), path: ['a'] }],
    ['where', () => q.where('name', 'istartswith', 'a'), is('name', 'istartswith', 'a')],
    ['where, a list', () => q.where('device', 'in', ['b', 'a', 'b']), is('device', 'in', ['a', 'b'])],
    ['where, a number', () => q.where('id', 'lt', 1.5), is('id', 'lt', 1.5)],
    ['where, a null', () => q.where('ended_at', 'isnull', true), is('ended_at', 'isnull', true)],
    ['where, an alias is a text', () => q.where('environment', 'exact', 'prod'), exact('environment', 'prod')],
    ['where, metadata', () => q.where('metadata.a.b', 'gte', 0), { ...is('metadata', 'gte', 0), path: ['a', 'b'] }],
    [
      'where, metadata by keys',
      () => q.where(['metadata', 'a.b'], 'exists', false),
      { ...is('metadata', 'exists', false), path: ['a.b'] },
    ],
    [
      'where, metadata in',
      () => q.where('metadata.a', 'in', ['b', 1, null, true, 1]),
      { ...is('metadata', 'in', [true, 1, null, 'b']), path: ['a'] },
    ],
  ])('%s', (_, ask, condition) => {
    expect(ask().spec).toStrictEqual({ where: [condition] })
  })

  test('all rows of the table are methods', () => {
    for (const name of Object.keys(FILTERS)) expect(q).toHaveProperty(name, expect.any(Function))
  })
})

describe('a query is immutable', () => {
  test('every verb gives a new one', () => {
    const first = query().device('mobile')
    const second = first.device('tablet').page(2)
    expect(first.spec).toStrictEqual({ where: [exact('device', 'mobile')] })
    expect(second.spec.where).toHaveLength(2)
  })

  test('its spec is frozen to the bottom', () => {
    const { where } = query()
      .device('a', 'b')
      .metadata('a.b', 1)
      .feedback({ source: 'customer' })
      .or(
        (q) => q.marked(),
        (q) => q.name('a'),
      ).spec
    const all = (value: unknown): boolean =>
      typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(all))
    expect(all(where)).toBe(true)
  })

  test('what the caller does to his lists changes nothing', () => {
    const devices = ['b', 'a']
    const path = ['k']
    const asked = query().device(devices).metadata(path, 1)
    devices.push('c')
    path.push('l')
    expect(devices).toEqual(['b', 'a', 'c'])
    expect(asked.spec.where).toStrictEqual([is('device', 'in', ['a', 'b']), { ...exact('metadata', 1), path: ['k'] }])
  })
})

describe('an assertion', () => {
  test('tells queries apart by what they ask', () => {
    expect(query().device('a').marked()).toEqual(query().marked().device('a'))
    expect(query().device('a')).not.toEqual(query().device('b'))
    expect(query()).not.toEqual(query().lean())
  })
})

describe('where', () => {
  const loose = query() as unknown as Record<string, (...values: unknown[]) => Query>

  test('a path stands on metadata alone', () => {
    expect(faultsOf(() => loose.where!(['device', 'a'], 'exact', 'b'))).toEqual(['device__exact INVALID_VALUE'])
  })

  test('a second branch of not is an error, an undefined one before it too', () => {
    expect(faultsOf(() => loose.not!(undefined, (q: Query) => q.marked()))).toContain('not INVALID_VALUE')
  })
})

describe('canonical', () => {
  test('the order of calls does not matter', () => {
    const one = query().device('a').marked().page(2).orderBy('id').lean()
    const other = query().lean().orderBy('id').marked().page(2).device('a')
    expect(one.key).toBe(other.key)
    expect(one.key).toBe(
      '{"where":[{"field":"device","lookup":"exact","value":"a"},{"field":"is_marked","lookup":"exact","value":true}],"orderBy":["id"],"page":2,"lean":true}',
    )
  })

  test('several values are one list, one value is itself', () => {
    expect(query().device('b', 'a').key).toBe(query().device(['a', 'b', 'a']).key)
    expect(query().device(['a']).key).toBe(query().device('a').key)
    expect(query().where('id', 'in', [3]).key).toBe(query().where('id', 'exact', 3).key)
    expect(query().where('id', 'in', [10, 9, -0]).spec.where).toStrictEqual([is('id', 'in', [0, 9, 10])])
  })

  test('a condition said twice is one, two values are two', () => {
    expect(query().device('a').device('a').key).toBe(query().device('a').key)
    expect(query().device('b').device('a').spec.where).toStrictEqual([exact('device', 'a'), exact('device', 'b')])
  })

  test('one instant has one text', () => {
    const [first, ...others] = [
      '2024-01-15T10:30:00Z',
      '2024-01-15 10:30:00+00:00',
      '2024-01-15T11:30:00.000000+01:00',
      new Date(Date.UTC(2024, 0, 15, 10, 30)),
      Date.UTC(2024, 0, 15, 10, 30),
    ].map((at) => query().startedAfter(at).key)
    expect(new Set(others)).toEqual(new Set([first]))
  })

  test('-0 is 0', () => {
    expect(query().metadata('a', -0).key).toBe(query().metadata('a', 0).key)
    expect(query().where('id', 'gt', -0).spec.where[0]).toHaveProperty('value', 0)
  })

  test('defaults are left out', () => {
    const asked = query().page(1).orderBy('-started_at').lean(false).includeDeleted(false)
    expect(asked.key).toBe(query().key)
    expect(asked.key).toBe('{"where":[]}')
  })

  test('a field ordered by again does nothing, but the last term says which way ties go', () => {
    expect(query().orderBy('id', '-id', 'id').spec.orderBy).toEqual(['id'])
    expect(query().orderBy('-started_at', 'started_at').spec.orderBy).toEqual(['-started_at', 'started_at'])
    expect(query().orderBy('language', '-id', 'language', 'id', '-id').spec.orderBy).toEqual(['language', '-id'])
  })

  test('or and not hold sorted groups, after all fields', () => {
    const asked = query()
      .not((q) => q.name('b').device('a'))
      .or(
        (q) => q.marked(),
        (q) => q.device('a'),
      )
      .where('started_at', 'isnull', false)
    expect(asked.spec.where).toStrictEqual([
      is('started_at', 'isnull', false),
      { not: [exact('device', 'a'), is('name', 'icontains', 'b')] },
      { or: [[exact('device', 'a')], [exact('is_marked', true)]] },
    ])
  })

  test('an or of one branch stays one, and so does one of equal branches', () => {
    const one = query().or((q) => q.device('a').marked())
    expect(one.spec.where).toStrictEqual([{ or: [[exact('device', 'a'), exact('is_marked', true)]] }])
    const twice = one.or(
      (q) => q.marked().device('a'),
      (q) => q.device('a').marked(),
    )
    expect(twice.key).toBe(one.key)
  })
})

describe('nothing given', () => {
  const loose = query() as unknown as Record<string, (...values: unknown[]) => Query>
  const filters = Object.entries(FILTERS)
  const flags = ['includeDeleted', 'lean', ...filters.flatMap(([name, { value }]) => (value === boolean ? [name] : []))]
  const typed = ['name', 'messageContains', 'actionContains', 'search']
  const others = ['page', 'pageSize', 'orderBy', 'includeDeleted', 'lean']

  test.each([...filters.map(([name]) => name), ...others, 'startedWithin', 'not', 'or'])(
    '%s(undefined) is not applied',
    (name) => {
      expect(loose[name]!(undefined).key).toBe(query().key)
    },
  )

  test.each([...filters.map(([name]) => name), ...others, 'startedWithin', 'not'])(
    '%s() of null, NaN or an invalid Date is an error',
    (name) => {
      for (const value of [null, Number.NaN, new Date(Number.NaN)]) {
        expect(errorOf(() => loose[name]!(value))).toMatchObject({ code: 'INVALID_VALUE', name: 'InvalidQueryError' })
      }
    },
  )

  test.each(
    [...filters.map(([name]) => name), 'page', 'pageSize', 'orderBy', 'startedWithin', 'not'].filter(
      (name) => !flags.includes(name),
    ),
  )('%s without an argument is an error', (name) => {
    expect(errorOf(() => loose[name]!())).toMatchObject({ code: 'INVALID_VALUE' })
  })

  test.each(flags)('%s() is yes', (name) => {
    expect(loose[name]!().key).toBe(loose[name]!(true).key)
    expect(loose[name]!().key).not.toBe(query().key)
  })

  test.each(filters.map(([name]) => name))(
    '%s of the empty text is an error, or not applied where a person types it',
    (name) => {
      if (typed.includes(name)) expect(loose[name]!('')).toHaveProperty('key', query().key)
      else expect(errorOf(() => loose[name]!(''))).toMatchObject({ code: 'INVALID_VALUE', name: 'InvalidQueryError' })
    },
  )

  test('a blank that is typed is a text', () => {
    expect(query().messageContains(' ').spec.where).toStrictEqual([is('message', 'icontains', ' ')])
  })

  test.each(filters.filter(([, row]) => 'takesSeveral' in row).map(([name]) => name))(
    '%s with nothing among several is an error',
    (name) => {
      for (const values of [
        ['a', undefined],
        [undefined, 'a'],
        ['a', null],
        ['a', ''],
        [undefined, undefined],
        [['a', undefined]],
        [[undefined]],
        [[null]],
        [['']],
        [['a'], ['b']],
        [new Array(2)],
      ]) {
        expect(faultsOf(() => loose[name]!(...values))).toEqual([expect.stringMatching(/ INVALID_VALUE$/)])
      }
    },
  )

  test.each(filters.filter(([, row]) => 'takesSeveral' in row).map(([name]) => name))(
    '%s([]) holds for nothing',
    (name) => {
      expect(loose[name]!([]).spec.where).toMatchObject([{ lookup: 'in', value: [] }])
    },
  )

  test('one value is one value', () => {
    expect(faultsOf(() => loose.customerIpAddress!('a', 'b'))).toEqual(['customer_ip_address INVALID_VALUE'])
    expect(faultsOf(() => loose.customerIpAddress!(['a']))).toEqual(['customer_ip_address INVALID_VALUE'])
    expect(faultsOf(() => loose.marked!(true, false))).toEqual(['is_marked INVALID_VALUE'])
    expect(faultsOf(() => loose.marked!('true'))).toEqual(['is_marked INVALID_VALUE'])
    expect(faultsOf(() => loose.device!(5))).toEqual(['device INVALID_VALUE'])
  })

  test('.where() and .metadata() take undefined for an error', () => {
    expect(faultsOf(() => loose.where!('device', 'exact', undefined))).toEqual(['device__exact INVALID_VALUE'])
    expect(faultsOf(() => loose.where!('metadata.a', 'exact', undefined))).toEqual(['metadata__exact INVALID_VALUE'])
    expect(faultsOf(() => loose.where!('device', 'isnull'))).toEqual(['device__isnull INVALID_VALUE'])
    expect(faultsOf(() => loose.metadata!('a', undefined))).toEqual(['metadata INVALID_VALUE'])
    expect(faultsOf(() => loose.metadata!('a'))).toEqual(['metadata INVALID_VALUE'])
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, {}, [], 1n, new Date(0), Symbol('a')]) {
      expect(faultsOf(() => loose.metadata!('a', value))).toEqual(['metadata INVALID_VALUE'])
    }
    for (const path of ['', [], undefined, null, [1], 5, ['a', undefined]]) {
      expect(faultsOf(() => loose.metadata!(path, 1))).toEqual(['metadata INVALID_VALUE'])
    }
    expect(faultsOf(() => loose.where!('metadata.', 'exact', 1))).toEqual(['metadata__exact INVALID_VALUE'])
    expect(faultsOf(() => loose.where!(['metadata'], 'exact', 1))).toEqual(['metadata__exact INVALID_VALUE'])
  })

  test('.feedback() of nothing, or with nothing in it, is an error', () => {
    for (const value of [
      {},
      { sentiment: undefined },
      { sentiment: 'positive', source: undefined },
      { sentiment: 'meh' },
      { sentiment: 'positive', mood: 1 },
      'positive',
      [],
      new Map(),
    ]) {
      expect(faultsOf(() => loose.feedback!(value))).toEqual(['feedback INVALID_VALUE'])
    }
  })

  test('the text says what to write instead', () => {
    expect(errorOf(() => loose.device!(null)).message).toMatch(/isnull.*leave the call out/)
    expect(errorOf(() => loose.action!(['a', undefined])).message).toMatch(/isnull.*leave the call out/)
    expect(errorOf(() => loose.marked!(null)).message).toMatch(/true or false.*leave the call out/)
    expect(errorOf(() => loose.metadata!('a.b', undefined)).message).toContain(
      `.where(["metadata","a","b"], 'exists', false)`,
    )
    expect(errorOf(() => loose.startedAfter!(new Date(Number.NaN))).message).toMatch(/isnull.*leave the call out/)
    expect(errorOf(() => loose.startedAfter!(Number.NaN)).message).toMatch(/isnull.*leave the call out/)
    expect(errorOf(() => loose.device!(5)).message).not.toContain('leave')
  })
})

describe('or and not', () => {
  const loose = query() as unknown as Record<string, (...values: unknown[]) => Query>

  test('nest to any depth', () => {
    const nested = (depth: number): Query => {
      let asked = (q: { not: Query['not']; device: Query['device'] }): unknown => q.device('a')
      for (let i = 0; i < depth; i++) {
        const inner = asked
        asked = (q) => q.not(inner as never)
      }
      return asked(query()) as Query
    }
    let condition: unknown = nested(300).spec.where[0]
    let depth = 0
    while (typeof condition === 'object' && condition !== null && 'not' in condition) {
      condition = (condition.not as Condition[])[0]
      depth++
    }
    expect(depth).toBe(300)
  })

  test('a branch without a condition is an empty group', () => {
    for (const call of [
      () => loose.or!(),
      () => query().not((q) => q),
      () =>
        query().or(
          (q) => q.device('a'),
          (q) => q.device(undefined),
        ),
      () => query().not((q) => q.or((r) => r)),
    ]) {
      expect(errorOf(call)).toMatchObject({ code: 'EMPTY_GROUP', name: 'InvalidQueryError' })
    }
    expect(
      faultsOf(() =>
        query().or(
          (q) => q,
          (q) => q,
        ),
      ),
    ).toEqual(['or EMPTY_GROUP', 'or EMPTY_GROUP'])
  })

  test('a branch that gives back no builder is an error', () => {
    expect(faultsOf(() => loose.not!(() => undefined))).toEqual(['not INVALID_VALUE'])
    expect(faultsOf(() => loose.not!(() => query().device('a')))).toEqual(['not INVALID_VALUE'])
    expect(faultsOf(() => loose.or!((q: unknown) => q, undefined))).toEqual(['or EMPTY_GROUP', 'or INVALID_VALUE'])
    expect(faultsOf(() => loose.not!('a'))).toEqual(['not INVALID_VALUE'])
    expect(errorOf(() => loose.not!(() => undefined)).message).toContain('gives back the builder')
  })

  test('inside there are conditions and nothing else', () => {
    let names: string[] = []
    query().not((q) => {
      const names_ = new Set<string>()
      for (
        let object: object | null = q;
        object !== null && object !== Object.prototype;
        object = Object.getPrototypeOf(object)
      ) {
        for (const name of Object.getOwnPropertyNames(object)) names_.add(name)
      }
      names = [...names_].sort()
      return q.device('a')
    })
    expect(names).toEqual(
      [...Object.keys(FILTERS), 'constructor', 'metadata', 'not', 'or', 'startedWithin', 'where'].sort(),
    )
  })

  test('a branch is immutable too', () => {
    expect(
      query().not((q) => {
        q.device('lost')
        return q.marked()
      }).spec.where,
    ).toStrictEqual([{ not: [exact('is_marked', true)] }])
  })

  test('what a branch throws passes through', () => {
    expect(() =>
      query().not(() => {
        throw new RangeError('mine')
      }),
    ).toThrow(RangeError)
    expect(faultsOf(() => query().not((q) => q.device(null as never)))).toEqual(['device INVALID_VALUE'])
  })
})

describe('where', () => {
  const where = (...values: unknown[]) =>
    (query() as unknown as Record<string, (...values: unknown[]) => Query>).where!(...values)

  test('an unknown field or lookup is an error that names the nearest', () => {
    expect(errorOf(() => where('devcie', 'exact', 'a'))).toMatchObject({
      code: 'UNKNOWN_PARAMETER',
      parameter: 'devcie__exact',
      message: expect.stringContaining('"device__exact"'),
    })
    expect(errorOf(() => where('device', 'startwith', 'a'))).toMatchObject({
      code: 'UNKNOWN_PARAMETER',
      parameter: 'device__startwith',
      message: expect.stringContaining('"device__startswith"'),
    })
    expect(errorOf(() => where('metadata.a', 'exsts', true))).toMatchObject({
      code: 'UNKNOWN_PARAMETER',
      message: expect.stringContaining('"metadata__exists"'),
    })
    for (const [field, lookup] of [
      ['started_at', 'exact'],
      ['id', 'isnull'],
      ['id', 'contains'],
      ['device', 'gt'],
      ['metadata.a', 'icontains'],
      ['__proto__', 'exact'],
      ['constructor', 'name'],
      ['device', '__proto__'],
      [undefined, 'exact'],
      [null, null],
      ['device', undefined],
      [5, 5],
      [{}, 'exact'],
    ]) {
      expect(errorOf(() => where(field, lookup, 'a'))).toMatchObject({ code: 'UNKNOWN_PARAMETER' })
    }
  })

  test('takes values of the type of the field', () => {
    for (const [field, lookup, value] of [
      ['device', 'exact', ''],
      ['device', 'exact', 5],
      ['device', 'in', 'a'],
      ['device', 'in', ['']],
      ['device', 'isnull', 1],
      ['id', 'exact', '5'],
      ['id', 'gt', Number.NaN],
      ['id', 'lt', Number.POSITIVE_INFINITY],
      ['id', 'in', [1, '2']],
      ['started_at', 'gt', 'yesterday'],
      ['started_at', 'gt', ''],
      ['ended_at', 'isnull', 'true'],
      ['metadata.a', 'gt', true],
      ['metadata.a', 'in', 'a'],
      ['metadata.a', 'exists', 1],
    ]) {
      expect(faultsOf(() => where(field, lookup, value))).toEqual([expect.stringMatching(/ INVALID_VALUE$/)])
    }
  })
})

describe('pages and order', () => {
  const loose = query() as unknown as Record<string, (...values: unknown[]) => Query>

  test('called again they replace', () => {
    const asked = query().page(2).pageSize(5).orderBy('id').lean().includeDeleted()
    expect(asked.spec).toStrictEqual({
      where: [],
      orderBy: ['id'],
      page: 2,
      pageSize: 5,
      lean: true,
      includeDeleted: true,
    })
    expect(asked.page(3).pageSize(6).orderBy('-id').lean(false).includeDeleted(false).spec).toStrictEqual({
      where: [],
      orderBy: ['-id'],
      page: 3,
      pageSize: 6,
    })
    expect(asked.page(1).spec).not.toHaveProperty('page')
  })

  test('undefined leaves what was said', () => {
    const asked = query().page(2).lean().includeDeleted()
    expect(
      asked.page(undefined).lean(undefined).includeDeleted(undefined).orderBy(undefined).pageSize(undefined).key,
    ).toBe(asked.key)
  })

  test('what is no page is its own error', () => {
    for (const page of [0, -1, 1.5, Number.POSITIVE_INFINITY, '2', 'abc', true, {}]) {
      expect(() => loose.page!(page)).toThrow(InvalidPageError)
    }
    for (const page of [null, '', Number.NaN]) expect(() => loose.page!(page)).toThrow(InvalidQueryError)
    expect(query().page('last').spec.page).toBe('last')
    expect(query().page(1e300).spec.page).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('what is no page size is an error', () => {
    for (const size of [0, -1, 1.5, '5', Number.POSITIVE_INFINITY])
      expect(faultsOf(() => loose.pageSize!(size))).toEqual(['page_size INVALID_VALUE'])
    expect(query().pageSize(500).spec.pageSize).toBe(500)
  })

  test('unknown orders are refused, with the nearest', () => {
    expect(errorOf(() => loose.orderBy!('startet_at'))).toMatchObject({
      code: 'INVALID_VALUE',
      parameter: 'ordering',
      message: expect.stringContaining('"started_at"'),
    })
    for (const terms of [['id', undefined], [''], [[]], ['--id'], ['+id'], ['name'], [['id', null]], ['__proto__']])
      expect(faultsOf(() => loose.orderBy!(...terms))).toEqual(['ordering INVALID_VALUE'])
    expect(query().orderBy('id', '-language').key).toBe(query().orderBy(['id', '-language']).key)
  })
})

describe('ends', () => {
  test('without a store say how to get one', () => {
    const asked = query().device('a')
    for (const end of ['fetch', 'all', 'ids', 'first', 'count', 'exists', 'pages', 'explain', 'matches'] as const) {
      expect(errorOf(() => (asked[end] as () => unknown)())).toMatchObject({
        code: 'NO_STORE',
        message: expect.stringContaining('store.run(query)'),
      })
    }
    expect(() => [...asked]).toThrow(TypeError)
  })

  test('ask the source the spec', () => {
    const rows = [{ n: 1 }, { n: 2 }, { n: 3 }]
    const { asked, source } = sourceOf(rows)
    const q = new Query(source).device('a').pageSize(2)
    expect(q.fetch()).toEqual({
      count: 3,
      page_size: 2,
      total_pages: 2,
      current_page: 1,
      next: 'http://localhost/api/conversations/?device=a&page=2&page_size=2',
      previous: null,
      results: rows.slice(0, 2),
      next_cursor: 'after page 1',
    })
    expect(Object.keys(q.fetch())).toEqual([
      'count',
      'page_size',
      'total_pages',
      'current_page',
      'next',
      'previous',
      'results',
      'next_cursor',
    ])
    expect(q.all()).toEqual(rows)
    expect([...q]).toEqual(rows)
    expect(q.ids()).toEqual([1, 2, 3])
    expect(q.first()).toBe(rows[0])
    expect(q.count()).toBe(3)
    expect(q.exists()).toBe(true)
    expect(q.matches(rows[0]!)).toBe(true)
    expect(q.matches({})).toBe(false)
    expect(asked.every(([, spec]) => spec === q.spec)).toBe(true)
  })

  test('pages begin with the own page and ask at the call', () => {
    const { asked, source } = sourceOf([1, 2, 3, 4, 5])
    const pages = new Query(source).pageSize(2).page(2).pages()
    expect(asked).toHaveLength(1)
    expect(Array.from(pages, ({ current_page, results, next }) => [current_page, results, next])).toEqual([
      [2, [3, 4], 'http://localhost/api/conversations/?page=3&page_size=2'],
      [3, [5], null],
    ])
  })

  test('a query can be run by another store', () => {
    const { store } = sourceOf([1])
    expect(query().device('a').withSource(store).count()).toBe(1)
  })
})

describe('as data', () => {
  test('spec, key and JSON are one', () => {
    const asked = query().device('a').page(2)
    expect(asked.spec).toBe(asked.spec)
    expect(asked.toJSON()).toBe(asked.spec)
    expect(asked.key).toBe(JSON.stringify(asked))
    expect(Query.fromSpec(JSON.parse(asked.key)).key).toBe(asked.key)
  })
})
