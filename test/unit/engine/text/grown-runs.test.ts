/** The runs of a conversation that grows: each message is read once. */
import { describe, expect, test } from 'vitest'
import { GrownRuns } from '../../../../src/engine/text/grown-runs.ts'
import { SequencesBuilder } from '../../../../src/engine/text/sequences-builder.ts'
import { textRuns } from '../../../../src/engine/text/substring.ts'
import { termOf } from '../../../../src/engine/text/tokens.ts'
import type { Message } from '../../../../src/row/conversation.ts'

const messageOf = (content: string): Message => ({ sender: 'agent', content })
const SPACE = 60_000

/** Gives each distinct string a term, from 49,000 on: tokens of one unit and of two. */
function dictionary() {
  const terms = new Map<string, number>()
  let looked = 0
  return {
    get looked() {
      return looked
    },
    term(text: string, from: number, to: number): number {
      looked++
      const slice = text.slice(from, to)
      const term = terms.get(slice) ?? 24_570 + terms.size
      terms.set(slice, term)
      return term
    },
    space: () => SPACE,
  }
}

const CONTENTS = ['Hi, you!', '你好 you', '  two  spaces ', '', 'x '.repeat(20_000), 'hi again, you']

describe('runs of a list that grows', () => {
  test('are those of reading all messages, however they came', () => {
    const messages = CONTENTS.map(messageOf)
    for (const stops of [[6], [1, 2, 3, 4, 5, 6], [0, 4, 4, 6]]) {
      const terms = dictionary()
      const runs = new GrownRuns(0)
      for (const stop of stops) for (const _ of runs.readTo(stop, messages, terms));
      const own = new Set<number>()
      const builder = new SequencesBuilder()
      builder.begin(0)
      const again = textRuns(messages, {
        term: terms.term,
        next: (token) => {
          builder.add(token)
          if (termOf(token) >= 0) own.add(termOf(token))
        },
        add: (term) => own.add(term),
        space: () => own.add(SPACE),
      })
      if (typeof again !== 'number') for (const _ of again);
      expect([...runs.units]).toEqual([...builder.build(1).row(0)])
      expect([...runs.terms]).toEqual([...own].sort((a, b) => a - b))
      expect(runs.read).toBe(6)
    }
  })

  test('read what is new alone', () => {
    const terms = dictionary()
    const runs = new GrownRuns(0)
    const messages = Array.from({ length: 1_000 }, (_, i) => messageOf(`message number ${i}`))
    for (const _ of runs.readTo(1_000, messages, terms));
    const { looked } = terms
    const [units, found] = [runs.units, runs.terms]
    const [unitsBefore, termsBefore] = [[...units], [...found]]
    messages.push(messageOf('one more'))
    for (const _ of runs.readTo(1_001, messages, terms));
    expect(terms.looked - looked).toBe(2)
    expect(runs.units.length).toBeGreaterThan(units.length)
    // What was given before stays.
    expect([[...units], [...found]]).toEqual([unitsBefore, termsBefore])
  })

  test('two readings may take turns, and one may be given up', () => {
    const messages = [...CONTENTS, ...CONTENTS].map(messageOf)
    const terms = dictionary()
    const [runs, expected] = [new GrownRuns(0), new GrownRuns(0)]
    for (const _ of expected.readTo(12, messages, terms));
    const readings = [
      runs.readTo(12, messages, terms),
      runs.readTo(11, messages, terms),
      runs.readTo(12, messages, terms),
    ]
    readings[0]!.next()
    for (let done = false; !done; ) done = [1, 2].map((i) => readings[i]!.next().done === true).every((it) => it)
    expect([...runs.units]).toEqual([...expected.units])
    expect([...runs.terms]).toEqual([...expected.terms])
  })
})
