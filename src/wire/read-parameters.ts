/** Reading wire parameters: strings by the rules of the wire, a plain object by the rules of code. */
import type { Fault } from '../base/errors.ts'
import { type BigNumbers, parseJson, UnsafeNumberError } from '../base/json.ts'
import { isPlain } from '../base/plain.ts'
import { fieldCondition, specOf } from '../query/canonical.ts'
import { readComparison, readFilter, readValue } from '../query/conditions.ts'
import { invalidValue, raise, unknownName } from '../query/faults.ts'
import { type Filter, PARAMETER_NAMES, PARAMETERS, SETTINGS, type Setting } from '../query/filters.ts'
import { pagedTwice } from '../query/paging.ts'
import { messageMatch } from '../query/parts.ts'
import { readConditions } from '../query/read-spec.ts'
import type { Condition, FieldCondition, QuerySpec } from '../query/spec.ts'
import type { ValueType } from '../query/values.ts'
import { readPair, readPairs } from './metadata-text.ts'

/** How parameters are read. */
export interface ReadOptions {
  /** Whether an unknown parameter is an error, as it is in code (`true`). With `false` it is ignored, as by the handler. */
  readonly strict?: boolean
  /** What the parameters `environment` and `env` take besides production and development. */
  readonly environments?: readonly string[]
  /** What becomes of a number that a double cannot hold as written. An error (`'refuse'`) when absent. */
  readonly bigNumbers?: BigNumbers
}

/** What else a reader refuses in a parameter, as the HTTP API does NUL characters: in its string, or in what `where` says as JSON. */
export type Refuse = (parameter: string, value: string, said?: unknown) => Fault | undefined

type WireRules = Required<Omit<ReadOptions, 'strict'>> & { readonly refuse: Refuse | undefined }

const OBJECT = { expected: "a plain object keyed by parameters, { device: 'mobile' }, or a query string" }
const METADATA = { expected: "an object of paths and values, { 'order.id': 17 }, or the string of the wire" }
const JSON_TEXT = { expected: 'a list of conditions or the JSON of one' }

/**
 * The spec that strings ask for: trimmed, an empty one is not applied. Throws `InvalidQueryError` with the faults of all,
 * else `InvalidPageError`.
 */
export function readTexts(
  params: readonly (readonly [name: string, value: string])[],
  { strict = false, environments = [], bigNumbers = 'refuse' }: ReadOptions,
  refuse?: Refuse,
): QuerySpec {
  const texts = new Map(params)
  const refused = new Map<string, Fault>()
  for (const [name, text] of params) {
    const fault = refuse?.(name, text)
    if (fault !== undefined) refused.set(name, fault)
  }
  for (const name of refused.keys()) texts.delete(name)
  const given = Array.from(texts, ([name, text]) => [name, text.trim() || undefined] as const)
  return readParameters(given, strict, [...refused.values()], { environments, bigNumbers, refuse })
}

/**
 * The spec that an object asks for: `undefined` is not applied, all else is; values have their own
 * types (booleans, numbers, `Date`s), lists where the builder takes several, `metadata` may be an object of paths,
 * `where` a list of conditions, `ordering` a list. Throws as `readTexts` does, and for an unknown parameter.
 */
export function readObject(object: unknown): QuerySpec {
  if (!isPlain(object)) raise([invalidValue('params', object, OBJECT)])
  return readParameters(Object.entries(object as object), true, [])
}

/** The setting that a wire parameter is. */
export function settingOf(name: string): Setting | undefined {
  return Object.hasOwn(SETTINGS, name) ? SETTINGS[name as keyof typeof SETTINGS] : undefined
}

/** The value of a setting as a spec has it from the wire's, and back. */
export function turned(setting: Setting, value: unknown): unknown {
  return setting.isOpposite ? !value : value
}

/** With `wire` the rules are those of the wire, and all that is given is strings; without, those of code. */
function readParameters(
  parameters: readonly (readonly [string, unknown])[],
  isStrict: boolean,
  faults: Fault[],
  wire?: WireRules,
): QuerySpec {
  const where: (Condition | readonly Condition[] | undefined)[] = []
  const filters = new Map<string, Condition | undefined>()
  const settings: Record<string, unknown> = {}
  const pair: Record<string, unknown> = {}
  for (const [name, given] of parameters) {
    if (isStrict && !PARAMETER_NAMES.includes(name)) faults.push(unknownName('parameter', name, PARAMETER_NAMES))
    if (given === undefined) continue
    const filter = PARAMETERS.get(name)
    const setting = settingOf(name)
    if (filter !== undefined) {
      filters.set(
        name,
        wire === undefined
          ? readFilter(name, filter, [given], faults)
          : readFilterText(name, filter, given as string, faults, wire.environments),
      )
    } else if (setting !== undefined) {
      const read = wire === undefined ? readValue : readText
      settings[setting.key] = turned(setting, read(name, setting.value, given as string, faults))
    } else if (name === 'metadata') {
      where.push(readMetadata(given, faults, wire))
    } else if (name === 'where') {
      where.push(readWhereParameter(given, faults, wire))
    } else if (name === 'metadata_key' || name === 'metadata_value') {
      pair[name] = given
    }
  }
  const { metadata_key: key, metadata_value: value } = pair
  if (wire !== undefined) {
    // Either alone does nothing on the wire.
    if (key !== undefined && value !== undefined)
      where.push(readPair(key as string, value as string, faults, wire.bigNumbers))
  } else if (key !== undefined || value !== undefined) {
    // In code it is an error, for a filter must not vanish.
    where.push(readComparison('metadata_value', 'metadata', key, 'exact', value, faults))
  }
  raise([...faults, ...pagedTwice(settings)])
  where.push(...withSender(filters).values())
  return specOf({ ...settings, where: where.flat().filter((condition) => condition !== undefined) })
}

/** The conditions by parameter. `message_sender` restricts `message_contains`: together they are one condition. */
function withSender(filters: Map<string, Condition | undefined>): Map<string, Condition | undefined> {
  const contains = filters.get('message_contains') as FieldCondition | undefined
  const sender = filters.get('message_sender') as FieldCondition | undefined
  if (contains === undefined || sender === undefined) return filters
  filters.set('message_contains', oneMessage(contains.value, sender.value))
  filters.set('message_sender', undefined)
  return filters
}

/** The condition that `message_contains` and `message_sender` ask for together. */
export function oneMessage(contains: unknown, sender: unknown): Condition {
  return fieldCondition('message', 'matches', messageMatch.fromCode({ contains, sender }))
}

function readMetadata(given: unknown, faults: Fault[], wire?: WireRules): readonly Condition[] {
  if (typeof given === 'string' && given.trim() !== '') return readPairs(given, faults, wire?.bigNumbers)
  const paths = isPlain(given) ? Object.entries(given) : []
  if (paths.length === 0) faults.push(invalidValue('metadata', given, METADATA))
  return paths.flatMap(([path, value]) => readComparison('metadata', 'metadata', path, 'exact', value, faults) ?? [])
}

/** The conditions of the parameter `where`: a list, or its JSON. */
function readWhereParameter(given: unknown, faults: Fault[], wire?: WireRules): readonly Condition[] {
  const inside: Fault[] = []
  let conditions: readonly Condition[] = []
  try {
    const value = typeof given === 'string' ? parseJson(given, wire?.bigNumbers) : given
    const refused = wire?.refuse?.('where', given as string, value)
    if (refused === undefined) conditions = readConditions(value, 'where', inside)
    else inside.push(refused)
  } catch (error) {
    const hint = error instanceof UnsafeNumberError ? ` ${error.message}` : ''
    inside.push(invalidValue('where', given, JSON_TEXT, hint))
  }
  for (const fault of inside) faults.push({ ...fault, parameter: 'where' })
  return conditions
}

/** The condition that a string of a URL asks for; undefined for a comma list without items. */
function readFilterText(
  name: string,
  filter: Filter,
  text: string,
  faults: Fault[],
  environments: readonly string[],
): Condition | undefined {
  const value = readText(name, filter.value, text, faults, filter.lookup, environments)
  return value === undefined || value === null ? undefined : fieldCondition(filter.field, filter.lookup, value)
}

/** The value that a string of a URL says. */
function readText(
  parameter: string,
  type: ValueType,
  text: string,
  faults: Fault[],
  lookup = '',
  environments: readonly string[] = [],
): unknown {
  const value = type.fromText(text, lookup, environments)
  if (value === undefined) {
    const choices = type.choices && [...type.choices, ...environments]
    const expected = choices ? `one of ${choices.join(', ')}` : (type.expectedText ?? type.expected)
    faults.push(invalidValue(parameter, text, { ...type, expected, ...(choices && { choices }) }))
  }
  return value
}
