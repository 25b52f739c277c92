/** `query` and `stats` of a journal of `serve --save`: read as it is, beside a server that has it open. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AgentState, createHandler } from '../../src/http/index.ts'
import { openJournal } from '../../src/node/index.ts'
import { runHere } from './running.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-journal-'))
  path = join(folder, 'state.journal')
})

afterEach(() => rmSync(folder, { recursive: true }))

/** Records what clients write, and closes the journal unless `during` is done first. */
async function record(during = async () => {}): Promise<void> {
  const state = new AgentState()
  const journal = await openJournal(path, state)
  const handler = createHandler(state.store, { state, persistence: journal })
  const send = async (method: string, route: string, body?: object): Promise<{ id?: number }> => {
    const request = new Request(`http://localhost/api/${route}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = await handler(request)
    expect(answer.status).toBeLessThan(300)
    return answer.status === 204 ? {} : ((await answer.json()) as { id: number })
  }
  const timestamp = '2026-01-05T10:00:00+00:00'
  for (const id of ['a', 'b', 'c']) {
    const { id: conversation } = await send('POST', 'conversations/', {
      timestamp,
      conversation_id: id,
      device: 'mobile',
    })
    const message = { timestamp, conversation, conversation_id: id, sender: 'end_user', content: `hello ${id}` }
    await send('POST', 'track/', message)
    if (id === 'b') await send('POST', `conversations/${conversation}/mark/`, { is_marked: true })
    if (id === 'c') await send('DELETE', `conversations/${conversation}/delete/`)
  }
  const data = Buffer.from('bytes').toString('base64')
  const attachments = [{ filename: 'a.png', mime_type: 'image/png', data }]
  const upload = { timestamp, conversation_id: 'a', mode: 'base64', sender: 'end_user', metadata: {}, attachments }
  await send('POST', 'attachments/', upload)
  await during()
  await journal.close()
}

async function idsOf(...args: string[]): Promise<string[]> {
  const { stdout, stderr, code } = await runHere(['query', ...args, '--format', 'ndjson', '--ordering', 'id'])
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).conversation_id)
}

describe('a journal', () => {
  test('is queried as it was left, and not changed', async () => {
    await record()
    const before = readFileSync(path)
    expect(await idsOf(path)).toEqual(['a', 'b'])
    expect(await idsOf(path, '--include-deleted')).toEqual(['a', 'b', 'c'])
    expect(await idsOf(path, '--is-marked')).toEqual(['b'])
    expect(await idsOf(path, '--message-contains', 'hello a')).toEqual(['a'])
    expect((await runHere(['stats', path])).stdout).toMatch(/^3 conversations, 1 of them deleted/)
    expect(readFileSync(path)).toEqual(before)
    expect(readdirSync(folder)).toEqual(['state.journal'])
  })

  test('is queried while it is open elsewhere, which goes on', async () => {
    await record(async () => {
      expect(readdirSync(folder).sort()).toEqual(['state.journal', 'state.journal.lock'])
      expect(await idsOf(path)).toEqual(['a', 'b'])
    })
    expect(await idsOf(path)).toEqual(['a', 'b'])
  })

  test('is not followed by serve --watch, which says so', async () => {
    await record()
    const { stderr, code } = await runHere(['serve', path, '--watch', '--port', '0'])
    expect(code).toBe(2)
    expect(stderr).toContain('state.journal is a journal, which --watch does not follow. Leave --watch out')
  })

  test('may have a last write that is not whole', async () => {
    await record()
    const before = readFileSync(path)
    appendFileSync(path, '0123abcd 99 {"type":"conv')
    const { stdout, stderr, code } = await runHere(['query', path, '--count'])
    expect({ stdout, code }).toEqual({ stdout: '2\n', code: 0 })
    expect(stderr).toMatch(/^\S+state\.journal: its last write, from line \d+ on, is not whole and is left out\.\n$/)
    expect(readFileSync(path).length).toBe(before.length + 25)
  })

  test.each([
    [
      'in the middle',
      (text: string) => text.replace('hello b', 'hellO b'),
      /damaged: line \d+ fails its checksum.*--repair/,
    ],
    ['in its header', (text: string) => text.replace('format', 'fOrmat'), /damaged: line 1 .*--repair/],
    ['with a line taken out', (text: string) => text.replace(/\n.*hello a.*\n/, '\n'), /damaged: line \d+ .*--repair/],
    ['of another version', (text: string) => text.replace('"version":1', '"version":7'), /version 7; .* version 1/],
  ])('that is damaged %s is an error', async (_, damage, message) => {
    await record()
    const before = readFileSync(path, 'utf8')
    writeFileSync(path, damage(before))
    for (const command of ['query', 'stats']) {
      const { stdout, stderr, code } = await runHere([command, path])
      expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
      expect(stderr).toMatch(/^error: [^\n]+\n$/)
      expect(stderr).toMatch(message)
    }
    expect(readFileSync(path, 'utf8')).toBe(damage(before))
  })

  test('can be read beside files, in any order, and beside another journal', async () => {
    await record()
    const [first, other] = [path, join(folder, 'other.ndjson.gz')]
    writeFileSync(other, gzipSync('{"conversation_id":"file","started_at":"2026-01-05"}\n'))
    expect((await idsOf(other, first)).sort()).toEqual(['a', 'b', 'file'])
    expect((await idsOf(first, other)).sort()).toEqual(['a', 'b', 'file'])
    const { stderr, code } = await runHere(['query', first, first])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: \S+state\.journal: .*already.*\n$/)
    expect(stderr).not.toMatch(/upsert|\(\)/)
  })

  test('is read from gzip too; to save to it, it must be unpacked', async () => {
    await record()
    const zipped = join(folder, 'packed.journal.gz')
    const bytes = gzipSync(readFileSync(path))
    writeFileSync(zipped, bytes)
    expect(await idsOf(zipped)).toEqual(['a', 'b'])
    const stats = await runHere(['stats', zipped, '--format', 'json'])
    expect([stats.code, stats.stderr]).toEqual([0, ''])
    await expect(openJournal(zipped, new AgentState())).rejects.toMatchObject({
      code: 'NO_JOURNAL',
      message: `${zipped}: it is compressed with gzip. Unpack it first: gunzip FILE.`,
    })
    expect(readFileSync(zipped)).toEqual(bytes)

    writeFileSync(zipped, bytes.subarray(0, -20))
    const { stderr, code } = await runHere(['query', zipped])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: \S+packed\.journal\.gz: .*gzip.*\n$/)
  })
})
