/** A snapshot after any history of writes: the store that comes back answers, and goes on, as the one that was written. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { compact, openSnapshot, type ReadSnapshotOptions, writeSnapshot } from '../../src/features/snapshot/index.ts'
import type { ConversationStore } from '../../src/index.ts'
import type { QuerySpec } from '../../src/query/spec.ts'
import { built } from '../arbitraries/asking.ts'
import { History, type Step, step, validRow } from '../arbitraries/histories.ts'
import { plain } from '../arbitraries/plain.ts'
import { conditionSpec } from '../arbitraries/questions.ts'
import { inSegments } from '../in-segments.ts'

const SMALL = inSegments(4, 2)
/** Blocks of a row or two. */
const BLOCK_BYTES = 64

const options: fc.Arbitrary<ReadSnapshotOptions> = fc.record({
  documents: fc.constantFrom('packed', 'resident'),
  rowCache: fc.constantFrom(0, 2, 512),
  verify: fc.constantFrom('checksums', 'full'),
})

/** A store, written and opened again. */
async function reopened(sides: History, how: ReadSnapshotOptions, has: { text: boolean; actions: boolean }) {
  const bytes = await writeSnapshot(sides.store, { ...has, blockBytes: BLOCK_BYTES })
  return openSnapshot(bytes, (pages) => sides.made({ ...pages, ...SMALL }), how)
}

/** What a store answers beside ids: whole pages, counts, groups and numbers. */
function answers(store: ConversationStore, spec: QuerySpec): unknown {
  const query = built(store, { ...spec, pageSize: 3 })
  const facets = query.facets({
    ...{ device: true, language: true, action_name: true, feedback_sentiment: true, is_marked: true },
    message_count: { ranges: [0, 1, 2, 9] },
    duration: { bins: 3 },
  })
  const sums = query.aggregate({ turns: ['sum', 'message_count'], longest: ['max', 'duration'] })
  const { results, count, next } = query.page(1).fetch()
  return plain({ results, count, next, facets, sums, ids: query.ids() })
}

/** Floods take longer than all else together: a few are enough. */
const calm = step.filter(({ op }) => op !== 'flood')
const write: fc.Arbitrary<Step> = fc.oneof({ weight: 80, arbitrary: calm }, { weight: 1, arbitrary: step })
const history = fc.array(write, { maxLength: 4, size: 'max' })
const rowsOfOne = fc.array(validRow, { minLength: 1, maxLength: 8, size: 'max' })

// A pause of no time at all, which a timer makes a millisecond.
beforeAll(() => {
  vi.stubGlobal('setTimeout', setImmediate)
})
afterAll(() => {
  vi.unstubAllGlobals()
})

describe('snapshots', () => {
  test('of any history answer as the store does, go on being written to, and do so again', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsOfOne,
        fc.tuple(history, history, history),
        fc.array(conditionSpec, { minLength: 1, maxLength: 2 }),
        fc.tuple(options, options),
        fc.record({ text: fc.boolean(), actions: fc.boolean() }),
        async (rows, [first, second, third], specs, [one, two], has) => {
          const sides = new History(SMALL)
          sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
          for (const each of first) sides.take(each)
          for (const [steps, how] of [
            [second, one],
            [third, two],
          ] as const) {
            const before = specs.map((spec) => answers(sides.store, spec))
            const greatest = sides.store.greatestIds
            sides.goOnWith(await reopened(sides, how, has))
            expect(specs.map((spec) => answers(sides.store, spec))).toEqual(before)
            expect(sides.store.greatestIds).toEqual(greatest)
            sides.compare()
            for (const each of steps) sides.take(each)
            for (const spec of specs) sides.ask(spec)
            sides.compare()
          }
        },
      ),
    )
  })

  test('a store that is compacted between writes answers as before', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowsOfOne,
        fc.array(fc.tuple(write, fc.nat(3)), { maxLength: 10, size: 'max' }),
        fc.array(conditionSpec, { minLength: 1, maxLength: 3 }),
        async (rows, steps, specs) => {
          const sides = new History(SMALL)
          sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
          for (const [each, asked] of steps) {
            sides.take(each)
            if (asked === 3) {
              const packing = compact(sides.store, { rowCache: 2 })
              // Written while rows are packed.
              sides.take(each)
              await packing
            }
            const spec = specs[asked]
            if (spec !== undefined) sides.ask(spec)
          }
          sides.compare()
        },
      ),
    )
  })

  test('of one store, at one time, are the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(validRow, { maxLength: 8 }), async (rows) => {
        const sides = new History(SMALL)
        sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
        const written = async () => withoutDate(await writeSnapshot(sides.store, { blockBytes: BLOCK_BYTES }))
        const [one, two] = [await written(), await written()]
        expect(two.directory).toBe(one.directory)
        expect(Buffer.compare(two.rest, one.rest)).toBe(0)
      }),
      // There is little to find.
      { numRuns: Math.ceil(inject('properties').runs / 5) },
    )
  })
})

/** What stands behind the directory, and the directory without its date. */
function withoutDate(bytes: Uint8Array): { readonly directory: string; readonly rest: Uint8Array } {
  const length = new DataView(bytes.buffer).getUint32(24, true)
  const directory = new TextDecoder().decode(bytes.subarray(32, 32 + length))
  return { directory: directory.replace(/"date":"[^"]*"/, ''), rest: bytes.slice(32 + length) }
}
