/** `conversation-store pull`: a copy of what the API has, whole or going on. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { type Listening, listen } from '../../src/node/index.ts'
import { runHere } from './running.ts'

const KEY = 'ags_0123456789abcdef0123456789abcdef_012345'

/** 250 rows, 120 of them of one instant. */
const rows = Array.from({ length: 250 }, (_, i) => ({
  id: i + 1,
  conversation_id: `c${i}`,
  started_at: i < 120 ? '2026-01-05T10:00:00.000001Z' : `2026-02-01T00:${String(i % 60).padStart(2, '0')}:00Z`,
  device: i % 2 === 0 ? 'mobile' : 'desktop',
  messages: [{ sender: 'agent' as const, content: `Message ${i}` }],
}))

let folder: string
let server: Listening
let asked: string[]
/** Requests that are answered; the others get a 401. */
let answered: number
const store = ConversationStore.from(rows)

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pull-'))
  asked = []
  answered = Number.POSITIVE_INFINITY
  const handler = createHandler(store, { keys: { [KEY]: 'read' } })
  server = await listen((request) => {
    asked.push(request.url.slice(request.url.indexOf('/api')))
    return asked.length > answered ? Response.json({ detail: 'Invalid API key.' }, { status: 401 }) : handler(request)
  })
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const pull = (file: string, ...more: string[]) =>
  runHere(['pull', '--from', server.url, '--key', KEY, '-o', join(folder, file), ...more])
const idsIn = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id)
const byTime = store.query().orderBy('started_at', 'id')

describe('pull', () => {
  it('writes all rows by their time, and leaves no part behind', async () => {
    const { code, stdout, stderr } = await pull('all.ndjson')
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(folder, 'all.ndjson')}: 250 conversations\n` })
    expect(stderr).toContain('Pulling: 100 %, 250 conversations')
    expect(idsIn(readFileSync(join(folder, 'all.ndjson'), 'utf8'))).toEqual(byTime.ids())
    expect(existsSync(join(folder, 'all.ndjson.part'))).toBe(false)
    expect(existsSync(join(folder, 'all.ndjson.part.json'))).toBe(false)
    const { stdout: count } = await runHere(['query', join(folder, 'all.ndjson'), '--device', 'mobile', '--count'])
    expect(count).toBe('125\n')
  })

  it('writes gzip, and the rows of filters alone', async () => {
    const { code } = await pull('some.ndjson.gz', '--device', 'mobile', '--started-at-after', '2026-02-01')
    expect(code).toBe(0)
    const text = gunzipSync(readFileSync(join(folder, 'some.ndjson.gz'))).toString()
    expect(idsIn(text)).toEqual(byTime.device('mobile').startedAfter('2026-02-01').ids())
  })

  it('goes on where it was broken off, also within a line', async () => {
    answered = 2
    const broken = await pull('all.ndjson')
    expect(broken.code).toBe(1)
    expect(broken.stderr).toContain(
      `was answered with 401: Invalid API key. Give the option key. 100 conversations of it are in ${join(folder, 'all.ndjson')}.part: the same command goes on from there.`,
    )
    const part = join(folder, 'all.ndjson.part')
    writeFileSync(part, readFileSync(part, 'utf8').slice(0, -20))
    answered = Number.POSITIVE_INFINITY
    const { code, stdout, stderr } = await pull('all.ndjson')
    expect(code).toBe(0)
    expect(stderr).toContain('all.ndjson.part has 99 conversations: the pull goes on after them')
    expect(stdout).toContain('all.ndjson: 250 conversations, 99 of them from before')
    expect(idsIn(readFileSync(join(folder, 'all.ndjson'), 'utf8'))).toEqual(byTime.ids())
    expect(asked.some((path) => path.includes(KEY))).toBe(false)
  })

  it('goes on with nothing of another pull', async () => {
    answered = 1
    await pull('all.ndjson')
    const { code, stderr } = await pull('all.ndjson', '--device', 'mobile')
    expect(code).toBe(2)
    expect(stderr).toContain(
      `all.ndjson.part is of another pull: ${join(folder, 'all.ndjson')}.part.json says of which.`,
    )
    const about = readFileSync(join(folder, 'all.ndjson.part.json'), 'utf8')
    expect(JSON.parse(about)).toEqual({ pull: 1, from: `${server.url}/api/`, asked: '' })
    expect(about).not.toContain(KEY)
  })

  it.each([
    [['--where', '[{"field":"duration","lookup":"gt","value":5}]'], 'the hosted API has no parameter for'],
    [['--from', 'localhost'], 'url is "localhost". Expected a URL such as "https://api.example.com".'],
    [['-o', '-'], '--output needs the name of a file.'],
  ])('refuses %j before anything is asked', async (more, message) => {
    const { code, stderr } = await pull('all.ndjson', ...more)
    expect({ code, asked }).toEqual({ code: 2, asked: [] })
    expect(stderr).toContain(message)
  })

  it('says that the key is missing, and that nothing answers', async () => {
    const { code, stderr } = await runHere(['pull', '--from', server.url, '-o', join(folder, 'x.ndjson')])
    expect(code).toBe(2)
    expect(stderr).toContain('Authentication credentials were not provided.')
  })
})
