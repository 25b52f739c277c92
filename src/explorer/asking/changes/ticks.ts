/** Values of a field as conditions that ask for just that value, and back. */
import type { FieldCondition, Scalar } from 'conversation-store/core'
import type { Part, Pill } from '../contract.ts'
import { anyOf, canonical, pill } from '../parts.ts'
import { keysOf } from './paths.ts'

/** One value of a field. `isMissing`: there is nothing at a metadata path, where `value` is null. */
export interface Tick {
  readonly value: Scalar
  readonly isMissing?: boolean | undefined
  /** The value stands in the list at a metadata path. */
  readonly isItem?: boolean | undefined
}

/**
 * A field as facets name it (`device`, `metadata.plan`, `id`), or `failed_action`: the names of actions of which a run
 * failed.
 */
export type TickedField = string

/** The condition for rows without any value, where `isnull` does not say it. */
const WITHOUT: { readonly [field: string]: FieldCondition } = {
  feedback_sentiment: { field: 'has_feedback', lookup: 'exact', value: false },
  feedback_source: { field: 'has_feedback', lookup: 'exact', value: false },
  message_sender: { field: 'has_messages', lookup: 'exact', value: false },
  action_failed: { field: 'action_count', lookup: 'exact', value: 0 },
}

/** The fields whose values stand one in a condition. */
const SINGLE: ReadonlySet<string> = new Set([
  ...Object.keys(WITHOUT),
  ...['is_marked', 'is_used', 'has_messages', 'has_action', 'has_feedback'],
])

/** The part that asks for any of these values; `undefined` for none. Throws `InvalidQueryError` for a value that the field cannot have. */
export function partOfTicks(field: TickedField, ticks: readonly Tick[], isNegated: boolean): Part | undefined {
  return anyOf(pillsOf(field, ticks), isNegated)
}

/** The values that a part asks for, if it asks for nothing else than values of this field. */
export function ticksOf(part: Part, field: TickedField): readonly Tick[] | undefined {
  if ('clause' in part) return undefined
  const pills = 'any' in part ? part.any : [part]
  // The negation of a part that is one pill is the part's own.
  if ('any' in part && pills.some(({ isNegated }) => isNegated)) return undefined
  const ticks = pills.map(({ condition }) => ticksOfCondition(condition, field))
  return ticks.every((each) => each !== undefined) ? ticks.flat() : undefined
}

/** Whether two values are one. */
export function isSameTick(a: Tick, b: Tick): boolean {
  return a.value === b.value && Boolean(a.isMissing) === Boolean(b.isMissing) && Boolean(a.isItem) === Boolean(b.isItem)
}

function pillsOf(field: TickedField, ticks: readonly Tick[]): Pill[] {
  const isAlone = (tick: Tick) => SINGLE.has(field) || tick.isItem === true || isWithout(field, tick)
  const values = ticks.filter((tick) => !isAlone(tick)).map(({ value }) => value)
  return [
    ...(values.length > 0 ? [pill(conditionOfValues(field, values))] : []),
    ...ticks.filter(isAlone).map((tick) => pill(conditionOfTick(field, tick))),
  ]
}

/** Whether a tick is for rows without a value. A null is a value where a metadata path stores it. */
function isWithout(field: TickedField, { value, isMissing }: Tick): boolean {
  return keysOf(field) === undefined ? value === null : isMissing === true
}

function conditionOfValues(field: TickedField, values: readonly Scalar[]): FieldCondition {
  const path = keysOf(field)
  const condition =
    field === 'failed_action'
      ? { field: 'action', lookup: 'matches', value: { failed: true, name: values } }
      : { ...(path === undefined ? { field } : { field: 'metadata', path }), lookup: 'in', value: values }
  return canonical(condition as FieldCondition)
}

function conditionOfTick(field: TickedField, tick: Tick): FieldCondition {
  const path = keysOf(field)
  if (tick.isItem)
    return canonical({ field: 'metadata', path, lookup: 'contains', value: tick.value } as FieldCondition)
  if (!isWithout(field, tick)) return canonical({ field, lookup: 'exact', value: tick.value } as FieldCondition)
  if (path !== undefined) return { field: 'metadata', path, lookup: 'exists', value: false }
  return WITHOUT[field] ?? canonical({ field, lookup: 'isnull', value: true } as FieldCondition)
}

function ticksOfCondition(condition: FieldCondition, field: TickedField): readonly Tick[] | undefined {
  const { lookup, value } = condition
  const path = keysOf(field)
  const without = WITHOUT[field]
  if (without !== undefined && isEqual(condition, without)) return [{ value: null }]
  if (field === 'failed_action') return failedNames(condition)
  if (condition.field !== (path === undefined ? field : 'metadata')) return undefined
  if (path !== undefined && !isEqual(path, (condition as { readonly path?: unknown }).path)) return undefined
  if (lookup === 'exact') return [{ value: value as Scalar }]
  if (lookup === 'contains' && path !== undefined) return [{ value: value as Scalar, isItem: true }]
  if (lookup === 'in' && value.length > 0) return (value as readonly Scalar[]).map((each) => ({ value: each }))
  if (lookup === 'isnull' && value === true) return [{ value: null }]
  if (lookup === 'exists' && value === false) return [{ value: null, isMissing: true }]
  return undefined
}

function failedNames({ field, value }: FieldCondition): readonly Tick[] | undefined {
  if (field !== 'action') return undefined
  const { name, failed, ...others } = value
  const isNamed = failed === true && name !== undefined && name.length > 0 && Object.keys(others).length === 0
  return isNamed ? name.map((each) => ({ value: each })) : undefined
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
