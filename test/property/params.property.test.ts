/** Nothing is lost on the way of a question through URLs, JSON and the builder, whatever its texts are. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Query, query } from '../../src/index.ts'
import { FILTERS } from '../../src/query/filters.ts'
import type { IdCondition, QuerySpec } from '../../src/query/spec.ts'
import { links } from '../../src/wire/links.ts'
import { type Param, readParams, writeParams } from '../../src/wire/params.ts'
import { AWKWARD, type RawCondition, rawCondition, rawGroup, rawSettings, spec, TINY } from '../arbitraries/spec.ts'

const runs = { numRuns: Number(process.env.FC_RUNS ?? 200) }

/** The verbs, seen loosely: their types are tested elsewhere. */
interface Verbs {
  readonly [verb: string]: (...values: readonly unknown[]) => Verbs
}

describe.each([
  ['tiny', TINY],
  ['awkward', AWKWARD],
])('over %s domains', (_, domains) => {
  test('a spec written to parameters and read back is equal', () => {
    fc.assert(
      fc.property(spec(domains), (given) => {
        const text = String(Query.fromSpec(given).toSearchParams())
        const read = Query.fromSearchParams(text)
        expect(read.spec).toEqual(given)
        expect(read.key).toBe(JSON.stringify(given))
        // Parameters keep their texts, each of them once.
        const names = writeParams(given).map(([name]) => name)
        expect(new Set(names).size).toBe(names.length)
        expect(readParams(writeParams(given)).spec).toEqual(given)
      }),
      runs,
    )
  })

  test('the link of a page reads back as the question at that page', () => {
    fc.assert(
      fc.property(spec(domains), fc.integer({ min: 1, max: 9 }), (given, page) => {
        const { page: _, ...rest } = given
        const link = urlOf('https://example.com/list', writeParams(given), page)!
        expect(Query.fromSearchParams(link).spec).toEqual(page === 1 ? rest : { ...rest, page })
      }),
      runs,
    )
  })

  test('what the hosted API can say means the same here', () => {
    fc.assert(
      fc.property(spec(domains), (given) => {
        let params: readonly Param[]
        try {
          params = writeParams(given, { hosted: true })
        } catch (error) {
          expect(error).toMatchObject({ code: 'NOT_ON_THE_WIRE' })
          return
        }
        expect(params.map(([name]) => name)).not.toContain('where')
        expect(readParams(params).spec).toEqual(given)
      }),
      runs,
    )
  })

  test('a spec through JSON is equal, and canonical already', () => {
    fc.assert(
      fc.property(spec(domains), (given) => {
        const again = Query.fromSpec(JSON.parse(JSON.stringify(given)))
        expect(again.spec).toEqual(given)
        expect(again.key).toBe(JSON.stringify(given))
        expect(isDeeplyFrozen(again.spec)).toBe(true)
      }),
      runs,
    )
  })

  test('the order of conditions does not matter, nor how often each is said', () => {
    fc.assert(
      fc.property(
        rawGroup(domains).chain((group) =>
          fc.tuple(fc.constant(group), fc.shuffledSubarray([...group, ...group], { minLength: group.length * 2 })),
        ),
        rawSettings,
        ([group, shuffled], settings) => {
          expect(Query.fromSpec({ where: shuffled, ...settings }).key).toBe(
            Query.fromSpec({ where: group, ...settings }).key,
          )
        },
      ),
      runs,
    )
  })

  test('the order of builder calls does not matter', () => {
    const conditions = fc.array(rawCondition(domains), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(
        conditions.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const asked = built(list)
          expect(built(shuffled).key).toBe(asked.key)
          expect(asked.spec).toEqual(Query.fromSpec({ where: list }).spec)
        },
      ),
      runs,
    )
  })
})

/** The URL of a page of an answer to these parameters. */
const urlOf = (baseUrl: string | undefined, given: readonly Param[], page: number): string | null =>
  links(baseUrl, () => given).previous({ page: page + 1, totalPages: page })

test('links write parameters as URLSearchParams does', () => {
  const params = fc.array(
    fc.tuple(fc.string({ unit: 'binary', maxLength: 4 }), fc.string({ unit: 'binary', maxLength: 6 })),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(params, fc.integer({ min: 1, max: 9 }), (given, page) => {
      const expected = new URLSearchParams(given)
      expected.delete('page')
      if (page > 1) expected.append('page', String(page))
      expected.sort()
      const query = expected.size === 0 ? '' : `?${expected}`
      expect(urlOf(undefined, given, page)).toBe(`http://localhost/api/conversations/${query}`)
    }),
    runs,
  )
})

test('any text is read, or refused as a question or as a page', () => {
  const name = fc.oneof(
    fc.constantFrom('where', 'metadata', 'page', 'id__in', 'id__gte', 'started_at__lt', 'environment', '__proto__'),
    fc.string(),
  )
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((json) => `[${json}]`),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 5 }), fc.boolean(), (params, strict) => {
      try {
        const { spec: read } = readParams(params, { strict })
        expect(Query.fromSpec(read).spec).toEqual(read)
      } catch (error) {
        expect(['InvalidQueryError', 'InvalidPageError']).toContain((error as Error).name)
      }
    }),
    runs,
  )
})

test('any value in code is asked, or refused by an error of the library', () => {
  const verbs = [
    ...Object.keys(FILTERS),
    'metadata',
    'where',
    'startedWithin',
    'page',
    'pageSize',
    'orderBy',
    'lean',
    'includeDeleted',
  ]
  const value = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
  })
  const near = fc.oneof(value, fc.constantFrom('device', 'exact', 'metadata.a', 'id', 'in', 'gte'))
  fc.assert(
    fc.property(fc.constantFrom(...verbs), fc.array(near, { maxLength: 3 }), fc.object(), (verb, values, object) => {
      for (const ask of [
        () => (query() as unknown as Verbs)[verb]!(...values) as unknown as Query,
        () => Query.fromObject(object),
        () => Query.fromSpec(values[0]),
        () => Query.fromSpec({ where: values }),
        () =>
          Query.fromObject({ [values.length > 0 && typeof values[0] === 'string' ? values[0] : 'device']: values[1] }),
      ]) {
        try {
          const asked = ask()
          expect(Query.fromSpec(JSON.parse(asked.key)).key).toBe(asked.key)
        } catch (error) {
          expect(['InvalidQueryError', 'InvalidPageError']).toContain((error as Error).name)
        }
      }
    }),
    runs,
  )
})

test('a decimal number compares with every id as the number that it reads as', () => {
  const digits = fc.stringMatching(/^\d{1,25}(\.\d{1,25})?$/)
  const edges = fc.constantFrom(
    '9007199254740991.5',
    '9007199254740990.00000000001',
    '1.00000000000000000001',
    '0.00',
    '4503599627370497.5',
  )
  const number = fc.tuple(fc.constantFrom('', '+', '-'), fc.oneof(digits, edges)).map((parts) => parts.join(''))
  const id = fc.oneof(
    fc.integer({ min: 1, max: 9 }),
    fc
      .maxSafeNat()
      .map((value) => value + 1)
      .filter(Number.isSafeInteger),
    fc.constantFrom(2 ** 53 - 1, 2 ** 53 - 2),
  )
  const holds: Readonly<Record<string, (gap: bigint | number) => boolean>> = {
    exact: (gap) => gap <= 0 && gap >= 0,
    gt: (gap) => gap > 0,
    gte: (gap) => gap >= 0,
    lt: (gap) => gap < 0,
    lte: (gap) => gap <= 0,
  }
  fc.assert(
    fc.property(number, id, fc.constantFrom(...Object.keys(holds)), (text, near, lookup) => {
      const value = numberOf(readParams([[`id__${lookup}`, text]]).spec)
      const whole = Math.min(Math.max(Math.trunc(Math.abs(Number(text))), 1), 2 ** 53 - 1)
      const ids = [near, whole, whole - 1, whole + 1].filter((one) => one >= 1 && one <= 2 ** 53 - 1)
      for (const one of ids) {
        const [, sign, digitsOf, fraction = ''] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text)!
        const exact = BigInt(`${digitsOf}${fraction}`) * (sign === '-' ? -1n : 1n)
        expect(holds[lookup]!(one - value)).toBe(holds[lookup]!(BigInt(one) * 10n ** BigInt(fraction.length) - exact))
      }
    }),
    runs,
  )
})

/** The builder's calls for these conditions: `.metadata` and `.where`. */
function built(conditions: readonly RawCondition[]): Query {
  return conditions.reduce<Verbs>(
    (verbs, { field, path, lookup, value }) => {
      if (field === 'feedback') return verbs.feedback!(value)
      const method = METHODS[`${field} ${lookup}`]
      if (method !== undefined) return verbs[method]!(value)
      if (field !== 'metadata') return verbs.where!(field, lookup, value)
      return lookup === 'exact'
        ? verbs.metadata!(path, value)
        : verbs.where!(['metadata', ...(path as string[])], lookup, value)
    },
    query() as unknown as Verbs,
  ) as unknown as Query
}

const METHODS: Readonly<Record<string, string>> = {
  'message icontains': 'messageContains',
  'message matches': 'message',
  'action matches': 'action',
  'search icontains': 'search',
  'feedback_sentiment exact': 'feedbackSentiment',
  'feedback_source exact': 'feedbackSource',
  'is_marked exact': 'marked',
  'is_used exact': 'used',
  'has_messages exact': 'hasMessages',
  'has_action exact': 'hasAction',
  'has_feedback exact': 'hasFeedback',
}

function numberOf({ where: [condition] }: QuerySpec): number {
  return (condition as IdCondition).value
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen)
}
