/** Any query string: the store answers it as the reference does, with the same envelope and links or the same error body. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidPageError, InvalidQueryError } from '../../src/base/errors.ts'
import { ConversationStore, Query } from '../../src/index.ts'
import { writePath } from '../../src/query/metadata-path.ts'
import type { FieldCondition, QuerySpec } from '../../src/query/spec.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'
import { built } from '../arbitraries/asking.ts'
import { expectEqual } from '../arbitraries/plain.ts'
import { anyField, pagedSpec } from '../arbitraries/questions.ts'
import { rows, rowsOf } from '../arbitraries/rows.ts'
import { AWKWARD, spec as awkward } from '../arbitraries/spec.ts'
import { everyParameter, parameters, queryString } from '../arbitraries/wire.ts'
import { inSegments } from '../in-segments.ts'
import { ReferenceStore, type WireAnswer } from '../reference.ts'

const SMALL = inSegments(4, 2)

function storesOf(
  given: readonly ConversationInput[],
  baseUrl?: string,
): { store: ConversationStore; reference: ReferenceStore } {
  const base = baseUrl === undefined ? {} : { baseUrl }
  const reference = new ReferenceStore(base)
  for (const row of given) reference.add(row)
  return { store: ConversationStore.from(given, { ...SMALL, ...base }), reference }
}

/** An envelope as the HTTP API has it. */
function sevenKeys<Given extends object>(given: Given): Given {
  const { next_cursor: _, ...envelope } = given as Given & { next_cursor?: unknown }
  return envelope as unknown as Given
}

/** The answer of the store in the words of the reference. */
function answerOf(ask: () => object): WireAnswer {
  try {
    return { status: 200, envelope: sevenKeys(ask()) } as WireAnswer
  } catch (error) {
    if (error instanceof InvalidPageError) return { status: 404, body: error.toJSON() } as WireAnswer
    if (error instanceof InvalidQueryError) return { status: 400, body: error.toJSON() } as WireAnswer
    throw error
  }
}

/** As the handler reads a URL. */
const LENIENT = { strict: false }

/** The faults whose text the contract leaves open: it says which parameter is wrong, and no more. */
const FREE_TEXTS = ['metadata', 'metadata_key', 'metadata_value', 'where']

function withoutFreeTexts(answer: WireAnswer): unknown {
  if (answer.status !== 400) return answer
  const body = Object.entries(answer.body).map(([parameter, texts]) =>
    FREE_TEXTS.includes(parameter) ? [parameter, texts.length > 0] : [parameter, texts],
  )
  return { status: 400, body: Object.fromEntries(body) }
}

function expectSameAnswer(answer: WireAnswer, expected: WireAnswer): void {
  expectEqual(withoutFreeTexts(answer), withoutFreeTexts(expected))
}

const bases = fc.constantFrom(
  undefined,
  'https://api.example.com',
  'https://example.com:8443/v2/talks',
  'http://x.test/a/',
)

describe('any query string', () => {
  test('has the answer of the reference, links and errors too', () => {
    fc.assert(
      fc.property(rows, queryString, bases, (given, params, baseUrl) => {
        const { store, reference } = storesOf(given, baseUrl)
        expectSameAnswer(
          answerOf(() => store.fetchConversations(params, LENIENT)),
          reference.wire(params),
        )
      }),
    )
  })

  test('has it for every parameter alone', () => {
    fc.assert(
      fc.property(rowsOf({ maxLength: 6 }), everyParameter, (given, values) => {
        const { store, reference } = storesOf(given)
        for (const [name, value] of Object.entries(values)) {
          const params = String(new URLSearchParams([[name, value]]))
          expectSameAnswer(
            answerOf(() => store.fetchConversations(params, LENIENT)),
            reference.wire(params),
          )
        }
      }),
    )
  })

  test('means the same as `URLSearchParams` and as pairs', () => {
    fc.assert(
      fc.property(rows, parameters, (given, pairs) => {
        const { store, reference } = storesOf(given)
        const expected = reference.wire(pairs)
        expectSameAnswer(
          answerOf(() => store.fetchConversations(new URLSearchParams(pairs), LENIENT)),
          expected,
        )
      }),
    )
  })

  test('is answered the same once it was read and written again', () => {
    fc.assert(
      fc.property(rows, queryString, (given, params) => {
        const { store } = storesOf(given)
        const answer = answerOf(() => store.fetchConversations(params, LENIENT))
        if (answer.status !== 200) return
        const query = Query.fromSearchParams(params, undefined, LENIENT)
        const again = Query.fromSearchParams(String(query.toSearchParams()))
        expect(again.key).toBe(query.key)
        const { next, previous, ...envelope } = sevenKeys(store.fetchConversations(String(query.toSearchParams())))
        const { next: _, previous: __, ...expected } = answer.envelope
        expectEqual(envelope, expected)
        expect([next === null, previous === null]).toEqual([
          answer.envelope.next === null,
          answer.envelope.previous === null,
        ])
      }),
    )
  })

  test('links lead from page to page over all matches', () => {
    fc.assert(
      fc.property(rows, queryString, fc.integer({ min: 1, max: 5 }), (given, params, pageSize) => {
        const { store } = storesOf(given)
        const query = new URLSearchParams(params)
        query.set('page_size', String(pageSize))
        query.delete('page')
        const first = answerOf(() => store.fetchConversations(query, LENIENT))
        if (first.status !== 200) return
        let page = first.envelope
        const seen = page.results.map(({ id }) => id)
        while (page.next !== null) {
          const { current_page } = page
          page = store.fetchConversations(page.next, LENIENT) as typeof page
          expect(page.current_page).toBe(current_page + 1)
          seen.push(...page.results.map(({ id }) => id))
        }
        expect(seen).toEqual(built(store, Query.fromSearchParams(query, undefined, LENIENT).spec).ids())
        while (page.previous !== null) page = store.fetchConversations(page.previous, LENIENT) as typeof page
        expectEqual(sevenKeys(page), first.envelope)
      }),
    )
  })
})

describe('any spec', () => {
  test('is equal once it was written to parameters and read again, and answered so', () => {
    fc.assert(
      fc.property(rows, fc.oneof({ arbitrary: pagedSpec, weight: 3 }, awkward(AWKWARD)), (given, spec) => {
        const { store, reference } = storesOf(given)
        const query = Query.fromSpec(spec)
        const params = String(query.toSearchParams())
        expect(Query.fromSearchParams(params).key).toBe(query.key)
        expectSameAnswer(
          answerOf(() => built(store, spec).fetch()),
          reference.wire(params),
        )
      }),
    )
  })

  test('means the same by the parameters of the hosted API, or is refused by name', () => {
    fc.assert(
      fc.property(rows, pagedSpec, (given, spec) => {
        const { reference } = storesOf(given)
        const query = Query.fromSpec(spec)
        let params: string
        try {
          params = String(query.toSearchParams({ hosted: true }))
        } catch (error) {
          if (!(error instanceof InvalidQueryError)) throw error
          expect(error.faults.every(({ code }) => code === 'NOT_ON_THE_WIRE')).toBe(true)
          return
        }
        expect(new URLSearchParams(params).has('where')).toBe(false)
        const [hosted, own] = [params, String(query.toSearchParams())].map((text) => withoutLinks(reference.wire(text)))
        expectEqual(hosted, own)
      }),
    )
  })

  test('means the same as an object of parameters, by the rules of code', () => {
    fc.assert(
      fc.property(
        rows,
        pagedSpec,
        fc.array(anyField, { maxLength: 3 }),
        (given, { where: _, ...settings }, conditions) => {
          const { store, reference } = storesOf(given)
          const spec = { ...settings, where: conditions }
          expectEqual(
            withoutLinks(answerOf(() => store.fetchConversations(objectOfSpec(spec)))),
            withoutLinks(reference.wire(String(Query.fromSpec(spec).toSearchParams()))),
          )
        },
      ),
    )
  })
})

function withoutLinks(answer: WireAnswer): unknown {
  if (answer.status !== 200) return answer
  const { next, previous, ...envelope } = answer.envelope
  return { ...envelope, hasNext: next !== null, hasPrevious: previous !== null }
}

/** The parameters of a spec as code writes them: each condition under its own name where that is free, else in `where`. */
function objectOfSpec({ where, orderBy, page, pageSize, lean, includeDeleted }: QuerySpec): Record<string, unknown> {
  const asked: Record<string, unknown> = {
    ...(orderBy && { ordering: orderBy }),
    ...(page !== undefined && { page }),
    ...(pageSize !== undefined && { page_size: pageSize }),
    ...(lean !== undefined && { full: !lean }),
    ...(includeDeleted !== undefined && { include_deleted: includeDeleted }),
  }
  const left: unknown[] = []
  for (const condition of where) {
    const name = 'field' in condition ? nameOf(condition) : undefined
    // The two together ask for one and the same message.
    const other = { message_contains: 'message_sender', message_sender: 'message_contains' }[name ?? ''] ?? ''
    if (name === undefined || Object.hasOwn(asked, name) || Object.hasOwn(asked, other)) left.push(condition)
    else if ('field' in condition && condition.field === 'metadata') {
      asked[name] = Object.fromEntries([[writePath(condition.path)!, condition.value]])
    } else asked[name] = (condition as FieldCondition).value
  }
  if (left.length > 0) asked.where = left
  return asked
}

/** The parameter that says one condition, if there is one. */
function nameOf(condition: FieldCondition): string | undefined {
  const { field, lookup } = condition
  if (condition.field === 'metadata') {
    return lookup === 'exact' && writePath(condition.path) !== undefined ? 'metadata' : undefined
  }
  if (field === 'message') return lookup === 'icontains' ? 'message_contains' : undefined
  if (field === 'message_sender') return field
  if (field === 'feedback' || field === 'action' || field === 'action_failed') return undefined
  if (field === 'feedback_count') return `${field}__${lookup}`
  if (field === 'search' || field.startsWith('feedback_') || field.startsWith('has_') || field.startsWith('is_'))
    return field
  return `${field}__${lookup}`
}
