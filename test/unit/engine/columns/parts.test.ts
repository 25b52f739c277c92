/** What is kept of each message and of each run, and how that goes from segment to segment. */
import { describe, expect, test } from 'vitest'
import { eachMessage, eachRun, MESSAGE, RUN, runTexts } from '../../../../src/engine/columns/parts.ts'
import { type EachPart, type Part, PartIndex, RowParts } from '../../../../src/engine/columns/row-parts.ts'
import { Engine } from '../../../../src/engine/engine.ts'
import type { Row } from '../../../../src/engine/segments/documents.ts'
import type { TermIndex } from '../../../../src/engine/terms/inverted.ts'
import { readConversation } from '../../../../src/row/read.ts'

const said = (more: object = {}) => ({ sender: 'agent', content: 'Hello', ...more })

function rowOf(id: number, ...messages: object[]): Row {
  const raw = { id, conversation_id: `c${id}`, started_at: `2026-01-0${id}`, messages }
  return readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
}

function partsOf(each: EachPart, row: Row): Part[] {
  const parts: Part[] = []
  each(row, (part) => parts.push(part))
  return parts
}

describe('messages', () => {
  test('their sender, whether they have attachments, and whether they say anything', () => {
    const file = { id: 1, type: 'image', filename: 'a.png', mime_type: 'image/png', size_bytes: 1, file_url: 'x' }
    const row = rowOf(
      1,
      said(),
      said({ sender: 'end_user' }),
      said({ content: '' }),
      said({ attachments: [file] }),
      said({ attachments: [], content: '', sender: 'end_user' }),
      said({ attachments: null }),
    )
    const { end_user, agent, attachments, text } = MESSAGE
    expect(partsOf(eachMessage, row)).toEqual(
      [agent + text, end_user + text, agent, agent + attachments + text, end_user, agent + text].map((kind) => ({
        kind,
      })),
    )
    expect(partsOf(eachMessage, rowOf(1))).toEqual([])
  })
})

describe('runs', () => {
  const logs = [
    { tools_used: { id: 7 }, response: 'Found', error_message: 'Lost', duration_ms: 5 },
    { response: '' },
    { error_message: '' },
  ]
  const row = rowOf(1, said({ action_name: 'look', action_logs: logs }), said({ action_name: 'find' }), said())

  test('whether they failed, which texts they have, their name and how long they took', () => {
    expect(partsOf(eachRun, row)).toEqual([
      { kind: RUN.failed | RUN.input | RUN.output | RUN.error, name: 'look', duration: 5 },
      { kind: 0, name: 'look', duration: Number.NaN },
      { kind: 0, name: 'look', duration: Number.NaN },
      { kind: 0, name: 'find', duration: Number.NaN },
    ])
    expect(partsOf(eachRun, rowOf(1, said({ action_logs: [{}] })))).toEqual([
      { kind: 0, name: undefined, duration: Number.NaN },
    ])
    expect(partsOf(eachRun, rowOf(1))).toEqual([])
  })

  test('their texts, in order, without empty ones', () => {
    expect(runTexts(row)).toEqual([{ content: '{"id":7}' }, { content: 'Found' }, { content: 'Lost' }])
    expect(runTexts(rowOf(1))).toEqual([])
  })
})

describe('an index of parts', () => {
  /** The parts of each live row, by id: kinds, and names and durations where there are such. */
  function partsIn(engine: Engine, index: PartIndex): Map<number, unknown[]> {
    const found = new Map<number, unknown[]>()
    for (const segment of engine.segments) {
      const { starts, kinds, names, durations } = index.parts(segment, engine.documents, engine.work)
      expect(starts.length).toBe(segment.size + 1)
      for (const [slot, id] of segment.ids.entries()) {
        if (!segment.live.has(slot)) continue
        const parts: unknown[] = []
        for (let i = starts[slot]!; i < starts[slot + 1]!; i++) {
          const name = names === undefined || names[i] === 0xffff_ffff ? undefined : index.dictionary.value(names[i]!)
          parts.push(names === undefined ? kinds[i] : [kinds[i], name, durations![i]])
        }
        found.set(id, parts)
      }
    }
    return found
  }

  const run = (action_name: string | null, duration_ms: number) => said({ action_name, action_logs: [{ duration_ms }] })
  const rows = [
    rowOf(1, run('look', 5), run(null, 6)),
    rowOf(2),
    rowOf(3, run('find', 7)),
    rowOf(4, said(), run('look', 8)),
  ]
  const runs = new Map<number, unknown[]>([
    [
      1,
      [
        [0, 'look', 5],
        [0, undefined, 6],
      ],
    ],
    [2, []],
    [3, [[0, 'find', 7]]],
    [4, [[0, 'look', 8]]],
  ])
  const text = MESSAGE.agent + MESSAGE.text
  const messages = new Map<number, unknown[]>([
    [1, [text, text]],
    [2, []],
    [3, [text]],
    [4, [text, text]],
  ])

  test.each([
    ['runs', eachRun, true, runs],
    ['messages', eachMessage, false, messages],
  ] as const)('%s: in one segment, and in those that are merged as rows come', (_, each, hasNames, expected) => {
    const whole = new Engine()
    for (const row of rows) whole.writes.insert(row)
    expect(partsIn(whole, new PartIndex('parts', each, hasNames))).toEqual(expected)

    const cut = new Engine({ thresholds: { segmentRows: 64, fanOut: 2 } })
    const index = cut.indexes.kept('parts', (key) => new PartIndex(key, each, hasNames))
    for (const [i, row] of rows.entries()) {
      cut.writes.insert(row)
      expect(partsIn(cut, index)).toEqual(new Map([...expected].slice(0, i + 1)))
    }
    expect(cut.segments).toHaveLength(1)
    // What was read goes from segment to segment.
    expect(cut.work.indexed).toBe(rows.length)
  })

  test('a row that is dead before it is read has no parts', () => {
    const engine = new Engine()
    for (const row of rows) engine.writes.insert(row)
    expect(engine.segments).toHaveLength(1)
    engine.writes.remove(engine.documents.find(3)!)
    expect(partsIn(engine, new PartIndex('parts', eachRun, true))).toEqual(
      new Map([...runs].filter(([id]) => id !== 3)),
    )
  })

  test('bytes: 4 a row and 1 a part, 12 more a part with a name', () => {
    const engine = new Engine()
    for (const row of rows) engine.writes.insert(row)
    const bytesOf = (index: PartIndex) => index.parts(engine.segments[0]!, engine.documents, engine.work).bytes
    expect(bytesOf(new PartIndex('messages', eachMessage, false))).toBe(5 * 4 + 5)
    expect(bytesOf(new PartIndex('runs', eachRun, true))).toBe(5 * 4 + 4 * 13)
  })

  test('terms are the names that parts have, ascending; renumbered with them', () => {
    const none = 0xffff_ffff
    const parts = new RowParts(
      Uint32Array.of(0, 4),
      new Uint8Array(4),
      Uint32Array.of(5, 3, none, 3),
      new Float64Array(4),
    )
    expect([...parts.terms]).toEqual([3, 5])
    const after = parts.renumbered(Uint32Array.of(9, 9, 9, 0, 9, 1))
    expect([[...after.names!], [...after.terms]]).toEqual([
      [1, 0, none, 0],
      [0, 1],
    ])
    expect(new RowParts(Uint32Array.of(0, 1), new Uint8Array(1)).renumbered(new Uint32Array(0)).names).toBeUndefined()
  })

  test('reading a row counts its parts', () => {
    const index = new PartIndex('runs', eachRun, true)
    const read = index.reader(index.builder())
    expect([read(rows[0]!, 0), read(rows[1]!, 1)]).toEqual([2, 0])
  })

  test('names that no part has any more are forgotten, the others are renumbered', () => {
    const engine = new Engine({ thresholds: { segmentRows: 64, fanOut: 100 } })
    const index = new PartIndex('runs', eachRun, true)
    engine.writes.insert(rowOf(1, run('look', 5), run(null, 6)))
    for (let i = 0; i < 100; i++) index.dictionary.intern(`gone ${i}`)
    const [segment] = engine.segments
    const parts: RowParts = index.parts(segment!, engine.documents, engine.work)
    expect([...parts.terms]).toEqual([100])
    ;(index as TermIndex).compact(engine.segments)
    expect(index.dictionary.size).toBe(1)
    expect(partsIn(engine, index)).toEqual(new Map([...runs].slice(0, 1)))
  })
})
