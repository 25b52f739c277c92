/** Any history of writes and questions: a store behind a port and a store itself give the same. */
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { type AsyncStore, asAsyncStore, ConversationStore, ConversationStoreError, Query } from '../../src/index.ts'
import type { Ref } from '../../src/store/store.ts'
import { type ChangeStep, type Step, step } from '../arbitraries/histories.ts'
import { expectEqual } from '../arbitraries/plain.ts'
import { pagedSpec } from '../arbitraries/questions.ts'
import { endAll, pageOf } from './connected.ts'

/** Without a time of its own, a deletion takes that of the clock, which the two stores look at one after the other. */
const NOW = '2026-05-01T00:00:00Z'

/** Writes on either side: their methods take the same arguments. */
function write(side: AsyncStore | ConversationStore, step: Step, refOf: (step: ChangeStep) => Ref): unknown {
  if (step.op === 'add' || step.op === 'upsert') return side[step.op](structuredClone(step.row))
  if (step.op === 'addMany') {
    return side.addMany(structuredClone(step.rows), { onInvalid: step.onInvalid, own: step.own })
  }
  if (!('pick' in step)) return undefined
  const ref = refOf(step)
  if (step.op === 'update') return side.update(ref, step.patch)
  if (step.op === 'updateMetadata') {
    return side.updateMetadata(ref, step.changes as never, step.remove && { remove: step.remove })
  }
  if (step.op === 'rename') return side.rename(ref, step.name)
  if (step.op === 'mark') return side.mark(ref, step.yes)
  if (step.op === 'delete') return side.delete(ref, step.at ?? NOW)
  if (step.op === 'restore' || step.op === 'purge') return side[step.op](ref)
  if (step.op === 'addMessage') return side.addMessage(ref, step.message)
  return side.addFeedback(ref, step.feedback)
}

/** The row that a step picks, by the rows of the store here. */
function refIn(store: ConversationStore) {
  const rows = [...store]
  return ({ pick: { place, by, isThere } }: ChangeStep): Ref =>
    (isThere ? rows[place % rows.length]?.[by] : undefined) ?? (by === 'id' ? 999_999 : 'nobody')
}

async function collected<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = []
  for await (const value of values) all.push(value)
  return all
}

/** All that can be asked of a query. */
function questions(there: AsyncStore, here: ConversationStore, asked: Query) {
  const own = here.query(asked.spec)
  const facets = { device: true, 'metadata.a': { limit: 2 } } as const
  return [
    [() => there.run(asked), () => own.fetch()],
    [() => there.count(asked), () => own.count()],
    [() => there.exists(asked), () => own.exists()],
    [() => there.ids(asked), () => own.ids()],
    [() => there.first(asked), () => own.first()],
    [() => collected(there.all(asked)), () => own.all()],
    [() => there.facets(asked, facets), () => ({ ...own.facets(facets) })],
    [() => there.metadataKeys(), () => here.metadataKeys()],
    [() => there.metadataValues('a'), () => here.metadataValues('a')],
  ] as const
}

async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    const value = Object((await call()) ?? null)
    return 'rejected' in value ? { ...value, rejected: value.rejected.map(withCode) } : { value }
  } catch (error) {
    if (!(error instanceof ConversationStoreError)) throw error
    return { name: error.name, code: error.code, message: error.message }
  }
}

function withCode({ error, ...row }: { readonly error: ConversationStoreError }): object {
  return { ...row, name: error.name, code: error.code, message: error.message }
}

const history = fc.array(fc.tuple(step, fc.option(pagedSpec, { freq: 3 })), { maxLength: 25, size: 'max' })

const PLACES = { 'of this thread': asAsyncStore, 'behind a port': pageOf }

describe.each(Object.entries(PLACES))('a store %s', (_, open) => {
  test('any history of writes and questions', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const there = open(new ConversationStore())
        const here = new ConversationStore()
        for (const [step, spec] of steps) {
          const refOf = refIn(here)
          const theirs = outcomeOf(() => write(there, step, refOf))
          expectEqual(await theirs, await outcomeOf(() => write(here, step, refOf)), step.op)
          if (spec === null) continue
          const asked = Query.fromSpec(spec) as Query
          for (const [ask, same] of questions(there, here, asked))
            expectEqual(await outcomeOf(ask), await outcomeOf(same))
        }
        const everything = Query.fromSpec({ where: [], includeDeleted: true, orderBy: ['id'] }) as Query
        expectEqual(await collected(there.all(everything)), here.query(everything.spec).all())
        endAll()
      }),
      { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 10) },
    )
  })
})
