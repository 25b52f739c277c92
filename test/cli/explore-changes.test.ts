/** The changes that pages follow, the snapshots that they begin with, and reading that stops where the memory is full. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { ChangeLog, changesAfter } from '../../src/cli/explore-changes.ts'
import { Snapshots } from '../../src/cli/explore-data.ts'
import { HeapWatch, MemoryFull } from '../../src/cli/explore-memory.ts'
import { readLeniently } from '../../src/cli/explore-reading.ts'
import type { Streams } from '../../src/cli/streams.ts'
import { ConversationStore } from '../../src/index.ts'
import { eventsOf, type StreamEvent } from '../node/exploring.ts'

const row = (id: string) => ({ conversation_id: id, started_at: '2026-01-05T10:00:00Z' })

const storeOf = (...ids: string[]) => ConversationStore.from(ids.map(row))

/** The events of some text. */
async function parsed(text: string): Promise<StreamEvent[]> {
  const events = []
  for await (const event of eventsOf(new Response(text))) events.push(event)
  return events
}

const logs: ChangeLog[] = []

afterEach(() => {
  for (const log of logs.splice(0)) log.close()
})

function logOf(store: ConversationStore, start = 0, mostKept?: number): ChangeLog {
  const log = new ChangeLog(store, start, mostKept)
  logs.push(log)
  return log
}

describe('the log', () => {
  const IDS = ['a', 'b', 'c', 'd\nd']
  const steps = fc.array(
    fc.oneof(
      fc.record({
        do: fc.constantFrom('mark', 'unmark', 'rename', 'delete', 'purge', 'put'),
        id: fc.constantFrom(...IDS),
      }),
      fc.record({ do: fc.constant('read'), id: fc.constant('') }),
    ),
    { maxLength: 40 },
  )

  test('tells a reader that comes now and then all that it needs, however little is kept', async () => {
    const run = async (history: readonly { do: string; id: string }[], mostKept: number) => {
      const store = storeOf(...IDS)
      const log = logOf(store, 100, mostKept)
      let copy = new Map<string, unknown>()
      let at = -1
      const read = async () => {
        while (at !== log.sequence) {
          if (!log.reaches(at)) {
            copy = new Map([...store].map((each) => [each.conversation_id, JSON.parse(JSON.stringify(each))]))
            at = log.sequence
            continue
          }
          const { text, at: now } = log.after(at)
          expect(now).toBeGreaterThan(at)
          at = now
          for (const { event, data } of await parsed(text)) {
            if (event === 'gone') copy.delete(data)
            else copy.set(JSON.parse(data).conversation_id, JSON.parse(data))
          }
        }
      }
      const act: Record<string, (id: string) => unknown> = {
        mark: (id) => store.mark(id),
        unmark: (id) => store.mark(id, false),
        rename: (id) => store.update(id, { name: `${log.sequence}` }),
        delete: (id) => store.delete(id),
        purge: (id) => store.purge(id),
        put: (id) => store.upsert(row(id)),
        read,
      }
      for (const step of history)
        if (step.do === 'read' || step.do === 'put' || store.has(step.id)) await act[step.do]!(step.id)
      await read()
      expect([...copy.values()]).toEqual(expect.arrayContaining([...store]))
      expect(copy.size).toBe(store.size)
    }
    const { runs, seed } = inject('properties')
    await fc.assert(fc.asyncProperty(steps, fc.integer({ min: 1, max: 8 }), run), { numRuns: runs, seed })
  })

  test('tells several changes of a conversation once, as it is now', async () => {
    const store = storeOf('a', 'b')
    const log = logOf(store)
    for (const name of ['one', 'two', 'three']) store.update('a', { name })
    store.mark('b')
    const events = await parsed(log.after(0).text)
    expect(events.map(({ id, data }) => [id, JSON.parse(data).conversation_id])).toEqual([
      ['3', 'a'],
      ['4', 'b'],
    ])
    expect(JSON.parse(events[0]!.data)).toMatchObject({ name: 'three' })
  })

  test('forgets what is long ago: a change costs no more, however many there were', () => {
    const store = storeOf('a')
    const log = logOf(store, 0, 10)
    for (let i = 0; i < 1_000; i++) store.update('a', { name: `${i}` })
    expect([log.sequence, log.reaches(1_000), log.reaches(990), log.reaches(970)]).toEqual([1_000, true, true, false])
  })

  test('tells of an id that no line of a stream can have by having the page begin anew', async () => {
    const store = ConversationStore.from([{ ...row('a\rb') }])
    const log = logOf(store)
    store.purge('a\rb')
    expect(await parsed(log.after(0).text)).toEqual([{ id: '1', event: 'reload', data: '1' }])
  })
})

describe('a stream of changes', () => {
  const reading = (stream: ReadableStream<Uint8Array>) => {
    const reader = stream.getReader()
    return { next: async () => new TextDecoder().decode((await reader.read()).value), cancel: () => reader.cancel() }
  }

  test('of a client that does not read holds nothing, and ends once the log has gone on without it', async () => {
    const store = storeOf('a')
    const log = logOf(store, 0, 10)
    const stream = reading(changesAfter(log, 0))
    expect(await stream.next()).toBe(': changes after 0\n\n')
    for (let i = 0; i < 100; i++) store.update('a', { name: `${i}` })
    expect(await stream.next()).toBe('id: 100\nevent: reload\ndata: 100\n\n')
    expect(await stream.next()).toBe('')
  })

  test('says now and then that it is there', async () => {
    const stream = reading(changesAfter(logOf(storeOf('a')), 0, 1))
    await stream.next()
    expect([await stream.next(), await stream.next()]).toEqual([':\n\n', ':\n\n'])
    await stream.cancel()
  })

  test('has a large pile of changes in pieces', async () => {
    const store = new ConversationStore()
    const log = logOf(store)
    store.addMany(Array.from({ length: 2_000 }, (_, i) => ({ ...row(`c-${i}`), name: 'x'.repeat(500) })))
    const stream = reading(changesAfter(log, 0))
    await stream.next()
    let text = ''
    let pieces = 0
    while (!text.includes('"c-1999"')) {
      const piece = await stream.next()
      expect(piece.length).toBeLessThan(70_000)
      text += piece
      pieces++
    }
    expect(pieces).toBeGreaterThan(10)
    expect(await parsed(text)).toHaveLength(2_000)
    await stream.cancel()
  })
})

describe('snapshots', () => {
  test('asked for together are made once, and one at a time', async () => {
    const store = storeOf('a', 'b')
    const log = logOf(store)
    const snapshots = new Snapshots(store, log, undefined)
    const [first, second] = [snapshots.now(), snapshots.now()]
    store.mark('a')
    const third = snapshots.now()
    expect((await first).bytes).toBe((await second).bytes)
    expect([(await first).sequence, (await third).sequence]).toEqual([0, 1])
    expect((await ConversationStore.fromSnapshot((await third).bytes)).query().marked().count()).toBe(1)
    expect((await snapshots.now()).bytes).toBe((await third).bytes)
    expect(snapshots.held?.sequence).toBe(1)
  })

  test('are not made for nobody: closing ends the one that is being made', async () => {
    const store = storeOf('a')
    const log = logOf(store)
    const snapshots = new Snapshots(store, log, undefined)
    const made = snapshots.now()
    snapshots.close()
    await expect(made).rejects.toThrow()
  })
})

describe('memory', () => {
  const streams = () => {
    const stderr = new PassThrough()
    return { streams: { stdin: process.stdin, stdout: new PassThrough(), stderr } as unknown as Streams, stderr }
  }

  test('that is full ends the reading: it says how many fit, and offers a snapshot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'conversation-store-explore-'))
    const [file, other] = [join(folder, 'large.ndjson'), join(folder, 'other.ndjson')]
    writeFileSync(file, Array.from({ length: 2_500 }, (_, i) => `${JSON.stringify(row(`c-${i}`))}\n`).join(''))
    writeFileSync(other, JSON.stringify(row('other')))
    const store = new ConversationStore()
    const { streams: given, stderr } = streams()
    let checks = 0
    const watch = {
      check() {
        if (++checks > 2) throw new MemoryFull('The memory is full.')
      },
      stop() {},
    }
    const { faults } = await readLeniently(store, [file, other], {
      streams: given,
      signal: new AbortController().signal,
      watch,
    })
    rmSync(folder, { recursive: true, force: true })
    expect(store.size).toBe(2_000)
    expect(faults.listed).toEqual([
      {
        file,
        line: null,
        message: expect.stringMatching(
          /^The first 2,000 conversations of it fit into the memory of this process, and the rest is not read\. 1 more file is not read\. .*NODE_OPTIONS=--max-old-space-size=\d+ conversation-store build FILE -o FILE\.snap$/,
        ),
      },
    ])
    expect(String(stderr.read())).toContain('The first 2,000 conversations')
  })

  test('is looked at after each full collection', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const [small, large] = [new HeapWatch(1), new HeapWatch(1e12)]
    small.check()
    collect()
    for (let turn = 0; turn < 100; turn++) await nextTurn()
    expect(() => small.check()).toThrow(MemoryFull)
    large.check()
    for (const watch of [small, large]) watch.stop()
  })
})
