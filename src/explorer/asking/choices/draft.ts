/** A condition while it is put together, or edited: a field, then an operator, then a value. */
import type { FieldCondition, Scalar } from 'conversation-store/core'
import { addCondition, edit, fieldNameOf, stateOf, toggleValue } from '../changes/index.ts'
import type { Asked, Part, Pill } from '../contract.ts'
import { canonical } from '../parts.ts'
import { sentenceOf } from '../sentences/index.ts'
import { type FieldChoice, fieldChoice } from './fields.ts'
import { conditionFor, type Operator, type Takes } from './operators.ts'

/** What is picked so far. */
export interface Draft {
  readonly field: FieldChoice
  readonly operator?: Operator
  /** The place of the part that is edited; null for a new one. */
  readonly at: number | null
  /** The text that the value begins as. */
  readonly text?: string
}

/** A draft for which a value is to be given next, if that is all that it lacks. */
export type Ready = Draft & { readonly operator: Operator }

/** What is asked once a draft has its value; unchanged where it is asked for already. Throws `InvalidQueryError` for an invalid value. */
export function commit(asked: Asked, { field, operator, at }: Ready, value: Scalar): Asked {
  const condition = canonical(conditionFor(operator, field.field, value))
  const isNegated = operator.isNegated === true
  if (at !== null) {
    const part = asked.parts[at]
    if (part === undefined) return asked
    const several = valuesOf(part)
    if (several !== undefined && operator.takes === 'value') return edit(asked, at, withValue(part as Pill, value))
    const edited = edit(asked, at, condition)
    return { ...edited, parts: edited.parts.with(at, { ...edited.parts[at]!, isNegated }) }
  }
  // Two values of a field that has one a row would find nothing: they become one pill.
  const isJoined = condition.lookup === 'exact' && operator.takes === 'value' && !field.isMany
  if (!isJoined) return addCondition(asked, condition, { isNegated })
  const isTicked = stateOf(asked, field.field, value) === (isNegated ? 'negated' : 'ticked')
  return isTicked ? asked : toggleValue(asked, field.field, value, { isNegated })
}

/** The draft that edits a part, at its value or else at its operator. Undefined for what is not one condition. */
export function draftOf({ parts }: Asked, at: number): Draft | undefined {
  const part = parts[at]
  if (part === undefined || !('condition' in part)) return undefined
  const { condition, isNegated } = part
  const field = choiceOf(condition)
  if (field === undefined) return undefined
  const edits = operatorOf(condition, isNegated)
  if (edits === undefined) return { field, at }
  return { field, at, operator: edits.operator, ...(edits.text !== undefined && { text: edits.text }) }
}

/** The values of a part that asks for any of several. */
export function valuesOf(part: Part): readonly Scalar[] | undefined {
  return 'condition' in part && part.condition.lookup === 'in' ? part.condition.value : undefined
}

function withValue({ condition }: Pill, value: Scalar): FieldCondition {
  const values = condition.value as readonly Scalar[]
  const left = values.filter((each) => each !== value)
  const next = left.length < values.length ? left : [...values, value]
  return { ...condition, lookup: 'in', value: next } as FieldCondition
}

function choiceOf(condition: FieldCondition): FieldChoice | undefined {
  if (condition.field === 'action' || condition.field === 'action_failed') return fieldChoice('run')
  const name = fieldNameOf(condition)
  return name === undefined ? undefined : fieldChoice(name)
}

/** The parts of a match that are typed, and what they take. */
const TYPED_PARTS: { readonly [part: string]: Takes } = {
  ...{ contains: 'words', input: 'words', output: 'words', error: 'words' },
  ...{ longerThan: 'number', shorterThan: 'number' },
}

/** The operator that asks for a condition with another value, and the text of its value. Undefined where it has none to type. */
function operatorOf(condition: FieldCondition, isNegated: boolean): { operator: Operator; text?: string } | undefined {
  const { lookup, value } = condition
  const negated = isNegated ? ({ isNegated } as const) : {}
  const { subject, verb } = sentenceOf(condition, isNegated)
  if (typeof value === 'boolean' && lookup !== 'contains' && condition.field !== 'metadata') return undefined
  if (lookup === 'exists') return undefined
  if (lookup === 'matches') {
    const match = value as { readonly [part: string]: unknown }
    const part = Object.keys(TYPED_PARTS).find((each) => match[each] !== undefined)
    const given = part === undefined ? undefined : [match[part]].flat()
    if (part === undefined || given!.length !== 1) return undefined
    const operator: Operator = {
      ...{ label: `${subject} ${verb}`, takes: TYPED_PARTS[part]!, ...negated },
      condition: (_, text) => ({ field: condition.field, lookup, value: { ...match, [part]: text } }),
    }
    return { operator, text: String(given![0]) }
  }
  const takes = takesOf(condition)
  const operator: Operator = {
    ...{ label: condition.field === 'message' ? `${subject} ${verb}` : verb, takes, ...negated },
    condition: (_, given) => ({ ...condition, lookup: lookup === 'in' ? 'exact' : lookup, value: given }),
  }
  return takes === 'value' || takes === 'time' || lookup === 'in' ? { operator } : { operator, text: String(value) }
}

function takesOf({ field, lookup, value }: FieldCondition): Takes {
  if (field === 'started_at' || field === 'ended_at') return 'time'
  if (field === 'id' || field === 'duration' || field.endsWith('_count')) return 'number'
  if (lookup === 'exact' || lookup === 'in' || (lookup === 'contains' && field === 'metadata')) return 'value'
  return typeof value === 'number' ? 'number' : 'words'
}
