/** Commands over folders and files of other tools, and `import`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FIXTURES } from '../unit/features/formats/fixtures.ts'
import { runHere } from './running.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-formats-'))
  for (const { format, file, text } of FIXTURES) {
    mkdirSync(join(folder, 'all', format), { recursive: true })
    writeFileSync(join(folder, 'all', format, file), text)
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = (...names: string[]) => join(folder, ...names)

test('a folder of files of every format is one store', async () => {
  const { stdout, stderr, code } = await runHere([
    'query',
    path('all'),
    '--message-contains',
    'clock',
    '--format',
    'ids',
    '--all',
  ])
  expect([stdout.trim().split('\n').length, code]).toEqual([2, 0])
  expect(stderr).toBe(
    'note: 2 records of unknown types: hologram (1), event_msg warp_drive (1)\n' +
      'note: the last line of 1 session is still being written and left out\n',
  )
  expect((await runHere(['query', path('all'), '--count'])).stdout).toBe('27\n')
  expect((await runHere(['stats', path('all')])).stdout).toMatch(/^27 conversations/)
})

test('a conversation in several files is one row', async () => {
  mkdirSync(path('split'))
  const lines = FIXTURES.find(({ file }) => file === 'session.jsonl')!
    .text.trim()
    .split('\n')
  writeFileSync(path('split', 'a.jsonl'), lines.slice(0, 9).join('\n'))
  writeFileSync(path('split', 'b.jsonl'), lines.slice(7).join('\n'))
  const { stdout } = await runHere(['query', path('split'), '--format', 'json', '--conversation-id', '5f0c'])
  const { count, results } = JSON.parse(stdout) as { count: number; results: { messages: { content: string }[] }[] }
  expect(count).toBe(1)
  const said = results[0]!.messages.map(({ content }) => content)
  expect(said.at(-1)).toBe('The lexer reads the clock; I froze it.')
  expect(said.filter((text) => text === 'Action Task performed')).toHaveLength(1)
})

test('what is wrong in a folder is reported, and the rest is read', async () => {
  mkdirSync(path('mixed', '.hidden'), { recursive: true })
  writeFileSync(
    path('mixed', 'a.ndjson'),
    '{"conversation_id":"a","started_at":"2026-01-05"}\n{"conversation_id":"b"}\n',
  )
  writeFileSync(path('mixed', 'b.json'), '[{"role":"user","content":"Hi"}]')
  writeFileSync(path('mixed', 'notes.md'), '# Notes')
  writeFileSync(path('mixed', 'other.json'), '{"colour":"red"}')
  writeFileSync(path('mixed', 'torn.json'), '[{"role":"user","content":"Ho"},{"role":')
  writeFileSync(path('mixed', 'empty.jsonl'), '')
  writeFileSync(path('mixed', '.hidden', 'x.json'), '[{"role":"user","content":"Hidden"}]')
  const { stdout, stderr, code } = await runHere(['query', path('mixed'), '--count'])
  expect([stdout, code]).toEqual(['3\n', 0])
  expect(stderr).toContain(`left out: ${path('mixed', 'notes.md')}: It holds no conversations of a known format.\n`)
  expect(stderr).toContain(`left out: ${path('mixed', 'other.json')}: It holds no conversations of a known format.\n`)
  expect(stderr).toContain(`skipped: ${path('mixed', 'a.ndjson')}: line 2: `)
  expect(stderr).toContain(`skipped: ${path('mixed', 'torn.json')}: line 1: `)
  expect(stderr).not.toContain('hidden')
})

test('a file of no known format is an error that says what it looks like and what is read', async () => {
  writeFileSync(path('colours.json'), '{"colour":"red"}')
  const { stderr, code } = await runHere(['query', path('colours.json')])
  expect(code).toBe(2)
  expect(stderr).toBe(
    `error: ${path('colours.json')}: The content is of no known format: line 1 is an object with the keys "colour". Read are the store's own rows and the export of a ChatGPT account, the export of a Claude account, Intercom conversations, Langfuse traces, LangSmith runs, OpenTelemetry spans, a Codex session, a Claude Code session, ShareGPT conversations, AI SDK messages, OpenAI messages.\n`,
  )
})

test('import writes rows, gzipped by name, which load again; twice it is the same file', async () => {
  const out = path('rows.ndjson.gz')
  const { stdout, code } = await runHere(['import', path('all', 'otel', 'otlp.json'), '--from', 'otel', '-o', out])
  expect([stdout, code]).toEqual([`${out}: 1 conversation\n`, 0])
  const lines = gunzipSync(readFileSync(out)).toString()
  expect(JSON.parse(lines)).toMatchObject({ conversation_id: 'conv-5', metadata: { source: { format: 'otel' } } })
  expect((await runHere(['query', out, '--count', '--customer-id', 'u-5'])).stdout).toBe('1\n')
  expect((await runHere(['import', path('all', 'otel', 'otlp.json')])).stdout).toBe(lines)
  const all = (await runHere(['import', path('all')])).stdout
  expect(all.trim().split('\n')).toHaveLength(27)
  expect((await runHere(['import', path('all')])).stdout).toBe(all)
})

test('import of another format than the one that is given, and an unknown one', async () => {
  const { stderr, code } = await runHere(['import', path('all', 'sharegpt', 'conversations.json'), '--from', 'otel'])
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/Line 2 is an object with the keys .* Expected OpenTelemetry spans\.\n$/),
  ])
  expect((await runHere(['import', '--from', 'otle'])).stderr).toMatch(
    /--from <format>.*otle.*Allowed choices are chatgpt/,
  )
})

test('serve --watch follows rows alone, and says so', async () => {
  const { stderr, code } = await runHere(['serve', '--port', '0', '--watch', path('all', 'otel', 'otlp.json')])
  expect([code, stderr]).toEqual([2, expect.stringMatching(/is no file of rows, which alone --watch follows/)])
})
