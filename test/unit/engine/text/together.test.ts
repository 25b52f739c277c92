import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CUTS_A_PAIR } from '../../../../src/base/text/contains.ts'
import { Engine } from '../../../../src/engine/engine.ts'
import { slotsOf } from '../../../../src/engine/sets/rowset.ts'
import { textIndex } from '../../../../src/engine/text/index.ts'
import type { Phrase } from '../../../../src/engine/text/phrase.ts'
import { Phrases } from '../../../../src/engine/text/phrases.ts'
import type { RunIndex } from '../../../../src/engine/text/run-index.ts'
import { rowsOfAll } from '../../../../src/engine/text/together.ts'
import type { ConversationInput } from '../../../../src/row/conversation.ts'
import { readConversation } from '../../../../src/row/read.ts'
import { patternsOf, spacedRows } from '../../../arbitraries/spaces.ts'
import { fold } from '../../../reference.ts'

function engineOf(rows: readonly ConversationInput[]): Engine {
  const engine = new Engine({ text: textIndex })
  for (const row of rows)
    engine.writes.insert(readConversation(row, { own: false, greatest: { message: 0, feedback: 0 } }))
  engine.isTextIndexed = true
  return engine
}

const saying = (contents: readonly string[]): ConversationInput[] =>
  contents.map((content, i) => ({
    id: i + 1,
    conversation_id: `c${i + 1}`,
    started_at: '2026-01-05',
    messages: [{ sender: 'agent', content }],
  }))

describe('phrases found together', () => {
  test('are found in the rows that say them, and in no other', () => {
    const asked = spacedRows.chain((given) => fc.tuple(fc.constant(given), patternsOf(given, 1, 24), fc.nat(3)))
    fc.assert(
      fc.property(asked, ([given, patterns, times]) => {
        // Many rows, so that some terms are common and some are not.
        const rows = Array.from({ length: (times + 1) * given.length }, (_, i) => ({
          ...given[i % given.length]!,
          id: i + 1,
          conversation_id: `c${i + 1}`,
          started_at: '2026-01-05',
        }))
        const engine = engineOf(rows)
        const index = engine.indexes.messages() as RunIndex
        const [segment] = engine.segments
        const phrases = new Phrases(index, engine)
        const texts = new Map<Phrase, string>()
        for (const pattern of patterns) {
          const phrase = CUTS_A_PAIR.test(pattern) ? undefined : phrases.find(pattern)
          if (phrase?.isExact === false) texts.set(phrase, fold(pattern))
        }
        const found = [...rowsOfAll([...texts.keys()], segment!, index, engine)]
        expect(found.map(([phrase]) => phrase)).toEqual([...texts.keys()])
        for (const [phrase, set] of found) {
          const isSaid = ({ messages = [] }: ConversationInput) =>
            messages!.some(({ content }) => fold(content).includes(texts.get(phrase)!))
          expect([texts.get(phrase), ...slotsOf(set)]).toEqual([
            texts.get(phrase),
            ...rows.flatMap((row, slot) => (isSaid(row) ? [slot] : [])),
          ])
        }
      }),
    )
  })

  test('more than one pass takes', () => {
    const words = Array.from({ length: 20 }, (_, i) => `w${i}`)
    const engine = engineOf(saying(words.map((word, i) => `${word} ${words[(i * 7 + 1) % 20]} ${words[(i * 3) % 20]}`)))
    const index = engine.indexes.messages() as RunIndex
    const phrases = new Phrases(index, engine)
    const all = words.flatMap((a) => words.map((b) => `${a} ${b}`))
    const found = [
      ...rowsOfAll(
        all.map((it) => phrases.find(it)!),
        engine.segments[0]!,
        index,
        engine,
      ),
    ]
    // A word may begin or end a longer one: w1 and w12.
    const counts = found.map(([, { count }]) => count)
    const said = [...engine.documents.numbers()].map((number) => engine.documents.row(number).messages![0]!.content)
    expect(counts).toEqual(all.map((it) => said.filter((content) => content.includes(it)).length))
    expect(counts.length).toBe(400)
  })
})

test('many phrases that most rows have are sifted one by one, then found together; equal ones are one', () => {
  const contents = Array.from({ length: 200 }, (_, i) => `ab. cd. ef. gh. x${i} y${i % 10}`)
  const engine = engineOf(saying(contents))
  const [segment] = engine.segments
  const phrases = new Phrases(engine.indexes.messages() as RunIndex, engine)
  const texts = [
    'b. cd. e',
    'd. ef. g',
    'f. gh. x',
    'h. x',
    'ab. c',
    '. ef',
    '. gh. x1',
    'cd. ef.',
    'ab. cd. ef',
    'h. x19',
  ]
  const all = texts.map((it) => phrases.find(it)!)
  expect(texts.map((it) => phrases.find(it.toUpperCase()))).toEqual(all)
  const isTogether = all.map((phrase, i) => {
    const { count } = phrase.sift(segment!, phrase.rows(segment!))
    expect([texts[i], count]).toEqual([texts[i], contents.filter((it) => it.includes(texts[i]!)).length])
    return phrases.matching(all.at(-1)!, segment!, 0) !== undefined
  })
  expect([isTogether[0], isTogether.at(-1)]).toEqual([false, true])
})
