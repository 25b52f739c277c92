/** Why nothing matches, as what a person can do about it. */
import type { WhyEmpty, WhyEmptyCondition } from 'conversation-store'
import type { Condition } from 'conversation-store/core'
import type { Asked } from '../asking/contract.ts'
import { canonical, conditionOf, keyOf, partOf } from '../asking/parts.ts'

/** Whether a condition of the answer is the free text. */
function isSearch(condition: Condition): boolean {
  return 'field' in condition && condition.field === 'search'
}

/** What is asked without some conditions. */
export function withoutConditions(asked: Asked, where: readonly Condition[]): Asked {
  const gone = new Set(where.map((condition) => JSON.stringify(canonical(condition))))
  const parts = asked.parts.filter((part) => part.isOff || !gone.has(JSON.stringify(canonical(conditionOf(part)))))
  const hasSearch = where.some(isSearch) && parts.length === asked.parts.length
  return { ...asked, parts, search: hasSearch ? '' : asked.search }
}

/** What is asked with another condition in the place of some. */
export function withInstead(asked: Asked, where: readonly Condition[], meant: Condition): Asked {
  if (isSearch(meant)) return { ...asked, search: String((meant as { readonly value: unknown }).value) }
  const gone = new Set(where.map((condition) => JSON.stringify(canonical(condition))))
  const at = asked.parts.findIndex((part) => !part.isOff && gone.has(keyOf(part)))
  const made = partOf(canonical(meant))
  return { ...asked, parts: at === -1 ? [...asked.parts, made] : asked.parts.with(at, made) }
}

/** The condition that empties the answer, then the others that nothing meets. */
export function causesOf({ conditions, emptiedBy }: WhyEmpty): readonly WhyEmptyCondition[] {
  const first = emptiedBy === null ? undefined : conditions[emptiedBy]
  const others = conditions.filter((each) => each !== first && each.alone === 0)
  return first === undefined ? others : [first, ...others]
}
