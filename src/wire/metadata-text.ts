/**
 * Metadata conditions as the wire writes them: `key:value,key2:value2`, keys joined by dots, values typed as they look.
 */
import { type Fault, show } from '../base/errors.ts'
import { fieldCondition } from '../query/canonical.ts'
import { invalidValue } from '../query/faults.ts'
import type { Condition, MetadataCondition } from '../query/spec.ts'
import { scalar } from '../query/values.ts'

/** The condition of a key and a value, both trimmed. An infinite number is a fault. */
export function readPair(key: string, text: string, faults: Fault[]): Condition | undefined {
  const value = scalar.fromText(text, 'exact', [])
  if (value !== undefined) return fieldCondition('metadata', 'exact', value, key.split('.'))
  faults.push(invalidValue('metadata_value', text, scalar))
}

/**
 * The conditions of pairs, which are cut at every comma, and at the first colon of each. One that is none is a fault.
 */
export function readPairs(text: string, faults: Fault[]): readonly Condition[] {
  const bad: string[] = []
  const conditions = text.split(',').flatMap((pair) => {
    const colon = pair.indexOf(':')
    const read = colon < 0 ? undefined : readPair(pair.slice(0, colon).trim(), pair.slice(colon + 1).trim(), [])
    if (read === undefined) bad.push(pair)
    return read ?? []
  })
  if (bad.length > 0) {
    const expected = `key:value pairs parted by commas, with finite numbers (${show(bad[0])} is none)`
    faults.push(invalidValue('metadata', text, { expected }))
  }
  return conditions
}

/** The texts that may say a condition's value, the plain one first. Quoted ones are not the hosted API's. */
export function valueTexts({ value }: MetadataCondition, hosted: boolean): readonly string[] {
  return typeof value === 'string' && !hosted ? [value, `"${value}"`] : [String(value)]
}
