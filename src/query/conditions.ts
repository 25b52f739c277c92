/**
 * The door of code: what a caller gives, read piece by piece. What is wrong goes to `faults`, and gives `undefined`.
 */
import type { Fault } from '../base/errors.ts'
import { isPlain } from '../base/plain.ts'
import { fieldCondition } from './canonical.ts'
import { invalidValue, isNothing, nameOf, unknownName } from './faults.ts'
import { CONDITIONS, type Filter, pairOf } from './filters.ts'
import { invalidPath, readPath } from './metadata-path.ts'
import type { Condition } from './spec.ts'
import { listOf, type ValueType } from './values.ts'

/** The value of a variadic call: the default, the single argument, or all as a list. */
export function argument(values: readonly unknown[], type: ValueType): unknown {
  return values.length > 1 ? values : values.length === 1 ? values[0] : type.ifNone
}

/** The condition that a call of a method asks for: of one value or several, or of an object of parts. */
export function readCall(
  method: string,
  filter: Filter,
  values: readonly unknown[],
  faults: Fault[],
): Condition | undefined {
  const { parameter = method, object, options } = filter
  const [value, more] = values
  if (options === undefined) {
    const isObject = object !== undefined && values.length === 1 && isPlain(value)
    return isObject ? readFilter(method, object, values, faults) : readFilter(parameter, filter, values, faults)
  }
  if (values.length !== 2 || more === undefined) {
    return readFilter(parameter, filter, values.length === 2 ? [value] : values, faults)
  }
  const named = readValue(parameter, options, more, faults) as object | undefined
  const isAsked = value !== undefined && value !== ''
  const contains = isAsked ? readValue(parameter, filter.value, value, faults, filter.field) : undefined
  if (named === undefined || (isAsked && contains === undefined)) return undefined
  return readFilter(parameter, object!, [isAsked ? { ...named, contains } : named], faults)
}

/** The condition that a value of a filter asks for. None when the whole argument is `undefined`. */
export function readFilter(
  parameter: string,
  filter: Filter,
  values: readonly unknown[],
  faults: Fault[],
): Condition | undefined {
  const { field, lookup, value: type, takesSeveral } = filter
  const given = argument(values, type)
  if (values.length === 1 && (given === undefined || (given === '' && type.isTyped))) return undefined
  const isList = takesSeveral && Array.isArray(given)
  const value = readValue(parameter, isList ? listOf(type as ValueType<string>) : type, given, faults, field)
  return value === undefined ? undefined : fieldCondition(field, isList ? 'in' : lookup, value)
}

/** The condition that `.where(field, lookup, value)` asks for. */
export function readWhere(field: unknown, lookup: unknown, value: unknown, faults: Fault[]): Condition | undefined {
  const isPath = typeof field === 'string' && field.startsWith('metadata.')
  const [name, ...path] = isPath ? ['metadata', field.slice('metadata.'.length)] : [field].flat()
  const parameter = pairOf(nameOf(name), nameOf(lookup))
  return readComparison(parameter, name, isPath ? path[0] : path, lookup, value, faults)
}

/** The condition that compares a field, or the value at a metadata path, by a lookup. */
export function readComparison(
  parameter: string,
  field: unknown,
  path: unknown,
  lookup: unknown,
  given: unknown,
  faults: Fault[],
): Condition | undefined {
  const pair = pairOf(nameOf(field), nameOf(lookup))
  const keys = field === 'metadata' ? readPath(path) : [path ?? []].flat().length > 0 ? undefined : []
  const type = CONDITIONS.get(pair)?.at(-1)?.value
  if (type === undefined) {
    faults.push(unknownName('condition', pair, CONDITIONS.keys(), parameter))
  } else if (keys === undefined) {
    faults.push(invalidPath(parameter, path))
  } else {
    const value = readValue(parameter, type, given, faults, String(field), keys)
    return value === undefined ? undefined : fieldCondition(String(field), String(lookup), value, keys)
  }
}

/** The value that code gave for a parameter. */
export function readValue(
  parameter: string,
  type: ValueType,
  given: unknown,
  faults: Fault[],
  field = '',
  path: readonly string[] = [],
): unknown {
  const value = type.fromCode(given)
  if (value === undefined) {
    const hint = [given].flat().some(isNothing) ? insteadOfNothing(field, path) : ''
    faults.push(invalidValue(parameter, given, type, hint))
  }
  return value
}

/** What to write where nothing was given. */
function insteadOfNothing(field: string, path: readonly string[]): string {
  const [lookup, value] = path.length > 0 ? ['exists', false] : ['isnull', true]
  const place = path.length > 0 ? JSON.stringify([field, ...path]) : `'${field}'`
  const where = CONDITIONS.has(pairOf(field, lookup))
    ? ` For rows without one: .where(${place}, '${lookup}', ${value}).`
    : ''
  return `${where} To ask for nothing, leave the call out.`
}
