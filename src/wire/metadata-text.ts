/**
 * Metadata conditions as the wire writes them: `path:value,path2:value2`, values typed as they look.
 */
import { type Fault, show } from '../base/errors.ts'
import type { BigNumbers } from '../base/json.ts'
import { fieldCondition } from '../query/canonical.ts'
import { invalidValue } from '../query/faults.ts'
import { invalidPath, parsePath, writePath } from '../query/metadata-path.ts'
import type { Condition, MetadataCondition } from '../query/spec.ts'
import { scalar } from '../query/values.ts'

/** What else to write for `1234567890123456789`, which no double holds. */
const QUOTED = ' A number beyond 2^53-1 stands in double quotes, which make it a string.'

const PAIRS = { expected: 'key:value pairs joined by commas, quotes closed, numbers that a double holds' }
const INSTEAD = ` Write metadata_key and metadata_value for a key or a value with a comma or a colon.${QUOTED}`

/** The condition of a key and a value, both trimmed. A malformed key and a number that a double cannot hold are faults. */
export function readPair(key: string, text: string, faults: Fault[], bigNumbers?: BigNumbers): Condition | undefined {
  const path = parsePath(key)
  const value = scalar.fromText(text, 'exact', [], bigNumbers)
  if (path === undefined) faults.push(invalidPath('metadata_key', key))
  if (value === undefined) faults.push(invalidValue('metadata_value', text, scalar, QUOTED))
  return path && value !== undefined ? fieldCondition('metadata', 'exact', value, path) : undefined
}

/**
 * The conditions of pairs, which are cut at every comma and at the first colon of each, inside quotes too. An invalid
 * pair is a fault.
 */
export function readPairs(text: string, faults: Fault[], bigNumbers?: BigNumbers): readonly Condition[] {
  const bad: string[] = []
  const conditions = text.split(',').flatMap((pair) => {
    const colon = pair.indexOf(':')
    const read =
      colon < 0 ? undefined : readPair(pair.slice(0, colon).trim(), pair.slice(colon + 1).trim(), [], bigNumbers)
    if (read === undefined) bad.push(pair)
    return read ?? []
  })
  if (bad.length > 0) faults.push(invalidValue('metadata', text, PAIRS, ` ${show(bad[0])} is not one.${INSTEAD}`))
  return conditions
}

/** How a path is written in a parameter, if it can be. Quoted steps are not the hosted API's. */
export function pathText({ path }: MetadataCondition, hosted: boolean): string | undefined {
  return hosted ? path.join('.') : writePath(path)
}

/** The strings that may say a condition's value, the plain one first. Quoted ones are not the hosted API's. */
export function valueTexts({ value }: MetadataCondition, hosted: boolean): readonly string[] {
  return typeof value === 'string' && !hosted ? [value, `"${value}"`] : [String(value)]
}
