/** Ticking values of fields, as facets do. */
import type { Scalar } from 'conversation-store/core'
import type { Asked, Part } from '../contract.ts'
import { isSameTick, partOfTicks, type Tick, type TickedField, ticksOf } from './ticks.ts'

/** How a value is ticked. */
export interface ToggleOptions {
  /** Asks for rows that do not have the value. */
  readonly isNegated?: boolean | undefined
  /** There is nothing at a metadata path: the facet's `missing`. */
  readonly isMissing?: boolean | undefined
  /** The value stands in the list at a metadata path, which is asked whether it has it. */
  readonly isItem?: boolean | undefined
}

/**
 * Ticks a value of a field, or takes the tick away. Values of one field that are ticked become one part, "device is mobile
 * or tablet"; those that are negated another, "device is none of mobile, tablet". A value that is ticked the other way
 * changes sides. Null stands for rows that have none.
 *
 * Throws `InvalidQueryError` for an unknown field and for a value that it cannot have.
 *
 * @example toggleValue(asked, 'device', 'mobile')
 * @example toggleValue(asked, 'metadata.plan', null, { isMissing: true, isNegated: true })
 */
export function toggleValue(
  asked: Asked,
  field: TickedField,
  value: Scalar,
  { isNegated = false, isMissing = false, isItem = false }: ToggleOptions = {},
): Asked {
  const tick: Tick = { value, isMissing, isItem }
  const wasTicked = stateOf(asked, field, value, tick) === (isNegated ? 'negated' : 'ticked')
  const left = asked.parts.flatMap((part) => without(part, field, tick) ?? [])
  return { ...asked, parts: wasTicked ? left : withTick(left, field, tick, isNegated) }
}

/** Whether a value is asked for. A part that is switched off asks for nothing. */
export type TickState = 'ticked' | 'negated' | 'none'

/** Whether a value of a field is ticked, and which way. */
export function stateOf(
  { parts }: Asked,
  field: TickedField,
  value: Scalar,
  { isMissing = false, isItem = false }: Omit<ToggleOptions, 'isNegated'> = {},
): TickState {
  const part = parts.find(
    (each) => !each.isOff && ticksOf(each, field)?.some((tick) => isSameTick(tick, { value, isMissing, isItem })),
  )
  return part === undefined ? 'none' : part.isNegated ? 'negated' : 'ticked'
}

/** Asks for just this value of a field: all else that was ticked in it is taken away. */
export function onlyValue(asked: Asked, field: TickedField, value: Scalar, options: ToggleOptions = {}): Asked {
  return toggleValue(withoutField(asked, field), field, value, options)
}

/**
 * The same without what is ticked in a field and switched on: the query whose counts a facet of that field shows, so that
 * ticking never hides the others, where several values or negated ones are ticked.
 */
export function withoutField(asked: Asked, field: TickedField): Asked {
  const parts = asked.parts.filter((part) => part.isOff || ticksOf(part, field) === undefined)
  return parts.length === asked.parts.length ? asked : { ...asked, parts }
}

/** The values that are ticked in a field, in their order, each with the way it is ticked. */
export function ticksIn({ parts }: Asked, field: TickedField): readonly (Tick & { readonly isNegated: boolean })[] {
  return parts
    .filter(({ isOff }) => !isOff)
    .flatMap((part) => (ticksOf(part, field) ?? []).map((tick) => ({ ...tick, isNegated: part.isNegated })))
}

function without(part: Part, field: TickedField, tick: Tick): Part | undefined {
  const ticks = ticksOf(part, field)
  if (!ticks?.some((each) => isSameTick(each, tick))) return part
  const left = ticks.filter((each) => !isSameTick(each, tick))
  const made = partOfTicks(field, left, part.isNegated)
  return made && { ...made, isOff: part.isOff }
}

function withTick(parts: readonly Part[], field: TickedField, tick: Tick, isNegated: boolean): readonly Part[] {
  const at = parts.findIndex(
    (part) => !part.isOff && part.isNegated === isNegated && ticksOf(part, field) !== undefined,
  )
  const before = at === -1 ? [] : ticksOf(parts[at]!, field)!
  const made = partOfTicks(field, [...before, tick], isNegated)!
  return at === -1 ? [...parts, made] : parts.with(at, made)
}
