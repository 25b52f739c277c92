import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type ConversationStoreError, DuplicateIdError, InvalidRowError } from '../../../../src/base/errors.ts'
import { loadFilesInto, loadInto, type RowReceiver } from '../../../../src/features/load/node.ts'

/** A store as far as a load knows it: rows need a conversation id, which is unique. */
class Rows implements RowReceiver {
  readonly ids: string[] = []
  readonly calls: { readonly rows: number; readonly own: boolean; readonly onInvalid: string }[] = []

  addMany(...[rows, { onInvalid, own }]: Parameters<RowReceiver['addMany']>): ReturnType<RowReceiver['addMany']> {
    const good: { index: number; id: string }[] = []
    const rejected: { index: number; conversationId: string | null; error: ConversationStoreError }[] = []
    let index = 0
    for (const { conversation_id: id } of rows) {
      if (typeof id === 'string') good.push({ index, id })
      else {
        const message = 'conversation_id is missing.'
        const error = new InvalidRowError([{ parameter: 'conversation_id', value: id, code: 'INVALID_ROW', message }])
        if (onInvalid === 'throw') throw error
        rejected.push({ index, conversationId: null, error })
      }
      index++
    }
    // Repeats are seen when all rows were read, as the store does it.
    const seen = new Set(this.ids)
    for (const { index: at, id } of good) {
      if (seen.has(id)) {
        const message = `${id} is taken.`
        const error = new DuplicateIdError([{ parameter: 'conversation_id', value: id, code: 'DUPLICATE_ID', message }])
        if (onInvalid === 'throw') throw error
        rejected.push({ index: at, conversationId: id, error })
      } else seen.add(id)
    }
    const added = seen.size - this.ids.length
    this.ids.splice(0, this.ids.length, ...seen)
    this.calls.push({ rows: index, own, onInvalid })
    return { added, rejected }
  }
}

const row = (id: string | number) => `{"conversation_id":"${id}","started_at":"2024-01-15"}\n`
const rows = (count: number) => Array.from({ length: count }, (_, i) => row(i)).join('')

describe('a load into a store', () => {
  it('adds all rows at once and gives them away', async () => {
    const store = new Rows()
    expect(await loadInto(store, rows(2_500))).toEqual({ added: 2_500, rejected: [] })
    expect(store.ids).toEqual(Array.from({ length: 2_500 }, (_, i) => String(i)))
    expect(store.calls).toEqual([{ rows: 2_500, own: true, onInvalid: 'throw' }])
    expect(await loadInto(store, '')).toEqual({ added: 0, rejected: [] })
  })

  it('adds nothing when a line is broken, and says which', async () => {
    const store = new Rows()
    await expect(loadInto(store, `${rows(2_500)}nonsense\n${row('x')}`)).rejects.toMatchObject({
      code: 'INVALID_SOURCE',
      parameter: 'line 2501',
    })
    await expect(loadInto(store, gzipSync(rows(2_500)).subarray(0, -5))).rejects.toMatchObject({
      code: 'INVALID_SOURCE',
    })
    expect(store.calls).toEqual([])
  })

  it('adds nothing when the store refuses a row, and says on which line it is', async () => {
    const store = new Rows()
    for (const [text, line] of [
      [`${row('a')}\n{"id":1}\n${row('b')}`, 3],
      [`${row('a')}{"id":1}`, 2],
      [`[\n${row('a')},\n\n{"id":1},${row('b')}]`, 5],
    ] as const) {
      await expect(loadInto(store, text)).rejects.toMatchObject({
        code: 'INVALID_ROW',
        parameter: 'conversation_id',
        message: `Line ${line}: conversation_id is missing.`,
      })
    }
    expect(store.ids).toEqual([])
  })

  it('says on which line a repeated id is', async () => {
    const store = new Rows()
    await expect(loadInto(store, row('a') + row('b') + row('a') + row('c') + row('a'))).rejects.toMatchObject({
      code: 'DUPLICATE_ID',
      message: 'Line 3: a is taken.',
    })
    await loadInto(store, row('b'))
    await expect(loadInto(store, row('a') + row('b') + row('c'))).rejects.toMatchObject({
      name: 'DuplicateIdError',
      message: 'Line 2: b is taken.',
    })
    expect(store.ids).toEqual(['b'])
  })

  it('leaves the bad rows out on request, and tells of each', async () => {
    const store = new Rows()
    const text = `${row('a')}nonsense\n${row('b')}\n{"id":1}\n5\n${row('a')}${row('c')}`
    const skipped: number[] = []
    const onSkip = ({ line }: { line: number }) => skipped.push(line)
    const { added, rejected } = await loadInto(store, text, { onInvalid: 'skip', onSkip })
    expect(added).toBe(3)
    expect(store.ids).toEqual(['a', 'b', 'c'])
    expect(rejected.map(({ index, line, conversationId, error }) => [index, line, conversationId, error.code])).toEqual(
      [
        [1, 2, null, 'INVALID_SOURCE'],
        [3, 5, null, 'INVALID_ROW'],
        [4, 6, null, 'INVALID_SOURCE'],
        [5, 7, 'a', 'DUPLICATE_ID'],
      ],
    )
    expect(Object.keys(rejected[0]!)).toEqual(['line', 'index', 'error', 'conversationId'])
    expect(skipped).toEqual([2, 6])
    expect(store.calls).toEqual([{ rows: 5, own: true, onInvalid: 'skip' }])
  })

  it('adds batch by batch then', async () => {
    const store = new Rows()
    const bad = '{"id":1}\n'
    const { added, rejected } = await loadInto(store, `${rows(2_500)}${bad}`, { onInvalid: 'skip' })
    expect(added).toBe(2_500)
    expect(rejected).toMatchObject([{ index: 2_500, line: 2_501 }])
    expect(store.calls.map((call) => call.rows)).toEqual([1_000, 1_000, 501])
  })

  it('ends with the reason of the signal', async () => {
    const reason = new Error('enough')
    for (const onInvalid of ['throw', 'skip'] as const) {
      const store = new Rows()
      const controller = new AbortController()
      const onProgress = () => controller.abort(reason)
      const loading = loadInto(store, rows(2_500), { onInvalid, signal: controller.signal, onProgress })
      await expect(loading).rejects.toBe(reason)
      expect(store.ids).toHaveLength(onInvalid === 'throw' ? 0 : 1_000)
    }
    const store = new Rows()
    const controller = new AbortController()
    let reports = 0
    // The last report comes when all was read and nothing added.
    const onProgress = () => {
      if (++reports === 2) controller.abort(reason)
    }
    await expect(loadInto(store, row('a'), { signal: controller.signal, onProgress })).rejects.toBe(reason)
    expect(store.ids).toEqual([])
  })

  it('takes files, all or none, and names them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'load-'))
    try {
      const [a, b] = [join(folder, 'a'), join(folder, 'b')]
      await writeFile(a, row('a1') + row('a2'))
      await writeFile(b, `${row('b1')}{"id":1}\n5\n${row('b2')}`)
      const store = new Rows()
      await expect(loadFilesInto(store, [a, b])).rejects.toMatchObject({ parameter: `${b}: line 3` })
      await writeFile(b, `${row('b1')}{"id":1}\n${row('b2')}`)
      await expect(loadFilesInto(store, [a, b])).rejects.toMatchObject({
        message: `${b}: Line 2: conversation_id is missing.`,
      })
      expect(store.ids).toEqual([])
      const { added, rejected } = await loadFilesInto(store, [a, b], { onInvalid: 'skip' })
      expect(added).toBe(4)
      expect(rejected).toMatchObject([{ file: b, line: 2, index: 3 }])
      expect(await loadFilesInto(store, [])).toEqual({ added: 0, rejected: [] })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
