/** What can be asked of a field, as a person picks it: an operator, and the value that it takes. */
import type { FacetField } from 'conversation-store'
import type { FieldCondition, Scalar } from 'conversation-store/core'
import { keysOf } from '../changes/paths.ts'

/** What an operator takes: a value of the field, words, a number, a time, or nothing. */
export type Takes = 'value' | 'words' | 'number' | 'time' | 'nothing'

/** One operator of a kind of field. */
export interface Operator {
  /** After the field's name it begins a sentence: `is`, `took longer than`. */
  readonly label: string
  readonly takes: Takes
  readonly isNegated?: true
  /** Said after a number that is typed. */
  readonly unit?: string
  /** The facet that counts its values, where that is not its field's. */
  readonly facet?: FacetField
  /** The condition on a field. `value` is null where nothing is taken. */
  condition(field: string, value: Scalar): unknown
}

/** Compares a field, or what stands at a path, by a lookup. */
function compares(label: string, lookup: string, takes: Takes, more: Partial<Operator> = {}): Operator {
  return {
    label,
    takes,
    condition: (field, value) => {
      const path = keysOf(field)
      return { ...(path === undefined ? { field } : { field: 'metadata', path }), lookup, value }
    },
    ...more,
  }
}

/** Asks for one value of a field. */
function fixed(label: string, lookup: string, value: Scalar, more: Partial<Operator> = {}): Operator {
  const { condition, ...operator } = compares(label, lookup, 'nothing', more)
  return { ...operator, condition: (field) => condition(field, value) }
}

/** Asks for one part of a run of an action: of any action, or of the named one, which is the value. */
function run(label: string, part: string, takes: Takes, more: Partial<Operator> = {}): Operator {
  return {
    label,
    takes,
    condition: (_, value) => ({ field: 'action', lookup: 'matches', value: { [part]: value } }),
    ...more,
  }
}

function said(label: string, sender: string | null, isNegated?: true): Operator {
  return {
    label,
    takes: 'words',
    ...(isNegated && { isNegated }),
    condition: (_, value) => ({
      field: 'message',
      lookup: 'matches',
      value: { ...(sender !== null && { sender }), contains: value },
    }),
  }
}

const not = { isNegated: true } as const
const IS = compares('is', 'exact', 'value')
const IS_NOT = compares('is not', 'exact', 'value', not)
const ms = { unit: 'ms' }

const NUMBERS = [
  compares('is at least', 'gte', 'number'),
  compares('is at most', 'lte', 'number'),
  compares('is over', 'gt', 'number'),
  compares('is under', 'lt', 'number'),
]

/** The operators of each kind of field, those that are meant most first. */
export const OPERATORS = {
  text: [
    IS,
    IS_NOT,
    compares('contains', 'icontains', 'words'),
    compares('does not contain', 'icontains', 'words', not),
    compares('starts with', 'istartswith', 'words'),
    fixed('is missing', 'isnull', true),
    fixed('is present', 'isnull', false),
  ],
  choice: [IS, IS_NOT],
  number: [compares('is', 'exact', 'number'), ...NUMBERS],
  duration: [
    ...[compares('is', 'exact', 'number'), ...NUMBERS].map((operator) => ({ ...operator, unit: 's' })),
    fixed('is missing', 'isnull', true),
  ],
  metadata: [
    IS,
    IS_NOT,
    ...NUMBERS,
    compares('includes', 'contains', 'value'),
    fixed('is missing', 'exists', false),
    fixed('is present', 'exists', true),
  ],
  list: [
    compares('includes', 'contains', 'value'),
    compares('does not include', 'contains', 'value', not),
    fixed('is missing', 'exists', false),
    fixed('is present', 'exists', true),
  ],
  start: [
    compares('from', 'gte', 'time'),
    compares('before', 'lt', 'time'),
    compares('after', 'gt', 'time'),
    compares('up to', 'lte', 'time'),
  ],
  end: [
    compares('from', 'gte', 'time'),
    compares('before', 'lt', 'time'),
    fixed('is missing', 'isnull', true),
    fixed('is present', 'isnull', false),
  ],
  flag: [fixed('yes', 'exact', true), fixed('no', 'exact', false)],
  said: [
    said('the user said', 'end_user'),
    said('the agent said', 'agent'),
    said('someone said', null),
    said('no one said', null, true),
    said('the user never said', 'end_user', true),
    said('the agent never said', 'agent', true),
  ],
  action: [
    compares('called', 'exact', 'value'),
    compares('never called', 'exact', 'value', not),
    {
      label: 'failed',
      takes: 'value',
      facet: 'failed_action',
      condition: (_, value) => ({ field: 'action', lookup: 'matches', value: { name: value, failed: true } }),
    },
    compares('name contains', 'icontains', 'words'),
    fixed('called none', 'isnull', true),
  ],
  run: [
    run('failed', 'failed', 'nothing', {
      condition: () => ({ field: 'action_failed', lookup: 'exact', value: true }),
    }),
    run('took longer than', 'longerThan', 'number', ms),
    run('took less than', 'shorterThan', 'number', ms),
    run('input has', 'input', 'words'),
    run('output has', 'output', 'words'),
    run('error has', 'error', 'words'),
  ],
} as const satisfies Readonly<Record<string, readonly Operator[]>>

/** A kind of field. */
export type Kind = keyof typeof OPERATORS

/** The condition of an operator with a value. Whether it is valid is not known yet. */
export function conditionFor(operator: Operator, field: string, value: Scalar): FieldCondition {
  return operator.condition(field, value) as FieldCondition
}
