/** Places in a value, as code spells them. */

import { show } from './errors.ts'

/**
 * The place that keys and indexes lead to, from the outside in: `messages[3].sender`, `metadata["a.b"].c`. Empty where
 * there are none.
 */
export function placeOf(steps: readonly (string | number)[]): string {
  return steps.reduce<string>((place, step) => {
    if (typeof step === 'number' || !/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(step)) return `${place}[${show(step)}]`
    return place === '' ? step : `${place}.${step}`
  }, '')
}
