/**
 * `kill -9` in the middle of writing, again and again on one file: nothing that was answered for is lost.
 *
 * Three times by default; `KILLS=100` or a soak does it a hundred times, in one to two minutes. That a process is killed leaves what it wrote in the
 * system's memory: whether it would be on the disk is for the tests of the journal, whose file layer forgets that.
 */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCommand, Client, Serving } from './serving.ts'

const KILLS = Number(process.env.KILLS ?? (process.env.SOAK ? 100 : 3))
const CLIENTS = 4
/** The server is killed after so many acknowledged writes at most, and so many milliseconds more. */
const WRITES = 60
const MORE_MS = 20

/** What a client was answered for: the contents of messages by conversation id, and of files. */
type Acknowledged = Map<string, { readonly messages: string[]; readonly files: string[] }>

let folder: string
let command: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-kill-'))
  command = await buildCommand('kill-test')
})

afterAll(() => {
  for (const path of [folder, command]) rmSync(path, { recursive: true, force: true })
})

test(`${KILLS} kills under the load of ${CLIENTS} clients lose nothing that was acknowledged`, async () => {
  const args = ['--port', '0', '--save', join(folder, 'recorded.journal')]
  const all: Acknowledged = new Map()
  let last: Acknowledged = new Map()
  for (let round = 0; round <= KILLS; round++) {
    const server = new Serving(command, args)
    try {
      const url = await server.listening()
      await check(url, last)
      const { body } = await new Client(url).get('/api/conversations/?page_size=1&full=false')
      expect(body.count).toBeGreaterThanOrEqual(all.size)
      if (round === KILLS) break

      last = new Map()
      const enough = countdown(randomInt(CLIENTS, WRITES))
      const clients = Array.from({ length: CLIENTS }, (_, i) => record(url, `${round}-${i}`, last, enough.count))
      await enough.reached
      await sleep(randomInt(MORE_MS))
      expect(await server.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
      await Promise.all(clients)
      for (const [id, entry] of last) all.set(id, entry)
    } finally {
      await server.end('SIGKILL')
    }
  }
  const server = new Serving(command, args)
  try {
    await check(await server.listening(), all)
    expect(await server.end()).toEqual({ code: 0, signal: null })
  } finally {
    await server.end('SIGKILL')
  }
})

/** Waits for something to have happened so many times. */
function countdown(times: number): { readonly reached: Promise<void>; readonly count: () => void } {
  let left = times
  let reach = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  return { reached, count: () => void (--left === 0 && reach()) }
}

/** Writes as an instrumented agent does until the server is gone; `count` is called for each write that was acknowledged. */
async function record(url: string, name: string, acknowledged: Acknowledged, count: () => void): Promise<void> {
  const client = new Client(url)
  const timestamp = '2026-01-05T10:00:00+00:00'
  const write = async (path: string, body: object) => {
    const answer = await client.post(path, { timestamp, ...body })
    expect([200, 201]).toContain(answer.status)
    count()
    return answer.body
  }
  for (let i = 0; ; i++) {
    const id = `${name}-${i}`
    const entry = { messages: [] as string[], files: [] as string[] }
    try {
      const { id: conversation } = await write('/api/conversations/', { conversation_id: id })
      acknowledged.set(id, entry)
      for (let j = 0; j < 3; j++) {
        const content = `${id} says ${j}`
        await write('/api/track/', { conversation, content, sender: 'end_user', metadata: {} })
        entry.messages.push(content)
      }
      const filename = `${id}.txt`
      const attachments = [{ filename, mime_type: 'text/plain', data: Buffer.from(filename).toString('base64') }]
      await write('/api/attachments/', { conversation, attachments, mode: 'base64', sender: 'agent', metadata: {} })
      entry.files.push(filename)
    } catch (error) {
      // The connection ended, before the answer or in it.
      if (!(error instanceof TypeError && /^(fetch failed|terminated)$/.test(error.message))) throw error
      return
    }
  }
}

/** Whether all that was acknowledged is there. What was not may be there or not. */
async function check(url: string, acknowledged: Acknowledged): Promise<void> {
  const client = new Client(url)
  const found = new Map<string, { messages: Set<string>; files: Map<string, string> }>()
  for (const id of acknowledged.keys()) {
    if (found.has(id)) continue
    const [name] = /^\d+-\d+-/.exec(id)!
    for (let page = 1, pages = 1; page <= pages; page++) {
      const { body } = await client.get(
        `/api/conversations/?page_size=100&page=${page}&conversation_id__startswith=${name}`,
      )
      pages = body.total_pages
      for (const { conversation_id: each, messages } of body.results) {
        const files = messages.flatMap(({ attachments }: { attachments: object[] }) => attachments)
        found.set(each, {
          messages: new Set(messages.map(({ content }: { content: string }) => content)),
          files: new Map(files.map((it: { filename: string; file_url: string }) => [it.filename, it.file_url])),
        })
      }
    }
  }
  const lost: string[] = []
  for (const [id, { messages, files }] of acknowledged) {
    const kept = found.get(id)
    if (kept === undefined) lost.push(id)
    lost.push(...messages.filter((content) => kept?.messages.has(content) === false))
    lost.push(...files.filter((file) => kept?.files.has(file) === false))
  }
  expect(lost).toEqual([])
  // The bytes of some files.
  for (const { files } of [...acknowledged.values()].filter(({ files }) => files.length > 0).slice(-3)) {
    const [file] = files
    const { files: kept } = found.get(file!.replace(/\.txt$/, ''))!
    expect(await (await fetch(kept.get(file!)!)).text()).toBe(file)
  }
}
