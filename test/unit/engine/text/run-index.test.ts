import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { count } from '../../../../src/engine/run.ts'
import { textIndex } from '../../../../src/engine/text/index.ts'
import { MessageTexts } from '../../../../src/engine/text/message-index.ts'
import type { Condition, TextField } from '../../../../src/query/spec.ts'
import { readConversation } from '../../../../src/row/read.ts'

function engineOf(contents: readonly string[], text = true): Engine {
  const engine = new Engine({ text: text ? textIndex : undefined })
  contents.forEach((content, i) => {
    const messages = [{ sender: 'agent', content }]
    const raw = { id: i + 1, conversation_id: `c${i + 1}`, started_at: '2026-01-05', name: content, messages }
    const row = readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
    engine.writes.insert(row)
  })
  return engine
}

describe('RunIndex', () => {
  test('keeps the order of tokens, through compaction too', () => {
    const many = Array.from({ length: 300 }, (_, i) => `w${i}`).join(' ')
    const engine = engineOf(['v1 v1', 'v2', `v3 ${many}`])
    const index = new MessageTexts()
    const [segment] = engine.segments
    const rows = () => {
      const { sequences } = index.postings(segment!, engine.documents, engine.work)
      return [0, 1, 2].map((slot) => [...sequences.row(slot)].slice(0, 2))
    }
    // Twice the term and 2, and 1 more at the beginning of a message.
    // The first space between two runs is a term too.
    expect(rows()).toEqual([[3, 2], [7], [9, 10]])
    const numbers = Uint32Array.from({ length: 304 }, (_, term) => 2 * term + 5)
    segment!.postings.set(index, segment!.postings.get(index)!.renumbered(numbers))
    expect(rows()).toEqual([[13, 12], [21], [25, 28]])
  })
})

describe('an engine without a text index', () => {
  const says = (value: string): Condition => ({ field: 'message', lookup: 'icontains', value })
  const named = (lookup: 'icontains' | 'istartswith' | 'iexact', value: string): Condition => ({
    field: 'name' satisfies TextField,
    lookup,
    value,
  })

  test('answers the same, by reading messages and by looking at each name', () => {
    const contents = ['Straße 7', 'STRASSE', 'no', 'my order_17', 'order 17']
    const [plain, indexed] = [engineOf(contents, false), engineOf(contents)]
    plain.isTextIndexed = indexed.isTextIndexed = true
    const conditions = [says('straße'), says('r_1'), says('order 17'), says(' '), named('icontains', 'ORDER')]
    for (const condition of [...conditions, named('istartswith', 'straß'), named('iexact', 'No')]) {
      const found = count({ where: [condition] }, plain)
      expect([condition, found]).toEqual([condition, count({ where: [condition] }, indexed)])
      expect(found).toBeGreaterThan(0)
    }
    expect(plain.indexes.messages()).toBeUndefined()
    expect(indexed.indexes.all().map(({ key }) => key)).toEqual(['name', 'message', 'messages'])
    expect(plain.indexes.all().map(({ key }) => key)).toEqual(['name'])
  })
})
