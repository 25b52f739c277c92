/** A store that was opened from a snapshot: what it reads, that it is written to like any other, and rows of every kind. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ConversationStore as CoreStore } from '../../../src/core.ts'
import { readDirectory } from '../../../src/features/snapshot/format.ts'
import { openSnapshot } from '../../../src/features/snapshot/index.ts'
import { ConversationStore } from '../../../src/index.ts'
import type { Conversation, ConversationInput } from '../../../src/row/conversation.ts'
import {
  compact,
  type ReadSnapshotOptions,
  readSnapshot,
  readSnapshotSync,
  writeSnapshot,
  writeSnapshotStream,
} from '../../../src/snapshot.ts'
import { executorOf } from '../../../src/store/inside.ts'
import { plain } from '../../arbitraries/plain.ts'
import { inSegments } from '../../in-segments.ts'
import { answersOf, MANY_ROWS, QUESTIONS, ROWS } from '../../snapshot-rows.ts'

/** A row a block, so that what is unpacked is counted to the row. */
const ALONE = { blockBytes: 1 }
const PATHS = { metadata: ['plan', 'tags', 'nested.deep', 'nested."x.y"', 'zero'] }
const EVERYTHING = { text: true, actions: true, ...PATHS, ...ALONE }

const row = (conversation_id: string, more: object = {}): ConversationInput => ({
  conversation_id,
  started_at: '2026-01-05T10:00:00Z',
  ...more,
})

/** A store, written and opened again. */
async function reopened(store: ConversationStore, options: ReadSnapshotOptions = {}, written: object = EVERYTHING) {
  return readSnapshotSync(await writeSnapshot(store, written), options)
}

/** What a store counts of its work. */
function workOf(store: ConversationStore) {
  const { work, documents } = executorOf(store).engine
  return { ...work, unpacked: documents.unpacked }
}

describe('work', () => {
  test('opening unpacks nothing, and neither do counts, ids, groups and numbers', async () => {
    const store = await reopened(ConversationStore.from(MANY_ROWS))
    expect(workOf(store)).toEqual({ documentsRead: 0, indexed: 0, unpacked: 0 })
    for (const [name, ask] of Object.entries(QUESTIONS)) {
      ask(store)
      expect(workOf(store), name).toEqual({ documentsRead: 0, indexed: 0, unpacked: 0 })
    }
    expect(store.metadataValues('plan')).toContain('free')
    expect(store.has('c1')).toBe(true)
    expect(store.stats()).toMatchObject({ rows: 72, deleted: 6 })
    expect(workOf(store)).toEqual({ documentsRead: 0, indexed: 0, unpacked: 0 })
  })

  test('a page of ten unpacks ten, and none when it is looked at again', async () => {
    const store = await reopened(ConversationStore.from(MANY_ROWS))
    const page = store.query().messageContains('refund').orderBy('-customer_id').page(2)
    const first = page.fetch().results
    expect([first.length, workOf(store).unpacked]).toEqual([10, 10])
    const again = page.fetch().results
    expect(workOf(store).unpacked).toBe(10)
    again.forEach((each, i) => {
      expect(each).toBe(first[i])
    })
    store.get(first[0]!.id)
    expect(workOf(store).unpacked).toBe(10)
  })

  test('indexes that are built together unpack each row once, also where no row is kept', async () => {
    const store = await reopened(ConversationStore.from(MANY_ROWS), { rowCache: 0 }, { text: false, ...ALONE })
    store.warm({ actions: true, metadata: ['plan', 'tags'] })
    expect(workOf(store)).toMatchObject({ documentsRead: 0, unpacked: 72 })
    expect(workOf(store).indexed).toBeGreaterThan(72 * 4)
    expect(answersOf(store)).toEqual(answersOf(ConversationStore.from(MANY_ROWS)))
  })

  test('explain tells what was unpacked to decide', async () => {
    const store = await reopened(ConversationStore.from(MANY_ROWS), {}, { text: false, metadata: [], ...ALONE })
    const explained = store.query().messageContains('refund 1').explain()
    expect(explained.documentsRead).toBe(66)
    expect(explained.documentsUnpacked).toBe(66)
    expect(explained.text).toContain('unpacked: 66')
    expect(store.query().device('mobile').explain()).toMatchObject({ documentsRead: 0, documentsUnpacked: 0 })
  })

  test('a write unpacks the row that it changes, and merging segments none', async () => {
    const store = await reopened(ConversationStore.from(MANY_ROWS, inSegments(8, 2)))
    const unpacked = () => workOf(store).unpacked
    store.mark('c0')
    expect(unpacked()).toBe(1)
    store.delete('c1')
    store.purge('c2')
    expect(unpacked()).toBe(3)
    // Each of these segments is more than a quarter dead then, and merged.
    for (let i = 3; i < 12; i++) store.purge(`c${i}`)
    expect(unpacked()).toBe(12)
    expect(store.query().includeDeleted().count()).toBe(62)
    for (let i = 0; i < 9; i++) store.add(row(`new ${i}`, { device: 'mobile' }))
    for (const ask of Object.values(QUESTIONS)) ask(store)
    expect(unpacked()).toBe(12)
  })

  test('of a store whose rows all are replaced nothing is held', async () => {
    const store = await reopened(ConversationStore.from([row('a'), row('b')]))
    expect(store.stats().bytes.documents).toMatchObject({ resident: 0, dead: 0 })
    store.mark('a')
    store.purge('b')
    expect(store.stats().bytes.documents).toMatchObject({ packed: 0, dead: 0 })
    expect(plain(store.get('a'))).toBe(plain({ ...store.get('a'), is_marked: true }))
  })
})

describe('rows', () => {
  const long = 'x'.repeat(1_000_000)
  const awkward: readonly ConversationInput[] = [
    row('-0', { metadata: { zero: -0, list: [-0, 0, 1], said: '-0, "-0": 0', '-0': { '-0': -0 } } }),
    row('half \ud800', { name: '\udc00\ud800', metadata: { '\ud800': '\udfff' } }),
    row('proto', { metadata: JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":null}}') }),
    row('dots', { metadata: { 'a.b': { 'c.d': 1, '"': 2 }, a: { b: 3 } } }),
    row('first', { started_at: '0001-01-01T00:00:00.000001Z', ended_at: '9999-12-31T23:59:59.999999Z' }),
    row('last', { started_at: '9999-12-31T23:59:59.999999Z', ended_at: '0001-01-01T00:00:00.000001Z' }),
    row('deleted', { is_deleted: true, deleted_at: '2026-02-03T04:05:06.000007Z', is_marked: true }),
    row('lines', { name: 'a\nb\r\u2028\u2029\u0000', extra: { of: ['any', { kind: null }] } }),
    row('long', { messages: [{ sender: 'agent', content: long }] }),
    row('deep', { metadata: { list: JSON.parse(`${'['.repeat(60)}1${']'.repeat(60)}`) } }),
    row('big', { id: Number.MAX_SAFE_INTEGER - 7, metadata: { n: 1.7976931348623157e308, m: 5e-324 } }),
    row('\u{1f600}'.repeat(60)),
  ]

  test.each([
    ['none', []],
    ['one', [row('a')]],
    ['those that are hard to write', awkward],
  ])('%s', async (_, rows) => {
    for (const options of [{}, { documents: 'resident' }, { verify: 'full', rowCache: 0 }] as const) {
      const given = ConversationStore.from(rows)
      const store = await reopened(given, options)
      expect([...store].map(plain)).toEqual([...given].map(plain))
      expect(store.greatestIds).toEqual(given.greatestIds)
      const asked = (of: ConversationStore) => [
        of.query().includeDeleted().orderBy('started_at').ids(),
        of.query().where('ended_at', 'lt', '0001-01-02').ids(),
        of.query().where('started_at', 'gte', '9999-12-31T23:59:59.999999Z').ids(),
        of.query().metadata('zero', 0).ids(),
        of.query().metadata(['\ud800'], '\udfff').ids(),
        of.query().metadata('__proto__.a', 1).ids(),
        of.query().metadata('"a.b"."c.d"', 1).ids(),
        of.query().name('\udc00').ids(),
        of.query().messageContains('xxx').ids(),
        of.query().aggregate({ n: ['sum', 'metadata.n'], z: ['min', 'metadata.zero'] }),
      ]
      expect(plain(asked(store))).toBe(plain(asked(given)))
    }
  })

  test('words with half of a surrogate pair are found, though nothing joined is written of them', async () => {
    const texts = ['refund \ud83d now', '\ud83d\ude00 refund', 'half\udc00']
    const given = ConversationStore.from(
      texts.map((content, i) => row(`c-${i}`, { messages: [{ sender: 'agent', content }] })),
    )
    const bytes = await writeSnapshot(given, EVERYTHING)
    const names = readDirectory(bytes).sections.map(({ name }) => name)
    expect([names.includes('index message'), names.includes('search message')]).toEqual([true, false])
    const store = readSnapshotSync(bytes, { verify: 'full' })
    const found = (piece: string) => [...store.query().messageContains(piece).ids()].sort()
    expect([found('\ud83d now'), found('half\udc00'), found('refund')]).toEqual([[1], [3], [1, 2]])
  })

  test('a row that is given out is frozen to the bottom', async () => {
    const store = await reopened(ConversationStore.from(ROWS))
    expect(Object.isFrozen(store.get('c1')?.messages[0])).toBe(true)
    expect(Object.isFrozen(Object(store.query().fetch().results[0]!.metadata).nested)).toBe(true)
  })

  test('what is kept in a file by one entry point is read by the other', async () => {
    const core = CoreStore.from(ROWS)
    const bytes = await writeSnapshot(core, { ...PATHS })
    const full = ConversationStore.from(ROWS)
    expect(answersOf(readSnapshotSync(bytes))).toEqual(answersOf(full))
    const back = openSnapshot(await writeSnapshot(full, EVERYTHING), (pages) => new CoreStore(pages), {})
    expect(back.query().messageContains('refund 1').ids()).toEqual(core.query().messageContains('refund 1').ids())
  })

  test('page settings come back', async () => {
    const baseUrl = 'https://agents.example/api/conversations/'
    const given = ConversationStore.from(ROWS, { defaultPageSize: 3, maxPageSize: 5, baseUrl })
    const { page_size, next } = (await reopened(given)).query().fetch()
    expect([page_size, next]).toEqual([3, `${baseUrl}?page=2`])
  })
})

describe('in a runtime', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })

  test('without weak references, a row is one object as long as it is kept', async () => {
    vi.stubGlobal('WeakRef', undefined)
    const store = await reopened(ConversationStore.from(MANY_ROWS), { rowCache: 1 })
    const first = store.get('c1')
    expect(store.get('c1')).toBe(first)
    expect(answersOf(store)).toEqual(answersOf(ConversationStore.from(MANY_ROWS)))
    await store.compact()
    expect(answersOf(store)).toEqual(answersOf(ConversationStore.from(MANY_ROWS)))
  })

  test('without compression of its own, files are the same to read', async () => {
    const given = ConversationStore.from(MANY_ROWS)
    const byRuntime = await writeSnapshot(given, EVERYTHING)
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
    const byUs = await writeSnapshot(given, EVERYTHING)
    const right = answersOf(given)
    for (const bytes of [byRuntime, byUs]) expect(answersOf(readSnapshotSync(bytes, { verify: 'full' }))).toEqual(right)
    vi.restoreAllMocks()
    expect(answersOf(readSnapshotSync(byUs))).toEqual(right)
  })
})

describe('writing goes on', () => {
  test('ids go on from the greatest that there ever was', async () => {
    const given = ConversationStore.from([row('a'), row('b', { messages: [{ id: 70, sender: 'agent', content: '' }] })])
    given.reserveIds({ conversation: 40, feedback: 9 })
    given.purge('b')
    const store = await reopened(given)
    expect(store.greatestIds).toEqual({ conversation: 40, message: 70, feedback: 9 })
    expect(store.add(row('c')).id).toBe(41)
    expect(store.addMessage('c', { sender: 'agent', content: 'x' }).messages[0]!.id).toBe(71)
    expect(() => store.add(row('a'))).toThrow('already')
    expect(() => store.add(row('d', { id: 1 }))).toThrow('already')
  })

  test('a purged row can be added again, and all of them', async () => {
    const store = await reopened(ConversationStore.from(ROWS))
    const before = [...store].map(plain)
    for (const { conversation_id } of ROWS.slice(0, 6)) {
      const gone = store.purge(conversation_id)
      store.add(gone!)
      expect(plain(store.get(conversation_id))).toBe(plain(gone))
    }
    expect([...store].map(plain).sort()).toEqual(before.sort())
    store.clear()
    expect([store.size, store.query().count(), store.get('c7')]).toEqual([0, 0, undefined])
    store.addMany(ROWS)
    expect([...store].map(plain).sort()).toEqual(before.sort())
    expect(answersOf(store, QUESTIONS)).toEqual(answersOf(ConversationStore.from(ROWS), QUESTIONS))
  })

  test('a snapshot of a snapshot that was written to has what it has', async () => {
    const store = await reopened(ConversationStore.from(ROWS), { rowCache: 0 })
    store.mark('c1', false)
    store.delete('c2')
    store.purge('c3')
    store.addMessage('c4', { sender: 'agent', content: 'refund again' })
    store.upsert(row('c5', { device: 'tv' }))
    store.add(row('new'))
    const again = await reopened(store)
    expect(answersOf(again)).toEqual(answersOf(store))
  })

  test('the moment of the call is written, whatever comes while it is', async () => {
    const store = ConversationStore.from(MANY_ROWS)
    const before = answersOf(store)
    let heard = 0
    const onProgress = () => {
      heard++
      for (const id of store.query().includeDeleted().ids().slice(0, 2)) store.purge(id)
      store.add(row(`while ${heard}`))
      if (heard === 5) store.clear()
    }
    const written = writeSnapshot(store, { ...EVERYTHING, onProgress })
    store.mark('c0', false)
    store.purge('c1')
    const opened = readSnapshotSync(await written)
    expect(heard).toBe(72)
    expect(answersOf(opened)).toEqual(before)
    expect(opened.greatestIds.conversation).toBe(600)
  })

  test('a stream is the same bytes', async () => {
    const store = ConversationStore.from(ROWS)
    const chunks: Uint8Array[] = []
    for await (const chunk of writeSnapshotStream(store, EVERYTHING)) chunks.push(chunk)
    expect(answersOf(readSnapshotSync(Buffer.concat(chunks)))).toEqual(answersOf(store))
    await expect(
      writeSnapshotStream(store, { signal: AbortSignal.abort(new Error('enough')) })
        .getReader()
        .read(),
    ).rejects.toThrow('enough')
  })

  test('stopped, it rejects with the reason, and the store is as it was', async () => {
    const store = ConversationStore.from(MANY_ROWS)
    const before = answersOf(store)
    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('enough'))
    await expect(writeSnapshot(store, { ...EVERYTHING, onProgress, signal: stop.signal })).rejects.toThrow('enough')
    expect(answersOf(store)).toEqual(before)
  })
})

describe('live queries over packed rows', () => {
  test('hear of what changed alone, also where no row is kept', async () => {
    const given = ConversationStore.from(MANY_ROWS)
    const store = await reopened(given, { rowCache: 0 })
    const told: object[] = []
    store
      .query()
      .pageSize(20)
      .subscribe(({ page, changes }) => {
        told.push({ count: page.count, ...changes })
      })
    const none = { inserted: [], removed: [], moved: [], updated: [] }
    expect(told.splice(0)).toHaveLength(1)
    const { id } = store.query().fetch().results[4]!
    store.mark(id, store.get(id)?.is_marked !== true)
    expect(told.splice(0)).toEqual([{ count: 66, ...none, updated: [id] }])
    const last = store.query().page(6).fetch().results[0]!
    store.rename(last.id, 'beyond the page')
    expect(told.splice(0)).toEqual([])
    const added = store.add(row('new', { started_at: '2027-01-01' }))
    expect(told.splice(0)).toMatchObject([{ inserted: [added.id], updated: [], moved: [] }])
    await compact(store, { rowCache: 0 })
    expect(told).toEqual([])
    const newer = store.add(row('newer', { started_at: '2027-01-02' }))
    expect(told.splice(0)).toMatchObject([{ inserted: [newer.id], updated: [], moved: [] }])
  })
})

describe('compact', () => {
  const heldOf = (store: ConversationStore) => store.stats().bytes.documents

  test('packs all rows, in place: what was given out stays the same object', async () => {
    const store = ConversationStore.from(MANY_ROWS)
    const before = answersOf(store)
    const held: readonly Conversation[] = [...store]
    store.warm(PATHS)
    await compact(store, { rowCache: 0 })
    expect(heldOf(store)).toMatchObject({ resident: 0, dead: 0 })
    expect([...store].every((each, i) => each === held[i])).toBe(true)
    expect(answersOf(store)).toEqual(before)
  })

  test('gives back what rows that are gone had', async () => {
    const store = await reopened(ConversationStore.from(MANY_ROWS))
    for (const { conversation_id } of MANY_ROWS.slice(0, 50)) store.purge(conversation_id)
    expect(heldOf(store).dead).toBeGreaterThan(0)
    const before = answersOf(store)
    await compact(store)
    expect(heldOf(store)).toMatchObject({ resident: 0, dead: 0 })
    expect(answersOf(store)).toEqual(before)
  })

  test('twice at once, with writes in between, loses nothing', async () => {
    const store = ConversationStore.from(MANY_ROWS)
    const twice = Promise.all([compact(store), compact(store)])
    store.purge('c1')
    store.add(row('new'))
    store.mark('c2')
    const before = answersOf(store)
    await twice
    expect(answersOf(store)).toEqual(before)
  })

  test('a number that a new row got while the dead one still stands in its segment is packed once', async () => {
    const store = ConversationStore.from(MANY_ROWS)
    store.query().count()
    store.purge('c1')
    store.add(row('new'))
    await compact(store)
    expect(heldOf(store)).toMatchObject({ resident: 0, dead: 0 })
    for (const { conversation_id } of [...store]) store.purge(conversation_id)
    expect(heldOf(store)).toEqual({ resident: 0, packed: 0, dead: 0 })
  })

  test('stopped, it rejects with the reason, and rows are as they were', async () => {
    const store = ConversationStore.from(MANY_ROWS)
    const stop = new AbortController()
    const onProgress = () => stop.abort(new Error('enough'))
    await expect(compact(store, { onProgress, signal: stop.signal })).rejects.toThrow('enough')
    expect(heldOf(store).packed).toBe(0)
    await compact(store)
    expect(heldOf(store).resident).toBe(0)
  })
})

test('the store of the full package has it as methods', async () => {
  const store = ConversationStore.from(ROWS)
  const back = await ConversationStore.fromSnapshot(await store.toSnapshot({ text: true, ...PATHS }))
  await back.compact()
  expect(answersOf(back)).toEqual(answersOf(store))
  expect(answersOf(await readSnapshot(await store.toSnapshot()))).toEqual(answersOf(store))
})
