import { describe, expect, test } from 'vitest'
import { InvalidPageError } from '../../../src/base/errors.ts'
import { type AnyConversation, Query, query } from '../../../src/index.ts'
import type { JsonObject } from '../../../src/row/conversation.ts'
import { errorOf, faultsOf } from '../query/faults-of.ts'

const key = (object: object) => Query.fromObject(object).key

describe('an object asks by the rules of code', () => {
  test.each<[object, Query<JsonObject, AnyConversation>]>([
    [{}, query()],
    [{ device: 'a' }, query().device('a')],
    [{ device: ['b', 'a'] }, query().device('a', 'b')],
    [{ device: [] }, query().device([])],
    [{ device: ' a ' }, query().device(' a ')],
    [{ env: 'prod' }, query().environment('production')],
    [{ env: ['prod', 'staging'] }, query().environment('production', 'staging')],
    [{ name: '' }, query()],
    [{ search: '' }, query()],
    [{ name: 'a' }, query().name('a')],
    [{ is_marked: false }, query().marked(false)],
    [{ message_sender: 'agent' }, query().message({ sender: 'agent' })],
    [{ message_sender: 'agent', message_contains: ' x' }, query().messageContains(' x', { sender: 'agent' })],
    [{ message_sender: 'agent', message_contains: '' }, query().message({ sender: 'agent' })],
    [{ message_sender: undefined, message_contains: 'x' }, query().messageContains('x')],
    [{ started_at_after: new Date(0), started_at_before: 1 }, query().startedAfter(0).startedBefore(1)],
    [{ action_name: 'a', action_name__exact: ['b', 'c'] }, query().actionContains('a').action('b', 'c')],
    [
      { device__in: ['a', 'b'], id__gte: 1.5, ended_at__isnull: true },
      query().device('a', 'b').where('id', 'gte', 1.5).where('ended_at', 'isnull', true),
    ],
    [
      {
        device: undefined,
        page: undefined,
        metadata: undefined,
        where: undefined,
        full: undefined,
        metadata_key: undefined,
        metadata_value: undefined,
      },
      query(),
    ],
    [{ metadata: { 'a.b': 1, c: '2', d: null } }, query().metadata('a.b', 1).metadata('c', '2').metadata('d', null)],
    [{ metadata: 'a.b:1,c:"2"' }, query().metadata('a.b', 1).metadata('c', '2')],
    [{ metadata_key: 'a', metadata_value: '1' }, query().metadata('a', '1')],
    [{ where: [{ not: [{ field: 'device', lookup: 'exact', value: 'a' }] }] }, query().not((q) => q.device('a'))],
    [{ where: '[{"field":"device","lookup":"exact","value":"a"}]' }, query().device('a')],
    [
      { page: 2, page_size: 5, ordering: 'id,-language', full: false, include_deleted: true },
      query().page(2).pageSize(5).orderBy('id', '-language').lean().includeDeleted(),
    ],
    [{ page: 'last', ordering: ['id'], full: true, include_deleted: false }, query().page('last').orderBy('id')],
  ])('%o', (object, asked) => {
    expect(key(object)).toBe(asked.key)
  })
})

describe('and nothing is passed over', () => {
  test.each<[object, string]>([
    [{ device: null }, 'device INVALID_VALUE'],
    [{ device: '' }, 'device INVALID_VALUE'],
    [{ device: ['a', undefined] }, 'device INVALID_VALUE'],
    [{ env: '' }, 'env INVALID_VALUE'],
    [{ name: null }, 'name INVALID_VALUE'],
    [{ message_sender: '' }, 'message_sender INVALID_VALUE'],
    [{ message_sender: 'user', message_contains: 'x' }, 'message_sender INVALID_VALUE'],
    [{ message_sender: ['agent'] }, 'message_sender INVALID_VALUE'],
    [{ message_sender: 'agent', message_contains: null }, 'message_contains INVALID_VALUE'],
    [{ customer_ip_address: ['a', 'b'] }, 'customer_ip_address INVALID_VALUE'],
    [{ is_marked: 'true' }, 'is_marked INVALID_VALUE'],
    [{ started_at_after: '' }, 'started_at_after INVALID_VALUE'],
    [{ device__in: 'a,b' }, 'device__in INVALID_VALUE'],
    [{ device__exact: ['a'] }, 'device__exact INVALID_VALUE'],
    [{ id__exact: '5' }, 'id__exact INVALID_VALUE'],
    [{ metadata: {} }, 'metadata INVALID_VALUE'],
    [{ metadata: null }, 'metadata INVALID_VALUE'],
    [{ metadata: ' ' }, 'metadata INVALID_VALUE'],
    [{ metadata: ['a:1'] }, 'metadata INVALID_VALUE'],
    [{ metadata: { tenant: undefined } }, 'metadata INVALID_VALUE'],
    [{ metadata: { a: { b: 1 } } }, 'metadata INVALID_VALUE'],
    [{ metadata_key: 'a' }, 'metadata_value INVALID_VALUE'],
    [{ metadata_value: 'a' }, 'metadata_value INVALID_VALUE'],
    [{ where: null }, 'where INVALID_VALUE'],
    [{ where: '' }, 'where INVALID_VALUE'],
    [{ where: [{ not: [] }] }, 'where EMPTY_GROUP'],
    [{ page: '2' }, 'page INVALID_PAGE'],
    [{ page: null }, 'page INVALID_VALUE'],
    [{ page_size: '5' }, 'page_size INVALID_VALUE'],
    [{ page_size: 0 }, 'page_size INVALID_VALUE'],
    [{ ordering: 'nonsense' }, 'ordering INVALID_VALUE'],
    [{ ordering: [] }, 'ordering INVALID_VALUE'],
    [{ full: 'false' }, 'full INVALID_VALUE'],
    [{ include_deleted: 1 }, 'include_deleted INVALID_VALUE'],
    [{ devcie: 'a' }, 'devcie UNKNOWN_PARAMETER'],
    [{ devcie: undefined }, 'devcie UNKNOWN_PARAMETER'],
    [{ startedWithin: { days: 7 } }, 'startedWithin UNKNOWN_PARAMETER'],
    [JSON.parse('{"__proto__": 1}'), '__proto__ UNKNOWN_PARAMETER'],
    [{ constructor: 1 }, 'constructor UNKNOWN_PARAMETER'],
  ])('%o', (object, fault) => {
    expect(faultsOf(() => Query.fromObject(object))).toEqual([fault])
  })

  test('all faults are reported together, before an invalid page', () => {
    expect(
      faultsOf(() => Query.fromObject({ page: 0, device: null, custmer_id: 'a', metadata: {} } as object)),
    ).toEqual(['device INVALID_VALUE', 'custmer_id UNKNOWN_PARAMETER', 'metadata INVALID_VALUE'])
    expect(() => Query.fromObject({ page: 0, device: 'a' })).toThrow(InvalidPageError)
    expect(errorOf(() => Query.fromObject({ custmer_id: 'a' } as object)).message).toContain(
      'Did you mean "customer_id"?',
    )
  })

  test('what is no plain object asks for nothing by accident', () => {
    for (const value of [
      null,
      undefined,
      5,
      'device=a',
      [],
      new Map([['device', 'a']]),
      new URLSearchParams('device=a'),
      () => 1,
    ]) {
      expect(faultsOf(() => Query.fromObject(value as never))).toEqual(['params INVALID_VALUE'])
    }
  })
})
