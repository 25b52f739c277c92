import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConversationStoreError } from '../../../../src/base/errors.ts'
import {
  type LoadOptions,
  type LoadProgress,
  loadConversations,
  loadFiles,
} from '../../../../src/features/load/node.ts'

const row = (id: string | number) => `{"conversation_id":"${id}","started_at":"2024-01-15"}\n`
const rows = (count: number) => Array.from({ length: count }, (_, i) => row(i)).join('')

let folder: string
const file = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-'))
  await writeFile(file('a.ndjson'), row('a1') + row('a2'))
  await writeFile(file('b.gz'), gzipSync(`[${row('b1')}, 5, ${row('b2')}]`))
  await writeFile(file('c'), `{"results":[${row('c1')}]}`)
  await writeFile(file('bad.ndjson'), `${row('d1')}\nnonsense\n`)
  await writeFile(file('cut.gz'), gzipSync(rows(10)).subarray(0, 50))
  await writeFile(file('long.ndjson'), rows(20_000))
  await writeFile(file('empty'), '')
})
afterAll(() => rm(folder, { recursive: true }))

async function read(paths: Parameters<typeof loadFiles>[0], options: LoadOptions = {}) {
  const all: unknown[] = []
  for await (const batch of loadFiles(paths, options)) {
    for (const [i, { conversation_id }] of batch.entries()) {
      all.push([basename(batch.file ?? ''), batch.lines[i], batch.indexes[i], conversation_id])
    }
  }
  return all
}

async function fault(
  paths: Parameters<typeof loadFiles>[0],
  options: LoadOptions = {},
): Promise<ConversationStoreError> {
  return read(paths, options).then(
    () => expect.fail('It did not fail.'),
    (error: unknown) => error as ConversationStoreError,
  )
}

/** Which files of the folder are open in this process, where the system tells. */
async function openFiles(): Promise<string[]> {
  if (!existsSync('/proc/self/fd')) return []
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return links.filter((link) => link.startsWith(folder))
}

describe('files', () => {
  it('are read one after another, each by its own content', async () => {
    const skipped: unknown[] = []
    const onSkip: LoadOptions['onSkip'] = ({ file: path, line, index }) =>
      skipped.push([basename(path ?? ''), line, index])
    const paths = ['a.ndjson', 'empty', 'b.gz', 'c'].map(file)
    expect(await read(paths, { onInvalid: 'skip', onSkip })).toEqual([
      ['a.ndjson', 1, 0, 'a1'],
      ['a.ndjson', 2, 1, 'a2'],
      ['b.gz', 1, 2, 'b1'],
      ['b.gz', 2, 4, 'b2'],
      ['c', 1, 5, 'c1'],
    ])
    expect(skipped).toEqual([['b.gz', 2, 3]])
    expect(await openFiles()).toEqual([])
  })

  it('are named by a path, a URL or any iterable of these', async () => {
    for (const paths of [file('c'), pathToFileURL(file('c')), [file('c')], new Set([pathToFileURL(file('c'))])]) {
      expect(await read(paths)).toHaveLength(1)
    }
    expect(await read([])).toEqual([])
    expect(await fault([5] as unknown as string[])).toMatchObject({
      code: 'INVALID_SOURCE',
      parameter: 'paths',
      value: 5,
    })
  })

  it('are named by the errors', async () => {
    const bad = file('bad.ndjson')
    expect(await fault([file('a.ndjson'), bad])).toMatchObject({ code: 'INVALID_SOURCE', parameter: `${bad}: line 3` })
    expect((await fault(bad)).message).toMatch(`${bad}: Line 3 (row 2) is not JSON: `)
    const cut = file('cut.gz')
    expect(await fault(cut)).toMatchObject({
      parameter: `${cut}: byte 50`,
      message: `${cut}: Byte 50: the gzip data ends here, inside the member that begins at byte 0.`,
    })
    expect(await fault(file('a.ndjson'), { maxRowBytes: 5 })).toMatchObject({
      code: 'ROW_TOO_LONG',
      parameter: `${file('a.ndjson')}: line 1`,
    })
  })

  it('that cannot be read are named before any is read', async () => {
    const missing = file('missing.ndjson')
    let batches = 0
    const reading = async () => {
      for await (const _ of loadFiles([file('a.ndjson'), missing])) batches++
    }
    await expect(reading()).rejects.toMatchObject({
      name: 'InvalidSourceError',
      code: 'INVALID_SOURCE',
      parameter: `${missing}: file`,
      value: missing,
      cause: { code: 'ENOENT' },
    })
    expect(batches).toBe(0)
    for (const none of [undefined, null, 5, {}, [5], new URL('http://localhost/a.ndjson')] as never[])
      expect(await fault(none)).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'paths' })
    expect((await fault(folder)).message).toContain(`${folder}: The file cannot be read: it is a directory.`)
  })

  it('count together in the progress', async () => {
    const all: LoadProgress[] = []
    await read([file('a.ndjson'), file('long.ndjson'), file('c')], { onProgress: (progress) => all.push(progress) })
    const totalBytes = row('a1').length * 2 + rows(20_000).length + row('c1').length + '{"results":[]}'.length
    expect(all.at(-1)).toEqual({ bytes: totalBytes, rows: 20_003, totalBytes })
    expect(all.every(({ bytes }, i) => i === 0 || bytes >= all[i - 1]!.bytes)).toBe(true)
    expect(all.every(({ rows: count }, i) => i === 0 || count >= all[i - 1]!.rows)).toBe(true)
  })

  it('are closed when the caller stops, when aborted and after errors', async () => {
    for await (const _ of loadFiles(file('long.ndjson'))) break
    expect(await openFiles()).toEqual([])

    const controller = new AbortController()
    const reason = new Error('enough')
    const aborted = read(file('long.ndjson'), { signal: controller.signal, onProgress: () => controller.abort(reason) })
    await expect(aborted).rejects.toBe(reason)
    expect(await openFiles()).toEqual([])

    await fault(file('bad.ndjson'))
    await fault(file('cut.gz'))
    expect(await openFiles()).toEqual([])
    expect(await fault(file('c'), { signal: AbortSignal.abort(reason) })).toBe(reason)
  })

  it('come with all that the other entry has', () => {
    expect(loadConversations).toBeTypeOf('function')
  })
})

const data = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url))
const counts = { woz: 3_600, crosswoz: 1_000, tau: 1_332 }

describe('real conversations', () => {
  for (const [name, count] of Object.entries(counts)) {
    const path = join(data, `${name}.ndjson.gz`)
    const isThere = existsSync(path)
    it.skipIf(!isThere)(
      isThere ? `of ${name} are all read` : `of ${name}: DID NOT RUN, there is no ${path}`,
      async () => {
        const ids = new Set<unknown>()
        let messages = 0
        for await (const batch of loadFiles(path)) {
          expect(batch.length).toBeLessThanOrEqual(1_000)
          for (const { conversation_id, messages: list } of batch) {
            ids.add(conversation_id)
            messages += list?.length ?? 0
          }
        }
        expect(ids.size).toBe(count)
        expect(messages).toBe({ woz: 26_472, crosswoz: 21_108, tau: 30_158 }[name])
      },
    )
  }

  const path = join(data, 'crosswoz.ndjson.gz')
  const isThere = existsSync(path)
  const name = isThere ? 'are the same in every shape' : `in every shape: DID NOT RUN, there is no ${path}`
  it.skipIf(!isThere)(name, async () => {
    const expected: unknown[] = []
    for await (const batch of loadFiles(path)) expected.push(...batch)
    const list = JSON.stringify(expected)
    for (const text of [list, `{"count":1000,"results":${list}}`, JSON.stringify(expected, null, 1)]) {
      const read: unknown[] = []
      for await (const batch of loadConversations(text)) read.push(...batch)
      expect(JSON.stringify(read) === list).toBe(true)
    }
  })
})
