import { describe, expect, test } from 'vitest'
import { InvalidPageError, InvalidQueryError } from '../../../src/base/errors.ts'
import { type AnyConversation, Query, query } from '../../../src/index.ts'
import { COMPARISONS, FILTERS, PARAMETER_NAMES } from '../../../src/query/filters.ts'
import type { JsonObject } from '../../../src/row/conversation.ts'
import { type ReadOptions, readParams, writeParams } from '../../../src/wire/params.ts'
import { errorOf, faultsOf } from '../query/faults-of.ts'

const is = (field: string, lookup: string, value: unknown) => ({ field, lookup, value })
const exact = (field: string, value: unknown) => is(field, 'exact', value)
const metadata = (path: string[], value: unknown) => ({ field: 'metadata', path, lookup: 'exact', value })
type AnyQuery = Query<JsonObject, AnyConversation>

const read = (params: string, options?: ReadOptions) => readParams(params, options).spec
const where = (params: string, options?: ReadOptions) => read(params, options).where
const written = (asked: AnyQuery) => decodeURIComponent(String(asked.toSearchParams()).replaceAll('+', ' '))

describe('every parameter reads as its condition', () => {
  test.each<[string, object]>([
    ['conversation_id=c', exact('conversation_id', 'c')],
    ['customer_id=c', exact('customer_id', 'c')],
    ['name=Refund', is('name', 'icontains', 'Refund')],
    ['device=mobile', exact('device', 'mobile')],
    ['device=a,b', exact('device', 'a,b')],
    ['language=de', exact('language', 'de')],
    ['environment=production', exact('environment', 'production')],
    ['environment=prod', exact('environment', 'production')],
    ['env=dev', exact('environment', 'development')],
    ['environment__exact=prod', exact('environment', 'prod')],
    ['customer_ip_address=10.0.0.1', exact('customer_ip_address', '10.0.0.1')],
    ['is_marked=true', exact('is_marked', true)],
    ['is_marked=FALSE', exact('is_marked', false)],
    ['is_marked=1', exact('is_marked', true)],
    ['is_used=false', exact('is_used', false)],
    ['is_marked=0', exact('is_marked', false)],
    ['started_at_after=2024-1-5', is('started_at', 'gte', '2024-01-05T00:00:00Z')],
    ['started_at_before=2024-01-15T11:30%2B01:00', is('started_at', 'lte', '2024-01-15T10:30:00Z')],
    ['has_messages=true', exact('has_messages', true)],
    ['message_contains=money+back', is('message', 'icontains', 'money back')],
    ['action_name=look', is('action_name', 'icontains', 'look')],
    ['action_name__exact=look', exact('action_name', 'look')],
    ['has_action=false', exact('has_action', false)],
    ['has_feedback=true', exact('has_feedback', true)],
    ['feedback_sentiment=negative', exact('feedback_sentiment', 'negative')],
    ['feedback_source=platform', exact('feedback_source', 'platform')],
    ['message_sender=agent', exact('message_sender', 'agent')],
    ['message_contains=x&message_sender=agent', is('message', 'matches', { contains: ['x'], sender: 'agent' })],
    ['search=a+%22b+c%22', is('search', 'icontains', 'a "b c"')],
    ['metadata=a.b:1', metadata(['a', 'b'], 1)],
    ['metadata_key=a.b&metadata_value=x:y,z', metadata(['a', 'b'], 'x:y,z')],
    ['device__in=b,+a+,,b', is('device', 'in', ['a', 'b'])],
    ['device__in=a', exact('device', 'a')],
    ['device__isnull=true', is('device', 'isnull', true)],
    ['name__istartswith=re', is('name', 'istartswith', 're')],
    ['started_at__gt=2024-01-15', is('started_at', 'gt', '2024-01-15T00:00:00Z')],
    ['ended_at__isnull=false', is('ended_at', 'isnull', false)],
    ['id__in=3,1,2', is('id', 'in', [1, 2, 3])],
    ['id__gte=1.5', is('id', 'gte', 1.5)],
    ['where=[{"field":"is_marked","lookup":"exact","value":true}]', exact('is_marked', true)],
  ])('%s', (params, condition) => {
    expect(read(params)).toStrictEqual({ where: [condition] })
  })

  test('and every FIELD__LOOKUP is one', () => {
    const numbers = ['id', 'message_count', 'action_count', 'feedback_count', 'attachment_count', 'duration']
    const values: Record<string, string> = {
      ...{ isnull: 'true', started_at: '2024-01-15', ended_at: '2024-01-15' },
      ...Object.fromEntries(numbers.map((field) => [field, '1'])),
    }
    let count = 0
    for (const [field, lookups] of Object.entries(COMPARISONS)) {
      if (field === 'metadata') continue
      for (const lookup of Object.keys(lookups)) {
        const value = values[lookup] ?? values[field] ?? 'a'
        const [condition] = where(`${field}__${lookup}=${value}`, { strict: true })
        expect(condition).toMatchObject({ field, lookup: lookup === 'in' ? 'exact' : lookup })
        count++
      }
    }
    expect(count).toBe(8 * 8 + 2 * 5 + 6 * 6 + 1)
  })

  test('metadata is in no FIELD__LOOKUP', () => {
    expect(PARAMETER_NAMES).not.toContain('metadata__exact')
    expect(PARAMETER_NAMES).not.toContain('feedback')
  })
})

describe('settings', () => {
  test.each<[string, object]>([
    ['include_deleted=true', { includeDeleted: true }],
    ['include_deleted=false', {}],
    ['full=false', { lean: true }],
    ['full=true', {}],
    ['page=2', { page: 2 }],
    ['page=1', {}],
    ['page=01', {}],
    ['page=', {}],
    ['page= 3 ', { page: 3 }],
    ['page=last', { page: 'last' }],
    [`page=${'9'.repeat(400)}`, { page: Number.MAX_SAFE_INTEGER }],
    ['page_size=25', { pageSize: 25 }],
    ['page_size=1000', { pageSize: 1000 }],
    ['page_size=0', {}],
    ['page_size=-5', {}],
    ['page_size=abc', {}],
    ['page_size=1.5', {}],
    ['page_size=9007199254740993', { pageSize: Number.MAX_SAFE_INTEGER }],
    ['ordering=id,-language', { orderBy: ['id', '-language'] }],
    ['ordering= id , nonsense,--id,,', { orderBy: ['id'] }],
    ['ordering=nonsense', {}],
    ['ordering=-started_at', {}],
    ['ordering=started_at', { orderBy: ['started_at'] }],
  ])('%s', (params, settings) => {
    expect(read(params)).toStrictEqual({ where: [], ...settings })
  })
})

describe('nothing given on the wire', () => {
  test.each([
    '',
    '?',
    'device=',
    'device=+%09',
    'is_marked=',
    'started_at_after=',
    'name=',
    'device__in=,+,',
    'id__in=,',
    'metadata=',
    'where=',
    'ordering=',
    'unknown=1',
    'metadata_key=a',
    'metadata_value=a',
    'metadata_key=a&metadata_value=',
    'metadata_key=&metadata_value=a',
    'where=[]',
    'page_size=',
  ])('%s asks for everything', (params) => {
    expect(read(params)).toStrictEqual({ where: [] })
  })

  test('values are trimmed', () => {
    expect(where('device=%20mobile%0A')).toStrictEqual([exact('device', 'mobile')])
    expect(where('device=%EF%BB%BFa%C2%A0')).toStrictEqual([exact('device', 'a')])
  })

  test('the last of a repeated parameter counts', () => {
    expect(where('device=a&device=b')).toStrictEqual([exact('device', 'b')])
    expect(where('device=a&device=')).toStrictEqual([])
    expect(where('is_marked=maybe&is_marked=1')).toStrictEqual([exact('is_marked', true)])
  })

  test('env and environment must both hold', () => {
    expect(where('env=prod&environment=dev')).toStrictEqual([
      exact('environment', 'development'),
      exact('environment', 'production'),
    ])
    expect(where('env=prod&environment=production')).toStrictEqual([exact('environment', 'production')])
  })

  test('a bare plus is a space, so a time with one is an error', () => {
    expect(faultsOf(() => read('started_at_after=2024-01-15T10:30+01:00'))).toEqual(['started_at_after INVALID_VALUE'])
  })
})

describe('where a text comes from', () => {
  const { spec } = query().device('a').page(2)
  test.each([
    'device=a&page=2',
    '?device=a&page=2',
    'https://example.com/api/conversations/?device=a&page=2',
    'https://example.com/api?device=a&page=2#device=b',
    '/api/conversations/?device=a&page=2',
    'conversations?device=a&page=2',
    '//host?device=a&page=2',
  ])('%s', (text) => {
    expect(read(text)).toStrictEqual(spec)
  })

  test('an address without a query asks for everything', () => {
    for (const text of ['https://example.com/api/conversations/', '/device=a', 'http://x/#?device=a'])
      expect(read(text)).toStrictEqual({ where: [] })
  })

  test('a question mark and a hash in a value are text', () => {
    expect(where('name=why?&device=a#b')).toStrictEqual([exact('device', 'a#b'), is('name', 'icontains', 'why?')])
    expect(where('?name=a?b')).toStrictEqual([is('name', 'icontains', 'a?b')])
  })

  test('or from URLSearchParams, pairs and maps', () => {
    expect(readParams(new URLSearchParams('device=a&page=2')).spec).toStrictEqual(spec)
    expect(
      readParams([
        ['device', 'a'],
        ['page', '2'],
      ]).spec,
    ).toStrictEqual(spec)
    expect(
      readParams(
        new Map([
          ['device', 'a'],
          ['page', '2'],
        ]),
      ).spec,
    ).toStrictEqual(spec)
  })

  test('and from nothing else', () => {
    for (const params of [
      undefined,
      null,
      5,
      {},
      ['device=a'],
      [['device', 5]],
      [['a', 'b', 'c']],
      new Map([['device', null]]),
    ]) {
      expect(faultsOf(() => readParams(params as never))).toEqual(['params INVALID_VALUE'])
    }
  })

  test('what was given is kept', () => {
    expect(readParams('?b=1&a=&b=+2').given).toEqual([
      ['b', '1'],
      ['a', ''],
      ['b', ' 2'],
    ])
  })
})

describe('metadata', () => {
  test.each<[string, object[]]>([
    ['a:1,b:2', [metadata(['a'], 1), metadata(['b'], 2)]],
    [' a : x , b.c : y ', [metadata(['a'], 'x'), metadata(['b', 'c'], 'y')]],
    ['a:true,b:false,c:null', [metadata(['a'], true), metadata(['b'], false), metadata(['c'], null)]],
    ['a:True', [metadata(['a'], 'True')]],
    ['a:1.0', [metadata(['a'], 1)]],
    ['a:-0', [metadata(['a'], 0)]],
    ['a:1e3', [metadata(['a'], 1000)]],
    ['a:01', [metadata(['a'], '01')]],
    ['a:.5', [metadata(['a'], '.5')]],
    ['a:"1"', [metadata(['a'], '1')]],
    ['a:""', [metadata(['a'], '')]],
    ['a:', [metadata(['a'], '')]],
    ['a:"', [metadata(['a'], '"')]],
    ['a:"x', [metadata(['a'], '"x')]],
    ['a:" x "', [metadata(['a'], ' x ')]],
    ['a:b:c', [metadata(['a'], 'b:c')]],
    [':v', [metadata([''], 'v')]],
    ['a..b:v', [metadata(['a', '', 'b'], 'v')]],
    ['__proto__:v', [metadata(['__proto__'], 'v')]],
    ['a:1,a:1', [metadata(['a'], 1)]],
    ['a:1,a:2', [metadata(['a'], 1), metadata(['a'], 2)]],
    ['"gen_ai.request.model":m-1', [metadata(['gen_ai.request.model'], 'm-1')]],
    [' "a.b" : x , c."d.e".f:1', [metadata(['a.b'], 'x'), metadata(['c', 'd.e', 'f'], 1)]],
    ['"":v,a.:w', [metadata([''], 'v'), metadata(['a', ''], 'w')]],
    ['" a ":v', [metadata([' a '], 'v')]],
    ['a"b.c":v', [metadata(['a"b', 'c"'], 'v')]],
  ])('%s', (text, conditions) => {
    expect(readParams([['metadata', text]]).spec.where).toStrictEqual(conditions)
  })

  test.each([
    ...['a', 'a:1,', ',a:1', 'a:1,b', ',', 'a:"x,y"', 'a:1e999'],
    ...['"a:1', '"a.b:1', 'a."b:1', '"a"b:1', '"a" .b:1', '""a:1', '"a:b":1', '"a,b":1'],
  ])('%s is an error', (text) => {
    expect(faultsOf(() => readParams([['metadata', text]]))).toEqual(['metadata INVALID_VALUE'])
  })

  test('one key and value of their own', () => {
    const pair = (key: string, value: string) =>
      readParams([
        ['metadata_key', key],
        ['metadata_value', value],
      ]).spec.where
    expect(pair('a:b,c', 'true')).toStrictEqual([metadata(['a:b,c'], true)])
    expect(pair(' a.b ', ' "1" ')).toStrictEqual([metadata(['a', 'b'], '1')])
    expect(pair(' x."a.b:,c" ', '1')).toStrictEqual([metadata(['x', 'a.b:,c'], 1)])
    expect(faultsOf(() => pair('a', '1e999'))).toEqual(['metadata_value INVALID_VALUE'])
    expect(faultsOf(() => pair('"a', '1'))).toEqual(['metadata_key INVALID_VALUE'])
    expect(faultsOf(() => pair('"a"b', '1e999'))).toEqual([
      'metadata_key INVALID_VALUE',
      'metadata_value INVALID_VALUE',
    ])
    expect(pair('"a', '')).toStrictEqual([])
  })
})

describe('numbers of ids', () => {
  test.each<[string, string, unknown]>([
    ['exact', '5', 5],
    ['exact', '+5', 5],
    ['exact', '-5', -5],
    ['exact', '007', 7],
    ['exact', '5.0', 5],
    ['exact', '5.50', 5.5],
    ['exact', '-0', 0],
    ['exact', '1.00000000000000000001', 0.5],
    ['gte', '1.00000000000000000001', 2],
    ['lt', '1.00000000000000000001', 2],
    ['gt', '1.00000000000000000001', 1],
    ['lte', '1.00000000000000000001', 1],
    ['gte', '9007199254740990.75', 9007199254740991],
    ['exact', '9007199254740993', 2 ** 53],
    ['lte', '9'.repeat(400), 2 ** 53],
    ['gte', `-${'9'.repeat(400)}`, -(2 ** 53)],
    ['gte', `0.${'0'.repeat(400)}1`, 1],
    ['gt', `-${'9'.repeat(400)}.5`, -(2 ** 53)],
    ['gt', `-0.${'0'.repeat(400)}1`, 0],
  ])('%s %s', (lookup, text, value) => {
    expect(where(`id__${lookup}=${encodeURIComponent(text)}`)).toStrictEqual([is('id', lookup, value)])
  })

  test.each(['abc', '1e3', '0x10', '.5', '5.', '1_000', '١', '1.2.3', '1.5.0', '--1', 'NaN', 'Infinity'])(
    '%s is none',
    (text) => {
      expect(errorOf(() => read(`id__exact=${text}`)).toJSON()).toEqual({ id__exact: ['Enter a number.'] })
      expect(errorOf(() => read(`id__in=1,${text}`)).toJSON()).toEqual({ id__in: ['Enter a number.'] })
    },
  )
})

describe('numbers of a row', () => {
  test.each<[string, string, unknown]>([
    ['gt', '0.99999999999999999999', 0],
    ['gte', '0.99999999999999999999', 1],
    ['exact', '2.00000000000000000001', 0.5],
    ['lt', '007', 7],
    ['lte', '-1.5', -1.5],
  ])('a count is compared as an id is: %s %s', (lookup, text, value) => {
    expect(where(`action_count__${lookup}=${text}`)).toStrictEqual([is('action_count', lookup, value)])
  })

  test.each<[string, string, unknown]>([
    ['exact', '1.5', 1.5],
    ['exact', '0.999999', 0.999999],
    ['exact', '2.00000000000000000001', 2],
    ['gt', '-0.000001', -0.000001],
    ['gt', '-0', 0],
    ['lte', '315537897599.999999', 315_537_897_600],
    ['lt', '9'.repeat(400), 2 ** 53],
    ['gt', `-${'9'.repeat(400)}`, -(2 ** 53)],
  ])('a duration is read as the nearest double: %s %s', (lookup, text, value) => {
    expect(where(`duration__${lookup}=${text}`)).toStrictEqual([is('duration', lookup, value)])
  })

  test('several, and null', () => {
    expect(where('message_count__in=3,1,,3')).toStrictEqual([is('message_count', 'in', [1, 3])])
    expect(where('duration__in=0.5')).toStrictEqual([is('duration', 'exact', 0.5)])
    expect(where('duration__in=,')).toStrictEqual([])
    expect(where('duration__isnull=1')).toStrictEqual([is('duration', 'isnull', true)])
  })

  test.each(['x', '1e3', '.5', 'NaN', 'Infinity', '0x1'])('%s is none', (text) => {
    for (const name of ['message_count__gt', 'duration__gt', 'duration__in', 'attachment_count__exact'])
      expect(errorOf(() => read(`${name}=${text}`)).toJSON()).toEqual({ [name]: ['Enter a number.'] })
  })

  test('null is asked of a duration alone, and a number alone is no parameter', () => {
    for (const name of ['message_count__isnull', 'duration', 'duration__contains', 'action_count__icontains'])
      expect(errorOf(() => where(`${name}=1`, { strict: true })).faults[0]).toMatchObject({ code: 'UNKNOWN_PARAMETER' })
    expect(errorOf(() => read('duration__isnull=maybe')).toJSON()).toEqual({
      duration__isnull: ['Enter a valid boolean.'],
    })
  })

  test('the hosted API has none of it', () => {
    const spec = read('duration__gte=60&message_count__lt=5&ordering=-duration,id')
    expect(String(Query.fromSpec(spec).toSearchParams())).toBe(
      'duration__gte=60&message_count__lt=5&ordering=-duration%2Cid',
    )
    const error = errorOf(() => Query.fromSpec(spec).toSearchParams({ hosted: true }))
    expect(error.faults.map(({ code, parameter }) => [code, parameter])).toEqual([
      ['NOT_ON_THE_WIRE', 'duration'],
      ['NOT_ON_THE_WIRE', 'message_count'],
      ['NOT_ON_THE_WIRE', 'ordering'],
    ])
  })
})

describe('errors', () => {
  test('are in the words of the HTTP API, all together', () => {
    const error = errorOf(() =>
      read(
        'started_at_after=yesterday&feedback_sentiment=meh&is_marked=maybe&id__gt=x&env=staging&environment=test&full=no',
      ),
    )
    expect(error).toBeInstanceOf(InvalidQueryError)
    expect({ ...error.toJSON() }).toEqual({
      started_at_after: ['Enter a valid date/time.'],
      feedback_sentiment: ['Select a valid choice. meh is not one of the available choices.'],
      is_marked: ['Enter a valid boolean.'],
      id__gt: ['Enter a number.'],
      env: ['Select a valid choice. staging is not one of the available choices.'],
      environment: ['Select a valid choice. test is not one of the available choices.'],
      full: ['Enter a valid boolean.'],
    })
    expect(error.faults[1]).toEqual({
      parameter: 'feedback_sentiment',
      value: 'meh',
      code: 'INVALID_VALUE',
      message: 'feedback_sentiment: expected one of positive, neutral, negative, got "meh".',
      wire: 'Select a valid choice. meh is not one of the available choices.',
    })
    expect(errorOf(() => read('feedback_source=custmer')).message).toContain('Did you mean "customer"?')
    expect(errorOf(() => read('env=produktion')).message).toContain('Did you mean "production"?')
  })

  test('come before an invalid page', () => {
    expect(faultsOf(() => read('page=0&is_marked=x'))).toEqual(['is_marked INVALID_VALUE'])
    for (const page of ['0', '-1', '%2B2', 'abc', '1.5', '1e3', '٣', '00']) {
      const error = errorOf(() => read(`page=${page}`))
      expect(error).toBeInstanceOf(InvalidPageError)
      expect(error.toJSON()).toEqual({ detail: 'Invalid page.' })
    }
  })

  test('name what a strict reader does not know', () => {
    const error = errorOf(() => read('?__proto__=1&devcie=a&device=b&startedAfter=2024-01-15&empty=', { strict: true }))
    expect(error.faults.map(({ parameter, code }) => [parameter, code])).toEqual(
      ['__proto__', 'devcie', 'startedAfter', 'empty'].map((name) => [name, 'UNKNOWN_PARAMETER']),
    )
    expect(error.message).toContain('Did you mean "device"?')
    expect(error.message).toContain('Did you mean "started_at_after"?')
    expect(Object.keys(error.toJSON())).toContain('__proto__')
    expect(Object.getPrototypeOf(error.toJSON())).toBeNull()
  })

  test('further environments may be known', () => {
    const options = { environments: ['staging'] }
    expect(where('environment=staging', options)).toStrictEqual([exact('environment', 'staging')])
    expect(where('env=prod', options)).toStrictEqual([exact('environment', 'production')])
    expect(faultsOf(() => read('env=stagin', options))).toEqual(['env INVALID_VALUE'])
  })

  test('in where say the place, under the name of the parameter', () => {
    const bad = (list: unknown) =>
      errorOf(() => readParams([['where', typeof list === 'string' ? list : JSON.stringify(list)]]))
    expect(bad('{').faults).toMatchObject([{ parameter: 'where', code: 'INVALID_VALUE' }])
    expect(bad({}).faults).toMatchObject([{ parameter: 'where', code: 'INVALID_VALUE' }])
    expect(bad([{ or: [[exact('device', 'a')], [exact('device', 5)]] }]).message).toMatch(
      /^where\[0\]\.or\[1\]\[0\]: expected a non-empty string/,
    )
    expect(bad([{ not: [] }, { or: [] }, { or: [[]] }]).faults.map(({ code }) => code)).toEqual([
      'EMPTY_GROUP',
      'EMPTY_GROUP',
      'EMPTY_GROUP',
    ])
    expect(bad([exact('devcie', 'a')]).faults).toMatchObject([{ parameter: 'where', code: 'UNKNOWN_PARAMETER' }])
  })

  test('hostile depth is refused, not followed', () => {
    const nested = (depth: number) =>
      `${'[{"not":'.repeat(depth)}[${JSON.stringify(exact('device', 'a'))}]${'}]'.repeat(depth)}`
    expect(readParams([['where', nested(100)]]).spec.where).toHaveLength(1)
    expect(faultsOf(() => readParams([['where', nested(101)]]))).toEqual(['where INVALID_VALUE'])
    expect(faultsOf(() => readParams([['where', nested(200_000)]]))).toEqual(['where INVALID_VALUE'])
    expect(faultsOf(() => readParams([['where', '['.repeat(200_000)]]))).toEqual(['where INVALID_VALUE'])
  })

  test('hostile length is read', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => exact('device', `${i % 5}`))
    expect(readParams([['where', JSON.stringify(many)]]).spec.where).toHaveLength(5)
    expect(readParams([['ordering', 'id,-language,'.repeat(100_000)]]).spec.orderBy).toEqual(['id', '-language'])
    expect(readParams([['metadata', `${'a:1,'.repeat(100_000)}a:2`]]).spec.where).toHaveLength(2)
    expect(errorOf(() => readParams([['where', JSON.stringify(Array(20_000).fill(5))]])).faults).toHaveLength(20_000)
  })
})

describe('writing', () => {
  test.each<[string, AnyQuery, string]>([
    [
      'own parameters',
      query().device('a').name('b').marked(false).startedAfter('2024-01-15').action('c'),
      'action_name__exact=c&device=a&is_marked=false&name=b&started_at_after=2024-01-15T00:00:00Z',
    ],
    ['several values', query().device('a', 'b'), 'device__in=a,b'],
    ['a parameter said twice', query().device('a').device('b'), 'device=a&device__exact=b'],
    ['environments', query().environment('prod'), 'environment=production'],
    ['other environments', query().environment('staging'), 'environment__exact=staging'],
    [
      'settings',
      query().page(2).pageSize(5).orderBy('id', '-language').lean().includeDeleted(),
      'full=false&include_deleted=true&ordering=id,-language&page=2&page_size=5',
    ],
    ['the last page', query().page('last'), 'page=last'],
    ['metadata', query().metadata('a.b', 1).metadata('c', 'x').metadata('d', null), 'metadata=a.b:1,c:x,d:null'],
    [
      'texts that look like numbers',
      query().metadata('a', '1').metadata('b', 'true').metadata('c', '"x"'),
      'metadata=a:"1",b:"true",c:""x""',
    ],
    [
      'one pair with a comma',
      query().metadata('a', 'x,y').metadata('b', 1),
      'metadata=b:1&metadata_key=a&metadata_value=x,y',
    ],
    ['a dotted key', query().metadata(['a.b', 'c'], 1), 'metadata="a.b".c:1'],
    ['a dotted key with a comma', query().metadata(['a.b,c'], 1), 'metadata_key="a.b,c"&metadata_value=1'],
    ['a key with spaces at its ends', query().metadata([' a'], 1), 'metadata=" a":1'],
    ['the empty key', query().metadata([''], 1), 'metadata="":1'],
    ['a key with a colon', query().metadata('a:b', '1'), 'metadata_key=a:b&metadata_value="1"'],
    ['nothing', query(), ''],
    ['a sender', query().message({ sender: 'agent' }), 'message_sender=agent'],
    ['one string of a message', query().message({ contains: 'a b' }), 'message_contains=a b'],
    [
      'a string and its sender',
      query().messageContains('a b', { sender: 'end_user' }),
      'message_contains=a b&message_sender=end_user',
    ],
    ['the name of a run', query().action({ name: ['b', 'a'] }), 'action_name__in=a,b'],
    [
      'a sender beside another string: message_sender would restrict that one',
      query().messageContains('a').message({ sender: 'agent' }),
      'message_contains=a&where=[{"field":"message_sender","lookup":"exact","value":"agent"}]',
    ],
    [
      'two strings with senders',
      query().messageContains('a', { sender: 'agent' }).messageContains('b', { sender: 'agent' }),
      'message_contains=a&message_sender=agent&where=[{"field":"message","lookup":"matches","value":{"contains":["b"],"sender":"agent"}}]',
    ],
    ['a value with spaces inside', query().device('a b'), 'device=a b'],
  ])('%s', (_, asked, params) => {
    expect(written(asked)).toBe(params)
    expect(Query.fromSearchParams(String(asked.toSearchParams())).key).toBe(asked.key)
  })

  test.each<[string, AnyQuery]>([
    ['spaces at the ends', query().device(' a')],
    ['a comma in a list', query().device('a,b', 'c')],
    ['spaces in a list', query().device('a ', 'c')],
    ['nothing in a list', query().device([])],
    ['lone surrogates', query().device('\ud83d')],
    ['lone surrogates in metadata', query().metadata('\udc00', 'a').metadata('a', '\ud83d')],
    ['a third value', query().device('a').device('b').device('c')],
    ['a second text with a comma', query().metadata('a', 'x,y').metadata('b', 'x,y')],
    ['a key that begins with a quote', query().metadata(['"a'], 1).metadata(['a"b.c'], 1)],
    [
      'metadata lookups',
      query().where('metadata.a', 'gt', 1).where('metadata.a', 'exists', true).where('metadata.a', 'in', [1, 2]),
    ],
    ['numbers that are no decimals', query().where('id', 'lt', 1e21).where('id', 'gt', 1e-7)],
    ['one feedback', query().feedback({ sentiment: 'positive', source: 'customer' })],
    ['several strings of one message', query().message({ contains: ['a', 'b'] })],
    ['a string with spaces at its ends, of a sender', query().messageContains(' a', { sender: 'agent' })],
    ['half of a pair, of a sender', query().messageContains('\ud83d', { sender: 'agent' })],
    ['attachments', query().message({ hasAttachments: true })],
    ['a string with attachments', query().message({ contains: 'a', hasAttachments: true, sender: 'agent' })],
    ['no strings', query().message({ contains: [], sender: 'agent' })],
    ['a run', query().action({ failed: true, name: 'a', input: 'x', longerThan: 1.5 })],
    ['a failure', query().action({ failed: false })],
    [
      'or',
      query().or(
        (q) => q.device('a'),
        (q) => q.device('b'),
      ),
    ],
    ['not', query().not((q) => q.device('a'))],
    ['a second search', query().search('a').search('b')],
  ])('what the wire cannot say travels in where: %s', (_, asked) => {
    const params = new Map(writeParams(asked.spec))
    expect(JSON.parse(params.get('where')!).length).toBeGreaterThan(0)
    const text = String(asked.toSearchParams())
    expect(Query.fromSearchParams(text).key).toBe(asked.key)
    expect(errorOf(() => asked.toSearchParams({ hosted: true }))).toMatchObject({
      code: 'NOT_ON_THE_WIRE',
      name: 'InvalidQueryError',
    })
  })

  test('where is joined with the parameters beside it', () => {
    const asked = query()
      .device('a')
      .not((q) => q.marked())
    expect(written(asked)).toBe('device=a&where=[{"not":[{"field":"is_marked","lookup":"exact","value":true}]}]')
    const both = `device=b&where=${encodeURIComponent(JSON.stringify([exact('device', 'a')]))}`
    expect(where(both)).toStrictEqual([exact('device', 'a'), exact('device', 'b')])
  })

  test('hosted: all that cannot be said is named', () => {
    const asked = query()
      .device(' a')
      .metadata('k', '1')
      .not((q) => q.marked())
      .or(
        (q) => q.device('a'),
        (q) => q.name('b'),
      )
      .language('de')
    expect(faultsOf(() => asked.toSearchParams({ hosted: true }))).toEqual(
      ['device NOT_ON_THE_WIRE', 'metadata NOT_ON_THE_WIRE', 'not NOT_ON_THE_WIRE', 'or NOT_ON_THE_WIRE'].sort(),
    )
  })

  test('hosted: a field of our own is named, in a filter and in an order', () => {
    const asked = query().used(false).orderBy('-is_used', 'id')
    expect(written(asked)).toBe('is_used=false&ordering=-is_used,id')
    expect(errorOf(() => asked.toSearchParams({ hosted: true }))).toMatchObject({
      faults: [
        { parameter: 'is_used', code: 'NOT_ON_THE_WIRE', value: { field: 'is_used', lookup: 'exact', value: false } },
        { parameter: 'ordering', code: 'NOT_ON_THE_WIRE', value: '-is_used' },
      ],
    })
  })

  test('hosted: what is asked about agents is named, but for what the hosted API can say', () => {
    const asked = query()
      .messageContains('x', { sender: 'agent' })
      .message({ sender: 'agent' })
      .action({ failed: true, longerThan: 5 })
      .action({ failed: true })
    expect(faultsOf(() => asked.toSearchParams({ hosted: true }))).toEqual(
      ['action', 'action_failed', 'message', 'message_sender'].map((name) => `${name} NOT_ON_THE_WIRE`),
    )
    const plain = query().message({ contains: 'x' }).action({ name: 'a' })
    expect(String(plain.toSearchParams({ hosted: true }))).toBe('action_name__exact=a&message_contains=x')
  })

  test('hosted: all the rest is said', () => {
    const asked = query().device('a', 'b').metadata('k', 'x,"y"').name('n').where('id', 'gt', 5).page(2).lean()
    expect(String(asked.toSearchParams({ hosted: true }))).toBe(String(asked.toSearchParams()))
  })

  test('gives the URLSearchParams of the runtime', () => {
    expect(query().device('a').toSearchParams()).toBeInstanceOf(URLSearchParams)
  })
})

test('every own parameter is written by its own name', () => {
  for (const row of Object.values(FILTERS)) {
    if (!('parameter' in row)) continue
    const sample =
      row.value.fromCode('production') ??
      row.value.fromCode(true) ??
      row.value.fromCode('positive') ??
      row.value.fromCode('platform') ??
      row.value.fromCode('2024-01-15')
    const value = Array.isArray(sample) ? sample[0] : sample
    const spec = Query.fromSpec({ where: [{ field: row.field, lookup: row.lookup, value }] }).spec
    expect(writeParams(spec).map(([name]) => name)).toEqual([row.parameter])
  }
})
