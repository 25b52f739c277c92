/** Words for generated messages: real ones where they are frequent, English-like ones below. */
import { Random } from './random.ts'

/** What conversations with support are full of, the most frequent first. */
const FREQUENT =
  'the to i my you a is it and for of your order in can this have not on we that with please be what was when me do are ' +
  'will if but at from help so no thanks refund how as would or an has there get need yes just more now they day know out ' +
  'account back could been any delivery email still number item shipping today let all payment check see did why time ' +
  'after sorry package one send receive card days new here problem address return price where again than wait sure only ' +
  'received money tomorrow change cancel which our because thank before already another could yesterday understand while ' +
  'customer issue sent wrong service phone right use box week find support paid try until same website open first name ' +
  'able code tried add show broken order confirm damaged date hour discount into invoice bank update password happened ' +
  'working login made late missing subscription label two store size link later expected status error arrived amount ' +
  'charged replace reply explain tracking warranty voucher color exchange confirmed courier partial manager urgent'

const ONSETS = 'b c d f g h j l m n p r s t v w br cl cr dr fl gr pl pr sc sh sl sp st tr th'
const NUCLEI = 'a e i o u a e i o ai ea ee ou au io'
const CODAS = ['', '', '', '', 'n', 'r', 'l', 'nd', 'x']
const ENDINGS = ['', '', '', '', 's', 'ed', 'ing', 'er', 'ly', 'ion', 'able', 'ment']

let words: readonly string[] | undefined

/** Words of generated messages, the most frequent first, which the k-th is met 1/k times as often as. Made on first use. */
export function vocabulary(): readonly string[] {
  words ??= makeVocabulary(30_000, new Random(0x5eed))
  return words
}

/** `count` different words, the most frequent first; the rarer, the longer. */
function makeVocabulary(count: number, random: Random): string[] {
  const words = new Set(FREQUENT.split(' '))
  const [onsets, nuclei] = [ONSETS.split(' '), NUCLEI.split(' ')]
  while (words.size < count) {
    const syllables = 1 + random.below(words.size < 2_000 ? 2 : 3)
    let word = ''
    for (let i = 0; i < syllables; i++) word += random.pick(onsets) + random.pick(nuclei)
    words.add(word + random.pick(CODAS) + random.pick(ENDINGS))
  }
  return [...words].slice(0, count)
}
