/** Spans over a real socket, kept by `serve --save`: killed and started again, the server shows the same and goes on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { batch, block, llm, span, tool, turn } from '../http/ingest/spans.ts'
import { buildCommand, Client, Serving } from './serving.ts'

let folder: string
let command: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-spans-'))
  command = await buildCommand('spans-test')
})

afterAll(() => {
  for (const path of [folder, command]) rmSync(path, { recursive: true, force: true })
})

const PATHS = [
  '/api/conversations/?page_size=100',
  '/api/conversations/1/',
  '/api/spans/?payload=true&page_size=100',
  '/api/traces/t1/',
  '/api/token-usage/',
  '/api/token-usage/summary/?group_by=day',
  '/api/tickets/',
  '/api/tickets/1/comments/',
  '/api/feedbacks/?include_tickets=true',
  '/api/feedbacks/?kind=message',
  '/api/actions/',
  '/api/actions/1/logs/',
]

test('a server that is killed shows the same spans, tokens, tickets, votes and definitions, and what waits still waits', async () => {
  const args = ['--port', '0', '--save', join(folder, 'spans.journal'), '--default-environment', 'dev']
  const first = new Serving(command, args)
  const read = async (url: string) => {
    const client = new Client(url)
    const bodies = await Promise.all(PATHS.map(async (path) => (await client.get(path)).body))
    return JSON.stringify(bodies).replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
  }
  let before: string
  try {
    const url = await first.listening()
    const client = new Client(url)
    expect((await client.get('/api/me/')).body.capabilities).toEqual(['gzip-ingest'])
    const sent = batch(
      block('chat', [
        turn({ id: 'a', name: 'ask', end: 90, said: [{ sender: 'agent', content: 'hi', at: 50 }] }),
        tool({ id: 'b', turn: 'a', start: 10 }),
        llm({ id: 'c', turn: 'a', start: 20, model: 'm', tokens: { 'gen_ai.usage.input_tokens': 3 } }),
        // These wait for a turn that comes after the restart.
        tool({ id: 'e', turn: 'late', start: 210, name: 'waiting' }),
        llm({ id: 'f', turn: 'late', start: 220, model: 'm' }),
        span({ id: 'g', kind: 'button' }),
      ]),
    )
    const posted = await fetch(`${url}/api/ingest/`, {
      method: 'POST',
      body: gzipSync(JSON.stringify(sent)),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    })
    expect([posted.status, await posted.json()]).toEqual([201, {}])
    const { body: detail } = await client.get('/api/conversations/1/')
    expect(detail.environment).toBe('development')
    const message = detail.messages.at(-1).id
    for (const sentiment of ['positive', 'negative'])
      expect((await client.post('/api/feedbacks/', { kind: 'message', message, sentiment })).status).toBeLessThan(300)
    const { body: vote } = await client.get('/api/feedbacks/?kind=message')
    await client.post('/api/tickets/', { title: 'T', feedback_id: vote.results[0].id, tags: ['x'] })
    await client.post('/api/tickets/1/comments/', { body: 'look at this' })
    await client.send('PATCH', '/api/tickets/1/', { status: 'in_progress' })
    await client.send('PATCH', '/api/actions/1/', { display_name: 'Look up' })
    await client.post('/api/actions/', { name: 'declared' })
    before = await read(url)
    expect(before).toContain('Look up')
    expect(before).not.toContain('Action waiting performed')
  } finally {
    await first.end('SIGKILL')
  }

  const second = new Serving(command, args)
  try {
    const url = await second.listening()
    expect(await read(url)).toBe(before)
    const client = new Client(url)
    await client.post(
      '/api/ingest/',
      batch(block('chat', [turn({ id: 'late', start: 200, end: 300 }), turn({ id: 'a' })])),
    )
    const { body: detail } = await client.get('/api/conversations/1/')
    expect(detail.messages.map(({ content }: { content: string }) => content)).toEqual([
      'Action look performed',
      'hi',
      'Action waiting performed',
    ])
    const { body: usage } = await client.get('/api/token-usage/')
    expect(usage.results.map(({ id, turn_id }: { id: number; turn_id: string }) => [id, turn_id])).toEqual([
      [2, 'late'],
      [1, 'a'],
    ])
    expect((await client.post('/api/tickets/', { title: 'U' })).body.id).toBe(2)
    expect((await client.get('/api/spans/')).body.count).toBe(7)
  } finally {
    await second.end('SIGKILL')
  }
})
