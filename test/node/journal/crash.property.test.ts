/**
 * Any history of appends, foldings, crashes and faults: what was acknowledged is there when the journal is opened again,
 * what was never appended is not, and the order is kept. And this test sees it when an fsync is missing.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Journal, JournalError } from '../../../src/node/journal/index.ts'
import { openWith } from '../../../src/node/journal/open.ts'
import { type Call, Disk, type Fate, type Process, randomOf } from './disk.ts'

const PATH = '/data/state.journal'

/** Some numbers, each recorded once in a history; a folding writes them in other pieces than they came. */
interface Numbers {
  readonly numbers: readonly number[]
}

/** `turns` lets so many turns of the queue of promises pass, `rest` all that was appended be answered. */
type Step = { readonly append: number } | { readonly turns: number } | 'fold' | 'rest'

/** The life of one process. */
interface Session {
  readonly steps: readonly Step[]
  readonly fate: Fate
  /** How it ends, if its fate does not end it before. */
  readonly end: 'close' | 'kill' | 'power'
}

interface History {
  readonly sessions: readonly Session[]
  readonly seed: number
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 2, arbitrary: fc.constant<Step>('rest') },
  { weight: 2, arbitrary: fc.constant<Step>('fold') },
)

const diesAt = fc.nat(60)
const failsAt = fc.nat(60)
const code = fc.constantFrom('ENOSPC' as const, 'EIO' as const)
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  fc.record({ diesAt }),
  fc.record({ failsAt, code }),
  fc.record({ diesAt, failsAt, code }),
)

const historyOf = (fates: fc.Arbitrary<Fate>, ...ends: Session['end'][]): fc.Arbitrary<History> =>
  fc.record({
    sessions: fc.array(
      fc.record({
        steps: fc.array(step, { maxLength: 12, size: 'max' }),
        fate: fates,
        end: fc.constantFrom(...ends),
      }),
      { minLength: 2, maxLength: 6, size: 'max' },
    ),
    seed: fc.integer(),
  })

const history = historyOf(fate, 'close', 'kill', 'power')
/** Where no call fails, what is not safe is found sooner. */
const calmHistory = historyOf(fc.oneof(fc.constant({}), fc.record({ diesAt })), 'kill', 'power')

/** What the next opening may find. */
interface Expectation {
  /** All that was ever appended to what the last opening found, in order. */
  readonly appended: number[]
  /** How many of `appended` there are at the end of each append. */
  readonly bounds: Set<number>
  readonly acknowledged: Set<number>
  /** Whether an opening has succeeded. */
  wasOpened: boolean
}

const SEEDED = [-1, -2, -3]

async function live({ sessions, seed }: History, disk = new Disk(randomOf(seed)), mayBeDamaged = false): Promise<void> {
  let next = 0
  /** Whether a repair was begun, and no opening has succeeded since. */
  let isRepaired = false
  let expected: Expectation = { appended: [...SEEDED], bounds: new Set([3]), acknowledged: new Set(), wasOpened: false }
  // The last opening has nothing in its way.
  for (const { steps, fate, end } of [...sessions, { steps: [], fate: {}, end: 'close' } satisfies Session]) {
    const { files, died, die, isDead } = disk.process(fate)
    const unlessDead = <Value>(promise: Promise<Value>) => Promise.race([promise, died.then(() => undefined)])
    let state: number[] = []
    const open = (repair: boolean) => {
      state = []
      return openWith<Numbers>(PATH, {
        state: {
          apply: ({ numbers }) => void state.push(...numbers),
          *snapshot() {
            const all = state.slice()
            for (let i = 0; i < all.length; i += 2) yield { numbers: all.slice(i, i + 2) }
          },
        },
        seed: () => void state.push(...SEEDED),
        repair,
        files,
        foldBytes: 400,
        slice: { bytes: 60, ms: Number.POSITIVE_INFINITY },
      })
    }
    let journal: Journal<Numbers> | undefined
    try {
      journal = await unlessDead(open(false))
    } catch (error) {
      const isDamage = error instanceof JournalError && error.code === 'JOURNAL_DAMAGED'
      if (isDamage) {
        // Never by a crash alone, unless the disk writes sectors in any order or drops what an fsync failed to write.
        expect(mayBeDamaged || disk.hasDropped).toBe(true)
        isRepaired = true
        journal = await unlessDead(open(true)).catch(expectFault(fate))
      } else expectFault(fate)(error)
    }

    if (journal !== undefined) {
      expectFound(state, expected, isRepaired)
      isRepaired = false
      expect(journal.isNew && expected.wasOpened).toBe(false)
      // What is found is acknowledged by that: others see it now. Unless an fsync dropped it and the process was killed
      // before it could take it back: that is one fault too many, for what was never acknowledged by an append.
      const acknowledged = new Set(disk.hasDropped ? expected.acknowledged : state)
      const bounds = new Set(disk.hasDropped ? expected.bounds : []).add(state.length)
      expected = { appended: [...state], bounds, acknowledged, wasOpened: true }
      const appends: Promise<unknown>[] = []
      let failure: JournalError | undefined
      void journal.failed.then((error) => {
        failure = error
      })
      for (const step of steps) {
        if (step === 'rest') await unlessDead(Promise.all(appends))
        else if (step === 'fold') void journal.fold().catch(() => {})
        else if ('turns' in step) for (let i = 0; i < step.turns; i++) await undefined
        else {
          const numbers = Array.from({ length: step.append }, () => next++)
          const hasFailed = failure !== undefined
          state.push(...numbers)
          expected.appended.push(...numbers)
          expected.bounds.add(expected.appended.length)
          const append = journal.append(numbers.map((number) => ({ numbers: [number] }))).then(
            () => {
              if (hasFailed) throw new Error('an append after the failure was acknowledged')
              for (const number of numbers) acknowledged.add(number)
            },
            (error) => {
              if (error.code !== 'JOURNAL_FAILED') throw error
            },
          )
          appends.push(append)
        }
      }
      if (end === 'close') await unlessDead(Promise.all([journal.close().catch(expectFault(fate)), ...appends]))
      else if (disk.random(2) === 0) await unlessDead(Promise.all(appends))
    } else if (!isDead()) {
      // It failed to open: then it has let go.
      expect(disk.isLocked).toBe(false)
    }
    die()
    if (end === 'power') disk.losePower()
    else disk.bury()
  }
}

/** A rejection is one that the fate has in it. */
function expectFault(fate: Fate): (error: unknown) => undefined {
  return (error) => {
    expect(error).toBeInstanceOf(JournalError)
    expect(['JOURNAL_UNREADABLE', 'JOURNAL_FAILED']).toContain((error as JournalError).code)
    expect(fate.failsAt).toBeDefined()
    return undefined
  }
}

function expectFound(state: readonly number[], expected: Expectation, isRepaired: boolean): void {
  const found = new Set(state)
  expect([...expected.acknowledged].filter((number) => !found.has(number))).toEqual([])
  if (isRepaired) {
    const places = state.map((number) => expected.appended.indexOf(number))
    expect(places).toEqual([...new Set(places)].filter((place) => place >= 0).sort((a, b) => a - b))
  } else {
    expect(state).toEqual(expected.appended.slice(0, state.length))
    expect(expected.bounds).toContain(state.length)
  }
}

describe('a disk that forgets what was not synced', () => {
  test('any history: nothing acknowledged is lost, nothing else is found, the order is kept', async () => {
    await fc.assert(fc.asyncProperty(history, (story) => live(story)))
  })

  test('sectors written in any order: what is lost is seen, and repair keeps all that was acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(history, (story) => live(story, new Disk(randomOf(story.seed), { isScattered: true }), true)),
    )
  })
})

describe('a repair', () => {
  const events: Numbers[] = Array.from({ length: 6 }, (_, i) => ({ numbers: [i] }))

  function openOn({ files }: Process, found: number[], repair: boolean): Promise<Journal<Numbers>> {
    const state = { apply: ({ numbers }: Numbers) => void found.push(...numbers), snapshot: () => [] }
    return openWith<Numbers>(PATH, { state, repair, files, slice: { bytes: 60, ms: Number.POSITIVE_INFINITY } })
  }

  /** A disk with a journal one of whose lines is damaged, and the bytes of it. All of it is safe. */
  async function damagedDisk(seed: number): Promise<{ disk: Disk; damaged: Uint8Array }> {
    const disk = new Disk(randomOf(seed))
    const first = disk.process({})
    const journal = await openOn(first, [], false)
    for (const event of events) await journal.append([event])
    await journal.close()
    const damaged = Uint8Array.from(disk.content(PATH)!)
    const at = Buffer.from(damaged).indexOf('[2]') + 1
    damaged[at] = '7'.charCodeAt(0)
    const { files } = first
    await files.remove(PATH)
    const file = await files.create(PATH, PATH)
    await file.write(damaged)
    await file.sync()
    await files.syncDirectory(PATH)
    return { disk, damaged }
  }

  test('leaves the damaged file or a whole copy of it, whenever the power goes', async () => {
    const ends = new Set<string>()
    for (let seed = 0; seed < 8; seed++) {
      // The last of these lives is one that does not die before it is open.
      for (let diesAt = 0; ends.size === 0 || !ends.has(`open ${seed}`); diesAt++) {
        const { disk, damaged } = await damagedDisk(seed)
        disk.isLocked = false
        const life = disk.process({ diesAt })
        const opened = await Promise.race([openOn(life, [], true), life.died])
        life.die()
        disk.losePower()
        const isThere = (path: string) =>
          disk.content(path) !== undefined && Buffer.compare(disk.content(path)!, damaged) === 0
        const copies = disk.names().filter((name) => name.includes('.damaged-'))
        expect([PATH, ...copies].some(isThere)).toBe(true)
        ends.add(isThere(PATH) ? 'damaged' : 'copied')
        if (opened !== undefined) {
          ends.add(`open ${seed}`)
          expect(copies.some(isThere)).toBe(true)
        }
        const found: number[] = []
        await openOn(disk.process({}), found, true)
        expect(found).toEqual([0, 1, 3, 4, 5])
      }
    }
    expect([...ends].slice(0, 2).toSorted()).toEqual(['copied', 'damaged'])
  })
})

describe('without one of the calls that make it safe, this test fails', () => {
  const mutants: { readonly [name: string]: (call: Call) => boolean } = {
    'fsync after an append': ({ kind, path, isFirst }) => kind === 'sync' && path === PATH && !isFirst,
    'fsync of a folded file': ({ kind, path }) => kind === 'sync' && path !== PATH,
    'fsync of the directory': ({ kind, isFirst }) => kind === 'syncDirectory' && !isFirst,
    'fsync of a file that is found': ({ kind, path, isFirst }) => kind === 'sync' && path === PATH && isFirst,
    'fsync of the directory of a file that is found': ({ kind, isFirst }) => kind === 'syncDirectory' && isFirst,
    'any fsync': ({ kind }) => kind === 'sync' || kind === 'syncDirectory',
  }
  test.each(Object.entries(mutants))('%s', async (_, isSkipped) => {
    const property = fc.asyncProperty(calmHistory, (story) =>
      live(story, new Disk(randomOf(story.seed), { isSkipped })),
    )
    const { failed } = await fc.check(property, { numRuns: 5_000, endOnFailure: true })
    expect(failed).toBe(true)
  })
})
