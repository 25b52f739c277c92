/** Any history of writes: after each of them the store is what the reference is, and its listeners have heard all of it. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { ConversationStore, type ConversationStoreOptions } from '../../src/index.ts'
import type { OrderTerm, QuerySpec } from '../../src/query/spec.ts'
import type { Message } from '../../src/row/conversation.ts'
import { built } from '../arbitraries/asking.ts'
import { flip, History, type Step, step, validRow } from '../arbitraries/histories.ts'
import { plain } from '../arbitraries/plain.ts'
import { conditionSpec } from '../arbitraries/questions.ts'
import { numbers } from '../arbitraries/rows.ts'
import { inSegments } from '../in-segments.ts'

const SMALL: ConversationStoreOptions = inSegments(4, 2)

/** Steps, and a few questions: after each step one of them is asked, or none, so that each is asked again and again. */
const history = fc.record({
  specs: fc.array(conditionSpec, { minLength: 1, maxLength: 3 }),
  steps: fc.array(fc.tuple(step, fc.nat(3)), { maxLength: 20, size: 'max' }),
})

interface Story {
  readonly specs: readonly QuerySpec[]
  readonly steps: readonly (readonly [Step, asked: number])[]
}

function run({ specs, steps }: Story, options: ConversationStoreOptions): void {
  const sides = new History(options)
  for (const [one, asked] of steps) {
    sides.take(one)
    sides.compare()
    const spec = specs[asked]
    if (spec !== undefined) sides.ask(spec)
  }
  for (const spec of specs) sides.ask(spec)
}

describe('histories', () => {
  test('small segments', () => {
    fc.assert(fc.property(history, (story) => run(story, SMALL)))
  })

  test('segments of some words', () => {
    fc.assert(fc.property(history, (story) => run(story, inSegments(70, 2))))
  })

  test('conversations that grow: what was given out stays, and questions see each message', () => {
    const long = fc.constantFrom<readonly Message[]>(
      Array.from({ length: 300 }, (_, i) => ({
        sender: 'agent',
        content: `message ${i}`,
        action_name: i === 7 ? 'a' : null,
      })),
      [{ sender: 'end_user', content: 'Hi  you, '.repeat(2_000) }],
    )
    const grows = step.filter(({ op }) => !['add', 'addMany', 'flood', 'clear', 'warm'].includes(op))
    const adding = step.filter(({ op }) => op === 'addMessage' || op === 'addFeedback')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(validRow, fc.option(long)), { minLength: 1, maxLength: 4 }),
        fc.array(conditionSpec, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.oneof({ weight: 4, arbitrary: adding }, grows), fc.nat(5)), {
          maxLength: 30,
          size: 'max',
        }),
        fc.constantFrom(SMALL, {}),
        (rows, specs, steps, options) => {
          const sides = new History(options)
          const given = rows.map(([row, messages]) => (messages === null ? row : { ...row, messages }))
          sides.take({ op: 'addMany', rows: given, onInvalid: 'skip', own: false })
          sides.store.warm()
          const snapshots: [row: unknown, was: unknown][] = []
          for (const [one, asked] of steps) {
            sides.take(one)
            const spec = specs[asked]
            if (spec !== undefined) sides.ask(spec)
            if (asked === 4) for (const row of sides.store) snapshots.push([row, plain(row)])
            if (asked === 5) sides.store.warm()
          }
          for (const spec of specs) sides.ask(spec)
          sides.compare()
          for (const [row, was] of snapshots) expect(plain(row)).toEqual(was)
        },
      ),
    )
  })

  test('default thresholds', () => {
    fc.assert(fc.property(history, (story) => run(story, {})))
  })

  test('bits that are flipped where a row stands change every answer that they decide', () => {
    // By marks first: what was ordered by them must not outlive them.
    const byMarks = fc
      .tuple(conditionSpec, fc.constantFrom<OrderTerm>('is_marked', '-is_marked'))
      .map(([spec, term]): QuerySpec => ({ ...spec, orderBy: [term, ...(spec.orderBy ?? [])] }))
    fc.assert(
      fc.property(
        fc.array(validRow, { minLength: 3, maxLength: 20, size: 'max' }),
        fc.array(byMarks, { minLength: 1, maxLength: 3 }),
        fc.array(flip, { maxLength: 12, size: 'max' }),
        fc.constantFrom(SMALL, {}),
        (rows, specs, steps, options) => {
          const sides = new History(options)
          sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
          for (const one of steps) {
            for (const spec of specs) sides.ask(spec)
            sides.take(one)
          }
          for (const spec of specs) sides.ask(spec)
          sides.compare()
        },
      ),
    )
  })

  test('writes between the slices in which indexes are built', async () => {
    // A timer takes a millisecond at least, and there are some forty slices a run.
    vi.stubGlobal('setTimeout', setImmediate)
    await fc.assert(
      fc.asyncProperty(
        fc.array(validRow, { minLength: 1, maxLength: 20, size: 'max' }),
        fc.array(conditionSpec, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(3), step), { maxLength: 12, size: 'max' }),
        fc.constantFrom(SMALL, {}),
        async (rows, specs, writes, options) => {
          const sides = new History(options)
          sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
          const left = writes.slice()
          const onProgress = () => {
            const [wait, one] = left.shift() ?? []
            if (one !== undefined && wait === 0) sides.take(one)
            else if (one !== undefined) left.unshift([wait! - 1, one])
          }
          await sides.store.warmAsync({ sliceMs: 0, onProgress })
          for (const spec of specs) sides.ask(spec)
          sides.compare()
        },
      ),
    )
    vi.unstubAllGlobals()
  })

  test('pages and iterations give the rows as they were when they began', () => {
    fc.assert(
      fc.property(
        fc.array(validRow, { maxLength: 20 }),
        conditionSpec,
        fc.array(step, { maxLength: 6 }),
        (rows, spec, steps) => {
          const sides = new History(SMALL)
          sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
          const asked = built(sides.store, { ...spec, pageSize: 2 })
          const expected = [[...asked.pages()], asked.all(), [...sides.store]].map((it) => plain(it))
          const [pages, all, stored] = [asked.pages(), asked[Symbol.iterator](), sides.store[Symbol.iterator]()]
          const firsts = [pages.next(), all.next(), stored.next()]
          for (const one of steps) sides.take(one)
          asked.count()
          const rest = [[...pages], [...{ [Symbol.iterator]: () => all }], [...{ [Symbol.iterator]: () => stored }]]
          const found = firsts.map((first, i) => plain(first.done ? [] : [first.value, ...rest[i]!]))
          expect(found).toEqual(expected)
        },
      ),
    )
  })

  test('indexes that are built in slices take in what is written meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(validRow, { minLength: 5, maxLength: 12 }),
        fc.array(step, { maxLength: 8 }),
        fc.array(conditionSpec, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (rows, steps, specs, isStopped) => {
          const sides = new History(SMALL)
          sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
          const left = steps.slice()
          const stop = new AbortController()
          const write = () => {
            const one = left.shift()
            if (one !== undefined) sides.take(one)
            else if (isStopped) stop.abort(new Error('stopped'))
          }
          const warming = sides.store.warmAsync({ sliceMs: 0, onProgress: write, signal: stop.signal })
          await warming.catch((error: unknown) => expect(error).toBe(stop.signal.reason))
          while (left.length > 0) write()
          sides.compare()
          for (const spec of specs) sides.ask(spec)
        },
      ),
    )
  })
})

describe.runIf(process.env.SOAK === '1')('soak', () => {
  test('a million rows come and go, and the heap is where it began', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const store = new ConversationStore()
    const next = numbers(1)
    const sizes: number[] = []
    for (let round = 0; round < 100; round++) {
      store.addMany(
        Array.from({ length: 10_000 }, (_, i) => ({
          conversation_id: `${round}/${i}`,
          started_at: new Date(1_700_000_000_000 + (next() % 10_000_000) * 1000).toISOString(),
          name: `Order ${round * 10_000 + i}`,
          customer_id: `c-${next() % 500}`,
          device: ['mobile', 'desktop', 'tablet'][next() % 3]!,
          language: ['en', 'de', null][next() % 3]!,
          metadata: { order: round * 10_000 + i, plan: ['free', 'pro'][next() % 2]! },
          messages: [{ sender: 'end_user' as const, content: `Where is order ${round * 10_000 + i}? word${next()}` }],
        })),
      )
      store.warm({ metadata: ['order', 'plan'] })
      expect(
        store.query().device('mobile').messageContains('order').orderBy('customer_id').page('last').fetch().count,
      ).toBeGreaterThan(3_000)
      expect(
        store
          .query()
          .name(`order ${round * 10_000 + 7}`)
          .count(),
      ).toBeGreaterThan(0)
      for (const { id } of store) store.purge(id)
      expect(store.query().count()).toBe(0)
      expect(store.add({ conversation_id: 'one more', started_at: '2024-01-15' }).id).toBe((round + 1) * 10_001)
      store.purge('one more')
      collect()
      sizes.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers)
    }
    // The first rounds make what stays: buffers, code, empty maps.
    expect(Math.max(...sizes.slice(-10)) - sizes[10]!).toBeLessThan(8_000_000)
  })

  test('a long history at default thresholds', () => {
    const steps = fc.sample(fc.tuple(step, conditionSpec), { numRuns: 4_000 })
    const sides = new History({})
    steps.forEach(([one, spec], i) => {
      if (one.op !== 'clear' || i % 1_000 < 20) sides.take(one)
      if (i % 20 === 0) sides.ask(spec)
      if (i % 200 === 0) sides.compare()
    })
  })
})
