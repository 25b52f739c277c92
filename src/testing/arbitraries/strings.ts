/** Strings of few words, so that rows and questions meet. */
import fc, { type Arbitrary } from 'fast-check'
import { GAPS, LABELS, WORDS } from './domains.ts'

/** A word, a common one as often as not, so that rows and questions meet. */
export const word: Arbitrary<string> = fc.oneof(
  fc.constantFrom('refund', 'Refunds', 'REF', '1', '?', 'straße', 'STRASSE'),
  fc.constantFrom(...WORDS),
)

/** Words with gaps between them, newlines too, or only punctuation. */
export const content: Arbitrary<string> = fc
  .array(fc.tuple(word, fc.constantFrom(...GAPS)), { maxLength: 4 })
  .map((parts) => parts.flat().join(''))

/** Whether a string can be asked for by every lookup. */
export const isNotEmpty = (text: string) => text !== ''

/** A text that is asked of a field: one that rows have, a part of one, or of another field. */
export const wanted = (...values: readonly string[]): Arbitrary<string> =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...values.filter(isNotEmpty)), weight: 8 },
    word,
    fc.constantFrom(...LABELS.filter(isNotEmpty)),
  )
