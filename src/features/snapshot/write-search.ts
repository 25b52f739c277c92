/** Writing what the terms of an index are searched in: `searches.ts` reads it. */
import type { Numbers } from '../../engine/image/numbers.ts'
import type { SearchImage } from '../../engine/terms/dictionary.ts'
import { utf8Encoder } from '../load/codec.ts'
import { LONE } from './write-values.ts'

/** Block by block its strings in UTF-8, where each begins, their terms, and the masks; `undefined` for strings that UTF-8 cannot say. O(units). */
export function writeSearch({ spaces, blocks }: SearchImage): Numbers[] | undefined {
  if (blocks.some(({ text }) => LONE.test(text))) return undefined
  const encoder = utf8Encoder()
  return [spaces, ...blocks.flatMap(({ text, starts, terms, masks }) => [encoder.encode(text), starts, terms, masks])]
}
