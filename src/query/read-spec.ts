/** The door for specs that come as JSON, from a log, a message or a URL: all is checked, and made canonical. */
import type { Fault } from '../base/errors.ts'
import { groupOf, notCondition, orCondition, type SpecParts, specOf } from './canonical.ts'
import { readComparison, readValue } from './conditions.ts'
import { emptyGroup, invalidValue, raise, unknownName } from './faults.ts'
import { SETTINGS } from './filters.ts'
import { pagedTwice } from './paging.ts'
import type { Condition, Group, QuerySpec } from './spec.ts'

type Fields = Readonly<Record<string, unknown>>

/** How deep `or` and `not` may stand in each other in a spec that is read. */
const MAX_NESTING = 100

const SPEC = { expected: 'the object of a spec, { where: [...] }' }
const LIST = { expected: 'a list of conditions' }
const CONDITION = {
  expected: `{ field, lookup, value }, for metadata with a path, { or: [[...]] } or { not: [...] }, at most ${MAX_NESTING} deep`,
}
const PARTS = ['where', ...Object.values(SETTINGS).map(({ key }) => key)]

/** The spec that untrusted data holds. Throws `InvalidQueryError` with every fault, else `InvalidPageError`. */
export function readSpec(given: unknown): QuerySpec {
  const faults: Fault[] = []
  const fields = fieldsOf(given)
  if (fields === undefined) raise([invalidValue('spec', given, SPEC)])
  const { where, ...settings } = fields!
  const parts: Record<string, unknown> = { where: readConditions(where, 'where', faults) }
  for (const [name, value] of Object.entries(settings)) {
    const setting = Object.values(SETTINGS).find(({ key }) => key === name)
    if (setting === undefined) faults.push(unknownName('part of a spec', name, PARTS))
    else if (value !== undefined) parts[name] = readValue(name, setting.value, value, faults)
  }
  raise([...faults, ...pagedTwice(parts)])
  return specOf(parts as unknown as SpecParts)
}

/** The conditions of a list that stands at `place`. */
export function readConditions(given: unknown, place: string, faults: Fault[], depth = 0): readonly Condition[] {
  if (Array.isArray(given))
    return Array.from(given, (item, i) => readNode(item, `${place}[${i}]`, faults, depth)).filter(
      (condition) => condition !== undefined,
    )
  faults.push(invalidValue(place, given, LIST))
  return []
}

/** The condition that stands at `place`, if it is one. */
function readNode(given: unknown, place: string, faults: Fault[], depth: number): Condition | undefined {
  const fields = (depth <= MAX_NESTING && fieldsOf(given)) || {}
  const { field, path, lookup, value, or, not } = fields
  const keys = Object.keys(fields).sort().join()
  const groupAt = (kind: 'or' | 'not', branch: unknown, at: string): Group => {
    if (Array.isArray(branch) && branch.length === 0) faults.push(emptyGroup(kind, branch, at))
    return groupOf(readConditions(branch, at, faults, depth + 1))
  }

  if (keys === 'or' && Array.isArray(or)) {
    if (or.length === 0) faults.push(emptyGroup('or', or, place))
    return orCondition(Array.from(or, (branch, i) => groupAt('or', branch, `${place}.or[${i}]`)))
  }
  if (keys === 'not') return notCondition(groupAt('not', not, `${place}.not`))

  const isComparison =
    field === 'metadata' ? keys === 'field,lookup,path,value' && Array.isArray(path) : keys === 'field,lookup,value'
  if (!isComparison) {
    faults.push(invalidValue(place, given, CONDITION))
    return undefined
  }
  return readComparison(place, field, path, lookup, value, faults)
}

function fieldsOf(given: unknown): Fields | undefined {
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Fields) : undefined
}
