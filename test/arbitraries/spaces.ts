/** Messages and patterns with white space of all kinds, anywhere: at both ends, alone, several, between signs. */
import fc from 'fast-check'
import type { ConversationInput } from '../../src/row/conversation.ts'

/** What may stand between two words, at an end, or alone. Single spaces are most, as they are in what people write. */
const SPACES = [
  ...[' ', ' ', ' ', ' ', '', '', '  ', '   ', '\n', '\n\n', '\r\n', '\t', ' \n', '\n ', ' \t '],
  ...['\u00a0', '\u3000', '\u2003', '\u2028', '\ufeff', ' \u00a0', '\u0085', '\u200b'],
] as const

/** Words that are parts of each other, signs, scripts without spaces, characters of two units, halves of them. */
const UNITS = [
  ...['a', 'A', 'ab', 'ba', 'b', 'the', 'other', 'e', '1', '_', 'ß', 'e\u0301'],
  ...['.', '-', '!', '…', '你', '好', 'に', '한', '😀', '\u{10400}', '\u{20000}', '\ud83d', '\ude00'],
] as const

const space = fc.constantFrom(...SPACES)

/** A string with white space anywhere. */
export const spaced: fc.Arbitrary<string> = fc
  .tuple(space, fc.array(fc.tuple(fc.constantFrom(...UNITS), space), { maxLength: 6 }))
  .map(([first, rest]) => first + rest.flat().join(''))

/** Conversations that say such strings. */
export const spacedRows: fc.Arbitrary<ConversationInput[]> = fc
  .array(fc.array(spaced, { maxLength: 3 }), { minLength: 1, maxLength: 24 })
  .map((all) =>
    all.map((contents, i) => ({
      id: i + 1,
      conversation_id: `c${i + 1}`,
      started_at: `2026-01-${String(1 + (i % 28)).padStart(2, '0')}`,
      messages: contents.map((content) => ({ sender: 'agent', content })),
    })),
  )

/** Patterns: half of them are cut from what a row says, or from two messages of it, which must not be found. */
export function patternsOf(given: readonly ConversationInput[], least: number, most: number): fc.Arbitrary<string[]> {
  const cut = fc
    .tuple(fc.constantFrom(...given), fc.nat(12), fc.integer({ min: 1, max: 6 }))
    .map(([row, from, length]) => {
      const said = (row.messages ?? []).map(({ content }) => content).join('')
      return said.slice(from % (said.length + 1)).slice(0, length)
    })
  const blank = fc.array(space, { minLength: 1, maxLength: 3 }).map((some) => some.join(''))
  const pattern = fc
    .oneof({ arbitrary: cut, weight: 4 }, { arbitrary: spaced, weight: 2 }, { arbitrary: blank, weight: 2 })
    .filter((it) => it !== '')
  return fc.array(pattern, { minLength: least, maxLength: most })
}
