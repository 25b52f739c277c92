/** Changes of single parts, by their place from 0. A place that there is not changes nothing. */
import type { Condition, FieldCondition } from 'conversation-store/core'
import type { Asked, Part, Pill } from '../contract.ts'
import { anyOf, canonical, partOf, pill } from '../parts.ts'
import { fieldNameOf } from './paths.ts'
import { partOfTicks, ticksOf } from './ticks.ts'

/** Adds a condition as a part after the others. One that is asked for already is not added again. Throws `InvalidQueryError`. */
export function addCondition(asked: Asked, condition: Condition, { isNegated = false } = {}): Asked {
  const made = partOf(canonical(condition))
  const part = { ...made, isNegated: made.isNegated !== isNegated }
  const isSame = (other: Part) => !other.isOff && JSON.stringify(other) === JSON.stringify(part)
  return asked.parts.some(isSame) ? asked : withParts(asked, [...asked.parts, part])
}

/** Turns a part into its opposite. */
export function negate(asked: Asked, at: number): Asked {
  return changePart(asked, at, (part) => [{ ...part, isNegated: !part.isNegated }])
}

/** Switches a part off, or on again. */
export function switchOff(asked: Asked, at: number): Asked {
  return changePart(asked, at, (part) => [{ ...part, isOff: !part.isOff }])
}

/** Replaces the condition of a part, which keeps its place, and whether it is negated and switched off. Throws `InvalidQueryError`. */
export function edit(asked: Asked, at: number, condition: FieldCondition): Asked {
  return changePart(asked, at, ({ isNegated, isOff }) => [{ condition: canonical(condition), isNegated, isOff }])
}

/** Removes a part. */
export function remove(asked: Asked, at: number): Asked {
  return changePart(asked, at, () => [])
}

/** Moves a part to another place among the parts that are left without it. */
export function move(asked: Asked, from: number, to: number): Asked {
  const part = asked.parts[from]
  if (part === undefined || asked.parts[to] === undefined) return asked
  const others = asked.parts.toSpliced(from, 1)
  return withParts(asked, others.toSpliced(to, 0, part))
}

/** Whether a part and the next one can be joined by "or". */
export function canJoin({ parts }: Asked, at: number): boolean {
  const pair = [parts[at], parts[at + 1]]
  return pair.every((part) => part !== undefined && alternativesOf(part) !== undefined)
}

/** Joins a part and the next one by "or"; the joined part is switched on. Values of one field become one pill. */
export function joinWithNext(asked: Asked, at: number): Asked {
  if (!canJoin(asked, at)) return asked
  const joined = anyOf(mergedValues([...alternativesOf(asked.parts[at]!)!, ...alternativesOf(asked.parts[at + 1]!)!]))!
  return withParts(asked, asked.parts.toSpliced(at, 2, joined))
}

/** Whether a part can be taken apart. */
export function canTakeApart({ parts }: Asked, at: number): boolean {
  return parts[at] !== undefined && piecesOf(parts[at]).length > 1
}

/** Takes a part apart: each of its pills, or of its values, becomes a part of its own, which must all hold. */
export function takeApart(asked: Asked, at: number): Asked {
  return canTakeApart(asked, at) ? changePart(asked, at, piecesOf) : asked
}

function changePart(asked: Asked, at: number, change: (part: Part) => readonly Part[]): Asked {
  const part = asked.parts[at]
  return part === undefined ? asked : withParts(asked, asked.parts.toSpliced(at, 1, ...change(part)))
}

function withParts(asked: Asked, parts: readonly Part[]): Asked {
  return { ...asked, parts }
}

/** A part as alternatives of an "or". */
function alternativesOf(part: Part): readonly Pill[] | undefined {
  if ('clause' in part || part.isOff) return undefined
  if ('condition' in part) return [part]
  return part.isNegated ? undefined : part.any
}

/** Alternatives, in which values of one field stand together. */
function mergedValues(pills: readonly Pill[]): readonly Pill[] {
  const merged: Pill[] = []
  for (const each of pills) {
    const at = merged.findIndex((other) => mergedPill(other, each) !== undefined)
    if (at === -1) merged.push(each)
    else merged[at] = mergedPill(merged[at]!, each)!
  }
  return merged
}

function mergedPill(a: Pill, b: Pill): Pill | undefined {
  if (a.isNegated || b.isNegated || !isOfValues(a) || !isOfValues(b)) return undefined
  const field = fieldNameOf(a.condition)
  if (field === undefined || field !== fieldNameOf(b.condition)) return undefined
  const part = partOfTicks(field, [...ticksOf(a, field)!, ...ticksOf(b, field)!], false)
  return part !== undefined && 'condition' in part ? part : undefined
}

function isOfValues({ condition: { lookup } }: Pill): boolean {
  return lookup === 'exact' || lookup === 'in'
}

function piecesOf(part: Part): readonly Part[] {
  const { isNegated, isOff } = part
  if ('any' in part) return part.any.map((each) => ({ ...each, isNegated: each.isNegated !== isNegated, isOff }))
  if ('clause' in part)
    return isNegated && 'not' in part.clause ? part.clause.not.map((each) => ({ ...partOf(each), isOff })) : [part]
  const { condition } = part
  if (condition.lookup !== 'in') return [part]
  return (condition.value as readonly (string | number)[]).map((value) => ({
    ...pill(canonical({ ...condition, lookup: 'exact', value } as FieldCondition), isNegated),
    isOff,
  }))
}
