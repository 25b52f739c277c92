/** A query as code: run, the code makes the same query. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toCode, toLiteral } from '../../../src/features/explain/index.ts'
import { ConversationStore, Query } from '../../../src/index.ts'
import { querySpec } from '../../../src/testing/arbitraries/index.ts'
import { AWKWARD, spec } from '../../arbitraries/spec.ts'

const runs = { numRuns: Number(process.env.FC_RUNS ?? 200) }
const store = new ConversationStore()
const run = (code: string): Query => new Function('store', `return ${code}`)(store)

test.each([
  ['awkward', spec(AWKWARD)],
  ["users'", querySpec({ paged: true })],
])('the code of %s queries makes them again', (_, specs) => {
  fc.assert(
    fc.property(specs, (given) => {
      expect(run(toCode(Query.fromSpec(given))).key).toBe(JSON.stringify(given))
    }),
    runs,
  )
})

test('reads as a person writes it', () => {
  expect(toCode(store.query().device('mobile').search("o'clock"))).toBe(
    "store.query().device('mobile').search('o\\'clock')",
  )
  const long = store
    .query()
    .action({ name: 'lookup_order', longerThan: 500 })
    .customerIpAddress('::1')
    .where('customer_ip_address', 'in', ['a', 'b'])
    .metadata('plan', 'pro')
    .not((q) => q.device('a', 'b').marked())
    .orderBy('id')
    .pageSize(20)
  expect(toCode(long, 'query()')).toBe(`query()
  .action({ longerThan: 500, name: ['lookup_order'] })
  .customerIpAddress('::1')
  .where('customer_ip_address', 'in', ['a', 'b'])
  .metadata('plan', 'pro')
  .not((q) => q.device('a', 'b').marked(true))
  .orderBy('id')
  .pageSize(20)`)
})

test('JSON data of any kind is an expression that gives it', () => {
  expect(toLiteral({ a: [1, null], 'b c': "'\u202e" })).toBe("{ a: [1, null], 'b c': '\\'\\u202e' }")
  fc.assert(
    fc.property(fc.json(), (json) => {
      const value: unknown = JSON.parse(json)
      expect(JSON.stringify(new Function(`return ${toLiteral(value)}`)())).toBe(JSON.stringify(value))
    }),
    runs,
  )
})
