/** What reaches a terminal: no character that would drive it, in lines that fit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onOneLine, printable, printableJson } from '../../src/cli/printable.ts'
import { tableLines } from '../../src/cli/table.ts'
import { runHere } from './running.ts'

/** Every character that a terminal obeys: C0, DEL, C1, and those that turn the direction of text. */
const HOSTILE = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  ...[0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
].map((code) => String.fromCharCode(code))
/** Those of a text that reach the terminal as they are; lines end with a line feed. */
const rawIn = (text: string) => [...text].filter((character) => character !== '\n' && HOSTILE.includes(character))

const ALL = HOSTILE.join('')
const SECRET = `a${ALL}b`

let folder: string
let file: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-terminal-'))
  file = join(folder, 'hostile.ndjson')
  const row = {
    conversation_id: SECRET,
    started_at: '2026-01-05T10:00:00Z',
    name: SECRET,
    customer_id: SECRET,
    device: SECRET,
    language: SECRET,
    environment: SECRET,
    metadata: { [SECRET]: SECRET },
    messages: [{ sender: 'agent', content: SECRET, action_name: SECRET }],
  }
  writeFileSync(file, `${JSON.stringify(row)}\n`)
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('a character that drives a terminal', () => {
  test.each(HOSTILE)('%j is escaped', (character) => {
    const hex = character.charCodeAt(0).toString(16).padStart(4, '0')
    expect(printable(`a${character}b`)).toBe(`a\\u${hex}b`)
    expect(rawIn(onOneLine(`a${character}b`))).toEqual([])
    const json = printableJson({ [character]: character })
    expect(rawIn(json)).toEqual([])
    expect(JSON.parse(json)).toEqual({ [character]: character })
  })

  test.each([
    ['query', '--format', 'table'],
    ['query', '--format', 'json'],
    ['query', '--format', 'ndjson'],
    ['query', '--format', 'csv'],
    ['query', '--format', 'ids'],
    ['query', '--explain', '--device', SECRET],
    ['query', '--explain', '--device', SECRET, '--format', 'json'],
    ['stats'],
    ['stats', '--format', 'json'],
  ])('reaches it by no answer: %s %s %s', async (command, ...options) => {
    const { stdout, stderr, code } = await runHere([command!, file, ...options], 80)
    expect(code).toBe(0)
    expect(stdout).not.toBe('')
    expect(rawIn(stdout.replaceAll('\r\n', '\n') + stderr)).toEqual([])
    expect(stdout.replaceAll('\r\n', '\n')).not.toContain('\r')
  })

  test.each([
    ['an option', ['query', `--devise${SECRET}`]],
    ['a command', [`quary${SECRET}`]],
    ['a value', ['query', '--started-at-after', SECRET]],
    ['a choice', ['query', '--environment', SECRET]],
    ['a file name', ['query', `/nowhere/${SECRET.replace('\0', '')}`]],
    ['an origin', ['serve', '--cors', SECRET]],
    ['a host', ['serve', '--host', SECRET]],
    ['a journal', ['serve', '--port', '0', '--save', `/nowhere/${SECRET.replace('\0', '')}/x`]],
  ])('reaches it by no error: %s', async (_, args) => {
    const { stdout, stderr, code } = await runHere(args)
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
    expect(stderr).toMatch(/^error: [^\n\r]+\n$/)
    expect(rawIn(stderr)).toEqual([])
  })

  test('stays in the values of JSON, and of CSV that is written to a file', async () => {
    const { stdout: ndjson } = await runHere(['query', file, '--format', 'ndjson'])
    expect(JSON.parse(ndjson)).toMatchObject({ conversation_id: SECRET, metadata: { [SECRET]: SECRET } })
    const { stdout: json } = await runHere(['query', file, '--format', 'json'])
    expect(JSON.parse(json).results[0].messages[0].content).toBe(SECRET)
    // A spreadsheet skips a NUL, so the export may take it out.
    const { stdout: csv } = await runHere(['query', file, '--format', 'csv'])
    expect(csv.replaceAll('""', '"')).toContain(ALL.slice(1))
  })
})

describe('a table', () => {
  const widths = (text: string) => [...text].reduce((sum, letter) => sum + (/[\u2e80-\uffdc]/.test(letter) ? 2 : 1), 0)

  test.each([40, 50, 80, 100, 160])('of %i columns keeps its lines within them', async (columns) => {
    const wide = join(folder, 'wide.ndjson')
    const row = (i: number) => ({
      id: 1_000_000 + i,
      conversation_id: `conversation-with-a-long-name-${i}`,
      started_at: '2026-01-05T10:00:00Z',
      name: '北京烤鸭 '.repeat(40),
      customer_id: 'customer-with-a-long-name',
      device: 'mobile',
      language: 'zh',
      feedbacks: [{ sentiment: 'negative' }, { sentiment: 'positive' }],
    })
    writeFileSync(wide, [row(1), row(2)].map((each) => `${JSON.stringify(each)}\n`).join(''))
    const { stdout } = await runHere(['query', wide], columns)
    const lines = stdout.split('\n')
    expect(lines.length).toBe(6)
    // Below that, what tells the rows apart is kept.
    for (const line of lines) expect(widths(line)).toBeLessThanOrEqual(Math.max(columns, 80))
    expect(lines[0]).toMatch(/^ *id {2}conversation .*name or first message/)
  })

  test.each([
    ['an accent that stands by itself', 'e\u0301', 1],
    ['Chinese', '中文', 4],
    ['full width', 'Ａ！', 4],
    ['Korean', '한글', 4],
    ['an emoji', '🎉', 2],
    ['a family', '👨‍👩‍👧‍👦', 2],
    ['a flag', '🇩🇪', 2],
    ['a sign that is made an emoji', '❤\ufe0f', 2],
    ['a zero-width joiner alone', 'a\u200db', 2],
  ])('counts %s', (_, text, width) => {
    const [, line] = tableLines(
      [
        { title: '', limit: 99 },
        { title: 'x', limit: 1 },
      ],
      [[text, '|']],
    )
    const [, ascii] = tableLines(
      [
        { title: '', limit: 99 },
        { title: 'x', limit: 1 },
      ],
      [['a'.repeat(width), '|']],
    )
    expect(line!.slice(text.length)).toBe(ascii!.slice(width))
  })

  test('cuts between characters as people see them', () => {
    const cut = (text: string, limit: number) => tableLines([{ title: '', limit }], [[text]])[1]
    expect(cut('👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦', 4)).toBe('👨‍👩‍👧‍👦…')
    expect(cut('abcdef', 4)).toBe('abc…')
    expect(cut('中文字', 4)).toBe('中…')
  })
})
