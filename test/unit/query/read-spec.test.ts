import { describe, expect, test } from 'vitest'
import { InvalidPageError } from '../../../src/base/errors.ts'
import { Query, query } from '../../../src/index.ts'
import { errorOf, faultsOf } from './faults-of.ts'

const device = { field: 'device', lookup: 'exact', value: 'a' }
const read = (...where: unknown[]) => Query.fromSpec({ where }).spec.where

describe('a spec that comes as data', () => {
  test('becomes canonical', () => {
    const spec = {
      includeDeleted: false,
      lean: true,
      page: 1,
      pageSize: 5,
      orderBy: ['-started_at'],
      where: [
        { lookup: 'in', value: ['b', 'a', 'b'], field: 'name' },
        { value: ['a'], field: 'device', lookup: 'in' },
        { field: 'started_at', lookup: 'gt', value: '2024-1-5 1:00+01:00' },
        { or: [[{ field: 'language', lookup: 'exact', value: 'de' }, device], [device]] },
        { or: [[{ field: 'is_marked', lookup: 'exact', value: true }]] },
      ],
    }
    const asked = query()
      .lean()
      .pageSize(5)
      .where('name', 'in', ['a', 'b'])
      .device('a')
      .where('started_at', 'gt', '2024-01-05T00:00:00Z')
      .or(
        (q) => q.device('a'),
        (q) => q.device('a').language('de'),
      )
      .or((q) => q.marked())
    expect(Query.fromSpec(spec).key).toBe(asked.key)
  })

  test('is what a query is as JSON', () => {
    const asked = query()
      .device('a')
      .not((q) => q.metadata(['a.b'], 1))
      .page('last')
    expect(Query.fromSpec(JSON.parse(JSON.stringify(asked))).spec).toStrictEqual(asked.spec)
    expect(Query.fromSpec(asked.spec).key).toBe(asked.key)
  })
})

describe('is refused, with the place, where it is none', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['spec INVALID_VALUE']],
    ['a list', [device], ['spec INVALID_VALUE']],
    ['a text', '{"where":[]}', ['spec INVALID_VALUE']],
    ['no conditions', {}, ['where INVALID_VALUE']],
    ['no list', { where: device }, ['where INVALID_VALUE']],
    ['an unknown part', { where: [], orderby: ['id'] }, ['orderby UNKNOWN_PARAMETER']],
    ['a part named __proto__', JSON.parse('{"where":[],"__proto__":{}}'), ['__proto__ UNKNOWN_PARAMETER']],
    [
      'bad settings',
      { where: [], orderBy: [], pageSize: 0, lean: 'yes', includeDeleted: null },
      ['orderBy INVALID_VALUE', 'pageSize INVALID_VALUE', 'lean INVALID_VALUE', 'includeDeleted INVALID_VALUE'],
    ],
    ['a bad page among other faults', { where: [5], page: 0 }, ['where[0] INVALID_VALUE']],
    [
      'no conditions in it',
      { where: [null, 5, 'a', [], {}] },
      [
        'where[0] INVALID_VALUE',
        'where[1] INVALID_VALUE',
        'where[2] INVALID_VALUE',
        'where[3] INVALID_VALUE',
        'where[4] INVALID_VALUE',
      ],
    ],
    [
      'parts that are missing or too many',
      {
        where: [
          { field: 'device', lookup: 'exact' },
          { ...device, more: 1 },
          { ...device, or: [[device]] },
          { or: [[device]], not: [device] },
        ],
      },
      ['where[0] INVALID_VALUE', 'where[1] INVALID_VALUE', 'where[2] INVALID_VALUE', 'where[3] INVALID_VALUE'],
    ],
    [
      'unknown fields and lookups',
      {
        where: [
          { ...device, field: 'devise' },
          { ...device, lookup: 'gt' },
          { ...device, field: ['device'] },
          { ...device, lookup: null },
        ],
      },
      [
        'where[0] UNKNOWN_PARAMETER',
        'where[1] UNKNOWN_PARAMETER',
        'where[2] UNKNOWN_PARAMETER',
        'where[3] UNKNOWN_PARAMETER',
      ],
    ],
    [
      'bad values',
      {
        where: [
          { ...device, value: '' },
          { ...device, lookup: 'in', value: 'a' },
          { ...device, field: 'message', lookup: 'icontains', value: '' },
        ],
      },
      ['where[0] INVALID_VALUE', 'where[1] INVALID_VALUE', 'where[2] INVALID_VALUE'],
    ],
    [
      'metadata without a path',
      {
        where: [
          { ...device, field: 'metadata' },
          { ...device, field: 'metadata', path: [] },
          { ...device, field: 'metadata', path: [1] },
          { ...device, field: 'metadata', path: 'a' },
        ],
      },
      ['where[0] INVALID_VALUE', 'where[1] INVALID_VALUE', 'where[2] INVALID_VALUE', 'where[3] INVALID_VALUE'],
    ],
    [
      'a path where none belongs',
      {
        where: [
          { ...device, path: ['a'] },
          { ...device, path: [] },
        ],
      },
      ['where[0] INVALID_VALUE', 'where[1] INVALID_VALUE'],
    ],
    [
      'empty groups',
      { where: [{ or: [] }, { not: [] }, { or: [[device], []] }] },
      ['where[0] EMPTY_GROUP', 'where[1].not EMPTY_GROUP', 'where[2].or[1] EMPTY_GROUP'],
    ],
    [
      'groups that are none',
      { where: [{ or: [device] }, { not: device }, { or: device }] },
      ['where[0].or[0] INVALID_VALUE', 'where[1].not INVALID_VALUE', 'where[2] INVALID_VALUE'],
    ],
    [
      'deep inside',
      { where: [{ not: [{ or: [[device], [{ ...device, value: 5 }]] }] }] },
      ['where[0].not[0].or[1][0] INVALID_VALUE'],
    ],
  ])('%s', (_, spec, faults) => {
    expect(faultsOf(() => Query.fromSpec(spec))).toEqual(faults)
  })

  test('a bad page alone is an invalid page', () => {
    for (const page of [0, -1, 1.5, '2', true])
      expect(() => Query.fromSpec({ where: [], page })).toThrow(InvalidPageError)
  })

  test('what inherits a part has none of it', () => {
    expect(faultsOf(() => read(Object.create(device)))).toEqual(['where[0] INVALID_VALUE'])
    expect(faultsOf(() => read(new Array(1)))).toEqual(['where[0] INVALID_VALUE'])
    expect(faultsOf(() => Query.fromSpec({ where: new Array(1) }))).toEqual(['where[0] INVALID_VALUE'])
  })

  test('or and not stand 100 deep in each other, and no deeper', () => {
    const nested = (depth: number): object => (depth === 0 ? device : { not: [nested(depth - 1)] })
    expect(read(nested(100))).toHaveLength(1)
    expect(faultsOf(() => read(nested(101)))).toEqual([expect.stringMatching(/not\[0\] INVALID_VALUE$/)])
  })

  test('a part that is undefined is left out', () => {
    expect(Query.fromSpec({ where: [], page: undefined, lean: undefined } as never).spec).toStrictEqual({ where: [] })
  })

  test('null is no spec', () => {
    expect(faultsOf(() => Query.fromSpec(null as never))).toEqual(['spec INVALID_VALUE'])
  })

  test('a condition on metadata has four keys', () => {
    const exact = { field: 'metadata', path: ['a'], lookup: 'exact', value: 1 }
    expect(read(exact)).toStrictEqual([exact])
    expect(faultsOf(() => read({ ...exact, more: 1 }))).toEqual(['where[0] INVALID_VALUE'])
  })

  test('a cycle is nesting without end', () => {
    const cycle: { not: unknown[] } = { not: [] }
    cycle.not.push(cycle)
    expect(errorOf(() => read(cycle))).toMatchObject({
      code: 'INVALID_VALUE',
      message: expect.stringContaining('100 deep'),
    })
  })
})
