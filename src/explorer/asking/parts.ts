/** Parts as conditions of a spec, and back. */
import type { Condition, FieldCondition } from 'conversation-store/core'
import { Query } from 'conversation-store/core'
import type { AnyOf, Clause, Part, Pill } from './contract.ts'

/** The condition that a part asks for, whether it is switched off or not. */
export function conditionOf(part: Part): Condition {
  if ('clause' in part) return part.isNegated ? { not: [part.clause] } : part.clause
  if ('condition' in part) return part.isNegated ? { not: [part.condition] } : part.condition
  const branches = part.any.filter(({ isOff }) => !isOff).map((pill) => [conditionOf(pill)])
  const any: Condition = branches.length === 1 ? branches[0]![0]! : { or: branches }
  return part.isNegated ? { not: [any] } : any
}

/** The part that shows a condition. What pills cannot say is a `Clause`. */
export function partOf(condition: Condition): Part {
  const pill = pillOf(condition)
  if (pill !== undefined) return pill
  const isNegated = 'not' in condition && condition.not.length === 1
  const inner = isNegated ? condition.not[0]! : condition
  const any = pillsOf(inner)
  if (any !== undefined) return { any, isNegated, isOff: false } satisfies AnyOf
  return { clause: inner, isNegated, isOff: false } satisfies Clause
}

/** A new pill, switched on. */
export function pill(condition: FieldCondition, isNegated = false): Pill {
  return { condition, isNegated, isOff: false }
}

/** Pills as one part: none, one, or joined by "or" in the order in which a URL gives them back. Equal ones count once. */
export function anyOf(pills: readonly Pill[], isNegated = false): Part | undefined {
  const byKey = new Map(pills.map((each) => [`[${keyOf(each)}]`, { ...each, isOff: false }]))
  const any = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
  const [only] = any
  if (any.length < 2) return only && { ...only, isNegated: only.isNegated !== isNegated }
  return { any, isNegated, isOff: false }
}

/** A condition in the library's canonical form. Throws `InvalidQueryError`. */
export function canonical<Given extends Condition>(condition: Given): Given {
  return Query.fromSpec({ where: [condition] }).spec.where[0] as Given
}

/** Equal for parts that ask the same. */
export function keyOf(part: Part): string {
  return JSON.stringify(conditionOf(part))
}

function pillOf(condition: Condition): Pill | undefined {
  if ('field' in condition) return pill(condition)
  const inner = 'not' in condition && condition.not.length === 1 ? condition.not[0]! : undefined
  return inner !== undefined && 'field' in inner ? pill(inner, true) : undefined
}

/** The alternatives of an "or", if each is a pill and there are several. */
function pillsOf(condition: Condition): readonly Pill[] | undefined {
  if (!('or' in condition) || condition.or.length < 2) return undefined
  const pills = condition.or.map((group) => (group.length === 1 ? pillOf(group[0]!) : undefined))
  return pills.every((each) => each !== undefined) ? pills : undefined
}
