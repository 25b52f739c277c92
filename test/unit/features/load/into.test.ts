import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { type ConversationStoreError, DuplicateIdError, InvalidRowError } from '../../../../src/base/errors.ts'
import { ConversationStore } from '../../../../src/core.ts'
import { loadFilesInto, loadInto, type RowReceiver } from '../../../../src/features/load/node.ts'

/** The result of a load that added nothing. */
const NOTHING = { added: 0, skipped: 0, replaced: 0, rejected: [], rejectedCount: 0, warnings: [], warningCount: 0 }

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
    expect(await loadInto(store, rows(2_500))).toEqual({ ...NOTHING, added: 2_500 })
    expect(store.ids).toEqual(Array.from({ length: 2_500 }, (_, i) => String(i)))
    expect(store.calls).toEqual([{ rows: 2_500, own: true, onInvalid: 'throw' }])
    expect(await loadInto(store, '')).toEqual(NOTHING)
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
      expect(await loadFilesInto(store, [])).toEqual(NOTHING)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

it('an unknown option is an error that names the nearest one, and nothing is read', async () => {
  const store = new Rows()
  for (const [options, message] of [
    [{ onInvalidd: 'skip' }, /load has no option "onInvalidd"\. Did you mean "onInvalid"\?/],
    [{ zzzzzz: 1 }, /load has no option "zzzzzz"\. It has onInvalid, /],
  ] as const) {
    const error = await loadInto(store, rows(1), options as never).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'UNKNOWN_PARAMETER', message: expect.stringMatching(message) })
  }
  expect(store.calls).toEqual([])
})

describe('what a store says of rows that it took', () => {
  /** A store that says of every row what it is told to. */
  function telling(warningsARow: number): RowReceiver & { readonly options: unknown[] } {
    const options: unknown[] = []
    return {
      options,
      addMany(rows, given) {
        options.push(given)
        const all = [...rows]
        const warnings = all.flatMap((_, index) =>
          Array.from({ length: warningsARow }, (_, i) => ({ index, conversationId: 'x', message: `${index}.${i}` })),
        )
        return { added: 1, skipped: 2, replaced: 3, rejected: [], warnings }
      },
    }
  }

  it('is given with the lines, and counted over all batches', async () => {
    const store = telling(1)
    const result = await loadInto(store, `${row('a')}nonsense\n\n${row('b')}`, { onInvalid: 'skip' })
    expect(result).toMatchObject({ added: 1, skipped: 2, replaced: 3 })
    expect(result.warnings).toEqual([
      { index: 0, line: 1, conversationId: 'x', message: '0.0' },
      { index: 2, line: 4, conversationId: 'x', message: '1.0' },
    ])
    const many = await loadInto(store, rows(1_500), { onInvalid: 'skip' })
    expect(many).toMatchObject({ added: 2, skipped: 4, replaced: 6 })
    const atOnce = await loadInto(store, rows(1_500))
    expect(atOnce.warnings.slice(0, 2)).toEqual([
      { index: 0, line: 1, conversationId: 'x', message: '0.0' },
      { index: 1, line: 2, conversationId: 'x', message: '1.0' },
    ])
  })

  it('is kept of the first hundred alone', async () => {
    for (const onInvalid of ['skip', 'throw'] as const) {
      const { warnings, warningCount } = await loadInto(telling(3), rows(2_500), { onInvalid })
      expect([warnings.length, warningCount]).toEqual([100, 7_500])
      expect(warnings.at(-1)).toEqual({ index: 33, line: 34, conversationId: 'x', message: '33.0' })
    }
  })

  it('is asked with the duplicates as the caller wants them', async () => {
    const store = telling(0)
    for (const onDuplicate of ['error', 'skip', 'replace'] as const) await loadInto(store, row('a'), { onDuplicate })
    await loadInto(store, row('a'))
    expect(store.options).toEqual([
      ...['error', 'skip', 'replace'].map((onDuplicate) => ({ onInvalid: 'throw', own: true, onDuplicate })),
      { onInvalid: 'throw', own: true },
    ])
    await expect(loadInto(store, row('a'), { onDuplicate: 'keep' as 'skip' })).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      message: 'onDuplicate is "keep". Expected "error" or "skip" or "replace".',
    })
    await expect(loadInto(store, row('a'), { onDuplicated: 'skip' } as object)).rejects.toMatchObject({
      code: 'UNKNOWN_PARAMETER',
      message: expect.stringContaining('Did you mean "onDuplicate"?'),
    })
  })
})

describe('a load into the store itself', () => {
  const day = '"started_at":"2024-01-15"'

  it('leaves out or replaces what comes twice, over all batches and all at once', async () => {
    const { ConversationStore } = await import('../../../../src/index.ts')
    const again = `{"conversation_id":"a",${day},"name":"again"}\n`
    for (const onInvalid of ['throw', 'skip'] as const) {
      for (const [onDuplicate, name, counts] of [
        ['skip', null, { added: 2, skipped: 2, replaced: 0 }],
        ['replace', 'again', { added: 2, skipped: 0, replaced: 2 }],
      ] as const) {
        const store = new ConversationStore()
        store.add({ conversation_id: 'a', started_at: '2024-01-15' })
        const result = await store.load(again + row('b') + row('c') + again, { onInvalid, onDuplicate })
        expect(result).toMatchObject({ ...counts, rejected: [] })
        expect([store.size, store.get('a')!.name]).toEqual([3, name])
      }
    }
  })

  it('warns of misspelt keys with the line, and refuses a saved lean page and big numbers within metadata strings', async () => {
    const { ConversationStore } = await import('../../../../src/index.ts')
    const store = new ConversationStore()
    const text = `${row('a')}\n{"conversation_id":"b",${day},"metdata":{}}\n`
    for (const onInvalid of ['throw', 'skip'] as const) {
      const { warnings, warningCount } = await store.load(text, { onInvalid, onDuplicate: 'replace' })
      expect([warnings, warningCount]).toEqual([
        [{ index: 1, line: 3, conversationId: 'b', message: expect.stringContaining('"metadata"') }],
        1,
      ])
    }
    const lean = `{"count":1,"results":[\n{"conversation_id":"c",${day},"message_count":12}]}`
    await expect(store.load(lean)).rejects.toMatchObject({
      code: 'INVALID_ROW',
      message: expect.stringMatching(/^Line 2: message_count is 12.*full=true/s),
    })
    const big = `{"conversation_id":"d",${day},"metadata":"{\\"user\\":1234567890123456789}"}`
    await expect(store.load(big)).rejects.toMatchObject({
      code: 'INVALID_ROW',
      message: expect.stringMatching(/^Line 1: /),
    })
    await store.load(big, { bigNumbers: 'string' })
    expect(store.get('d')!.metadata).toEqual({ user: '1234567890123456789' })
    expect([...store].map(({ conversation_id }) => conversation_id)).toEqual(['a', 'b', 'd'])
  })
})

describe('a store of the core, or of another copy of the package', () => {
  const text = `${row('a')}{"conversation_id":"b","started_at":"2024-01-15","messages":[{"sender":"agent","content":"x"}]}\n`

  it('takes rows with and without ids, all or none', async () => {
    const core = await import('../../../../src/core.ts')
    vi.resetModules()
    const other = await import('../../../../src/index.ts')
    for (const ConversationStore of [core.ConversationStore, other.ConversationStore]) {
      const store = new ConversationStore()
      const receiver = store as unknown as RowReceiver
      expect(await loadInto(receiver, text)).toMatchObject({ added: 2, rejected: [] })
      expect([...store].map(({ id, conversation_id }) => [id, conversation_id])).toEqual([
        [1, 'a'],
        [2, 'b'],
      ])
      await expect(loadInto(receiver, `${row('c')}{"conversation_id":"d"}`)).rejects.toMatchObject({
        code: 'INVALID_ROW',
        message: expect.stringMatching(/^Line 2: started_at is missing/),
      })
      await expect(loadInto(receiver, row('c') + row('b'))).rejects.toMatchObject({
        code: 'DUPLICATE_ID',
        message: expect.stringMatching(/^Line 2: /),
      })
      const { rejected } = await loadInto(receiver, `${row('c')}{"conversation_id":"d"}\n${row('a')}`, {
        onInvalid: 'skip',
      })
      expect(rejected.map(({ line, error }) => [line, error.code])).toEqual([
        [2, 'INVALID_ROW'],
        [3, 'DUPLICATE_ID'],
      ])
      expect(store.size).toBe(3)
    }
  })

  it('takes again what it refused as a whole', async () => {
    const { ConversationStore } = await import('../../../../src/index.ts')
    const store = new ConversationStore()
    await expect(store.load(row('a') + row('b') + row('a'))).rejects.toMatchObject({ code: 'DUPLICATE_ID' })
    expect(store.size).toBe(0)
    await store.load(row('a') + row('b'))
    expect([...store].map(({ id }) => id)).toEqual([1, 2])
  })
})

describe('a long load', () => {
  it('lets the event loop run at least after each 64 kB', async () => {
    let now = 0
    vi.spyOn(Date, 'now').mockImplementation(() => (now += 10))
    let turns = 0
    const { MessageChannel } = globalThis
    vi.stubGlobal(
      'MessageChannel',
      class extends MessageChannel {
        constructor() {
          super()
          turns++
        }
      },
    )
    try {
      const long = (i: number) =>
        `{"conversation_id":"${i}","started_at":"2024-01-15","name":"${'x'.repeat(99_900)}"}\n`
      const text = Array.from({ length: 100 }, (_, i) => long(i)).join('')
      for (const source of [text, gzipSync(text), `[${text.trim().replaceAll('\n', ',\n')}]`]) {
        turns = 0
        const { added } = await loadInto(new Rows(), source)
        expect(added).toBe(100)
        expect(turns).toBeGreaterThanOrEqual(Math.floor(text.length / 65_536))
      }
    } finally {
      vi.restoreAllMocks()
      vi.unstubAllGlobals()
    }
  })
})

describe('many bad rows', () => {
  const bad = (count: number) => `${'x\n'.repeat(count)}{"conversation_id":"a"}\n`.repeat(2)

  it('are counted over all batches, and the first 100 listed, whoever refuses them', async () => {
    const store = new ConversationStore()
    const skipped: number[] = []
    const options = { onInvalid: 'skip', onSkip: ({ line }: { line: number }) => skipped.push(line) } as const
    const { added, rejected, rejectedCount } = await loadInto(store, bad(60), options)
    expect([added, rejectedCount, skipped.length]).toEqual([0, 122, 120])
    expect(rejected.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    expect(rejected.map(({ error }) => error.code)).toEqual(
      Array.from({ length: 100 }, (_, i) => (i === 60 ? 'INVALID_ROW' : 'INVALID_SOURCE')),
    )
  })

  it('of a store that lists its first ones only', async () => {
    const rows = Array.from({ length: 2_500 }, (_, i) => `{"conversation_id":"${i}"}`)
    const { rejected, rejectedCount } = await loadInto(new ConversationStore(), rows.join('\n'), { onInvalid: 'skip' })
    expect([rejected.length, rejectedCount, rejected.at(-1)?.line]).toEqual([100, 2_500, 100])
  })
})
