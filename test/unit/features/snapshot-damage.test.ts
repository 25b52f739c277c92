/** Files that were damaged: cut, longer, or with other bytes. Each is refused with its place, or the answers are right. */
import { describe, expect, inject, test } from 'vitest'
import { ConversationStoreError } from '../../../src/base/errors.ts'
import { generate } from '../../../src/features/generate/index.ts'
import { ConversationStore } from '../../../src/index.ts'
import { readSnapshotSync, writeSnapshot } from '../../../src/snapshot.ts'
import { plain } from '../../arbitraries/plain.ts'
import { numbers } from '../../arbitraries/rows.ts'
import { bodyStart, directoryOf } from '../../snapshot-files.ts'

const { runs, seed } = inject('properties')

/** The error of something that throws, which must be `INVALID_SNAPSHOT`; `undefined` where nothing is thrown. */
function faultOf(task: () => unknown): ConversationStoreError | undefined {
  try {
    task()
    return undefined
  } catch (error) {
    if (error instanceof ConversationStoreError && error.code === 'INVALID_SNAPSHOT') return error
    throw error
  }
}

/** What the file of a store has, and a check of whatever became of it. */
function judgeOf(given: ConversationStore, bytes: Uint8Array) {
  const asked = (store: ConversationStore) =>
    plain([
      store.size,
      store.query().includeDeleted().ids(),
      store.query().device('mobile').count(),
      store.query().facets({ device: true, language: true }),
      store.query().aggregate({ turns: ['sum', 'message_count'] }),
    ])
  const right = asked(given)
  const rows = new Map([...given].map((row) => [row.id, plain(row)]))
  const { at } = directoryOf(bytes).sections.find(({ name }: { name: string }) => name === 'documents')
  const documents = bodyStart(bytes) + at
  /** Opens damaged bytes, of which those from one to before another are changed. Gives how many rows were refused. */
  return (damaged: Uint8Array, from: number, to: number): number | undefined => {
    let store: ConversationStore
    try {
      store = readSnapshotSync(damaged)
    } catch (error) {
      if (!(error instanceof ConversationStoreError && error.code === 'INVALID_SNAPSHOT')) throw error
      return undefined
    }
    const isInDocuments = from >= documents
    // A change that is not noticed when it is opened is in a document, or of a byte that fills up a section.
    expect(isInDocuments || bytes.subarray(from, to).every((byte) => byte === 0)).toBe(true)
    expect(asked(store)).toBe(right)
    let refused = 0
    for (const [id, row] of rows) {
      const fault = faultOf(() => expect(plain(store.get(id))).toBe(row))
      if (fault === undefined) continue
      refused++
      expect(fault.message).toContain(`(id ${id})`)
    }
    expect(refused === 0 || isInDocuments).toBe(true)
    return refused
  }
}

describe('a file of two rows', async () => {
  const given = ConversationStore.from([
    { conversation_id: 'a', started_at: '2026-01-05', device: 'mobile', metadata: { plan: 'pro' } },
    { conversation_id: 'b', started_at: '2026-01-06', messages: [{ sender: 'agent', content: 'Hi, you!' }] },
  ])
  const bytes = await writeSnapshot(given, { text: true, metadata: [], blockBytes: 1 })
  const judge = judgeOf(given, bytes)

  test('with any bit changed is refused, or a row is', () => {
    const damaged = bytes.slice()
    let [opened, refused] = [0, 0]
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        damaged[at]! ^= 1 << bit
        const rows = judge(damaged, at, at + 1)
        if (rows !== undefined) opened++
        refused += rows ?? 0
        damaged[at] = bytes[at]!
      }
    }
    const { length } = directoryOf(bytes).sections.at(-1)
    // Some bits fill up a byte, or a section.
    expect(refused).toBeGreaterThan(length * 8 * 0.5)
    expect(opened).toBeLessThan((length + 8) * 8)
  })

  test('cut anywhere is refused, and says so', () => {
    for (let length = 0; length < bytes.length; length++) {
      const { message } = faultOf(() => readSnapshotSync(bytes.subarray(0, length)))!
      expect(message).toMatch(
        length === 0
          ? 'it is empty'
          : length < 8
            ? 'not a snapshot'
            : `is cut: ${length.toLocaleString('en-US')} bytes came`,
      )
    }
  })

  test('with bytes after its end is refused', () => {
    for (const more of [1, 7, 8, 4_096])
      expect(faultOf(() => readSnapshotSync(Buffer.concat([bytes, Buffer.alloc(more)])))?.message).toMatch('should end')
    expect(faultOf(() => readSnapshotSync(Buffer.concat([bytes, bytes])))?.message).toMatch('should end')
  })

  test('copied as text is refused, and says so', () => {
    const crlf = Buffer.from(Buffer.from(bytes).toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
    const lf = Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    const utf8 = Buffer.from(Buffer.from(bytes).toString('utf8'))
    const latin = Buffer.from(Buffer.from(bytes).toString('latin1'))
    const seven = Buffer.from(bytes.map((byte) => byte & 0x7f))
    for (const copied of [crlf, lf, utf8, latin, seven])
      expect(faultOf(() => readSnapshotSync(copied))?.message).toMatch('copied as text')
  })
})

describe('a file of many rows', async () => {
  const given = new ConversationStore()
  given.addMany(generate({ count: 120, seed: 3, messages: 'short' }))
  const bytes = await writeSnapshot(given, { text: false, metadata: [] })
  const judge = judgeOf(given, bytes)

  test('with bytes changed, lost, doubled or moved is refused, or rows are', () => {
    const next = numbers(seed)
    const outcomes = { refused: 0, rows: 0, right: 0 }
    for (let run = 0; run < Math.min(100_000, runs * 5); run++) {
      const damaged = bytes.slice()
      const from = (next() * 256 + (next() & 255)) % bytes.length
      const length = run % 2 === 0 ? 1 : 1 + (next() % 600)
      const to = Math.min(from + length, bytes.length)
      const how = next() % 4
      if (how === 0) damaged.fill(next() & 255, from, to)
      else if (how === 1) for (let at = from; at < to; at++) damaged[at]! ^= 1 << (next() & 7)
      else if (how === 2) damaged.copyWithin(from, next() % bytes.length, (next() % bytes.length) + length)
      else damaged.subarray(from, to).reverse()
      const first = damaged.findIndex((byte, at) => byte !== bytes[at])
      if (first === -1) continue
      const last = damaged.findLastIndex((byte, at) => byte !== bytes[at])
      const rows = judge(damaged, first, last + 1)
      outcomes[rows === undefined ? 'refused' : rows > 0 ? 'rows' : 'right']++
    }
    // Each of the three was seen, if there were a few runs.
    if (runs >= 100) expect(Math.min(outcomes.refused, outcomes.rows)).toBeGreaterThan(runs)
  })
})
