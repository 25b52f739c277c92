/** Sentences about fields that have a value: strings, numbers, times, flags, metadata. */
import type {
  FieldCondition,
  IdCondition,
  IdInCondition,
  InstantCondition,
  IsNullCondition,
  MetadataCondition,
  MetadataExistsCondition,
  MetadataInCondition,
  MetadataRangeCondition,
  NumberCondition,
  NumberInCondition,
  Scalar,
  TextCondition,
  TextInCondition,
} from 'conversation-store/core'
import { pathText } from '../changes/paths.ts'
import type { Say } from './say.ts'
import { listed, shownInstant, shownNumber, shownScalar, shownText } from './values.ts'
import { visible } from './visible.ts'

type Verbs = readonly [holds: string, doesNot: string]

/** How lookups with one value are said. */
const VERBS: { readonly [lookup: string]: Verbs } = {
  exact: ['is', 'is not'],
  iexact: ['is, in any case,', 'is not, in any case,'],
  icontains: ['contains', 'does not contain'],
  contains: ['contains exactly', 'does not contain exactly'],
  istartswith: ['starts with', 'does not start with'],
  startswith: ['starts exactly with', 'does not start exactly with'],
  gt: ['is over', 'is not over'],
  gte: ['is at least', 'is not at least'],
  lt: ['is under', 'is not under'],
  lte: ['is at most', 'is not at most'],
}

/** What a list contains, at a metadata path. */
const LIST_VERBS: Verbs = ['includes', 'does not include']

const TIMES: { readonly [lookup: string]: string } = { gte: 'from', gt: 'after', lt: 'before', lte: 'up to' }

/** Says a field whose values are shown by `show`. */
function compared<Value extends Scalar>(subject: string, show: (value: Value) => string): Say {
  const say: Say = ({ lookup, value }, isNegated) => {
    if (lookup === 'isnull' || lookup === 'exists')
      return { subject, verb: presence(lookup, value, isNegated), object: '' }
    if (lookup === 'in') {
      const values = (value as readonly Value[]).map(show)
      const verb = isNegated ? 'is none of' : 'is'
      return { subject, verb, object: listed(values, isNegated ? ',' : 'or') }
    }
    const [holds, doesNot] = VERBS[lookup]!
    return { subject, verb: isNegated ? doesNot : holds, object: show(value as Value) }
  }
  return say
}

/** Whether there is a value: `isnull` true and `exists` false say that there is none. */
function presence(lookup: 'isnull' | 'exists', value: boolean, isNegated: boolean): string {
  const isMissing = (lookup === 'isnull') === value
  return isMissing === isNegated ? 'is present' : 'is missing'
}

/** Says a field whose values are strings. */
export function text(subject: string): Say<TextCondition | TextInCondition | IsNullCondition> {
  return compared(subject, shownText)
}

/** Says a number of the row. */
export function count(subject: string): Say<NumberCondition | NumberInCondition | IsNullCondition> {
  return compared(subject, shownNumber)
}

export const id: Say<IdCondition | IdInCondition> = compared('id', String)

export const duration: Say = compared('duration', (seconds: number) => `${shownNumber(seconds)} s`)

/** Says a flag. */
export function flag(holds: string, doesNot: string): Say<Extract<FieldCondition, { readonly value: boolean }>> {
  return ({ value }, isNegated) => ({
    subject: 'the conversation',
    verb: value === isNegated ? doesNot : holds,
    object: '',
  })
}

/** Says a time. */
export function instant(subject: string, isNull: string, isNotNull: string): Say<InstantCondition | IsNullCondition> {
  return ({ lookup, value }, isNegated, viewer) => {
    if (lookup === 'isnull')
      return { subject: 'the conversation', verb: value === isNegated ? isNotNull : isNull, object: '' }
    return { subject, verb: `${isNegated ? 'not ' : ''}${TIMES[lookup]}`, object: shownInstant(value, viewer) }
  }
}

/** Says what stands at a metadata path. */
export const metadata: Say<
  MetadataCondition | MetadataInCondition | MetadataRangeCondition | MetadataExistsCondition
> = (condition, isNegated, viewer) => {
  const subject = `metadata ${visible(pathText(condition.path))}`
  if (condition.lookup === 'contains')
    return { subject, verb: LIST_VERBS[isNegated ? 1 : 0], object: shownScalar(condition.value) }
  const say: Say = compared(subject, shownScalar)
  return say(condition, isNegated, viewer)
}
