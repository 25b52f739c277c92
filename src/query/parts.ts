/** The types of objects that name several parts of one feedback, one message or one run of an action. */
import { didYouMean, show } from '../base/errors.ts'
import { isPlain } from '../base/plain.ts'
import { compareScalars } from './canonical.ts'
import { invalidValue } from './faults.ts'
import type { ActionMatch, ActionMatchInput, MessageMatch, MessageMatchInput } from './match.ts'
import type { FeedbackCondition, Scalar } from './spec.ts'
import { boolean, feedbackSource, listOf, number, sender, sentiment, text, type ValueType } from './values.ts'

/** One value, or a list of several. */
function oneOrMore<Value extends Scalar>(
  item: ValueType<Value>,
): ValueType<readonly Value[], Value | readonly Value[]> {
  const list = listOf(item)
  return {
    ...list,
    expected: `${item.expected} or a list of them`,
    fromCode: (value) => list.fromCode(Array.isArray(value) ? value : [value]),
  }
}

/** An object that names some of these parts, at least one. Its keys are sorted. */
function partsOf<Value extends object, Input = Value>(
  example: string,
  parts: { readonly [Part in keyof Value]-?: ValueType },
): ValueType<Value, Input> {
  const types = new Map<string, ValueType>(Object.entries(parts))
  const read = (value: unknown) =>
    Object.entries(isPlain(value) ? value : {}).map(([key, part]) => [key, types.get(key)?.fromCode(part)] as const)
  return {
    expected: `an object of one or more of ${[...types.keys()].join(', ')}: ${example}`,
    fromText: () => undefined,
    fromCode: (value) => {
      const found = read(value).sort(([a], [b]) => compareScalars(a, b))
      const isWhole = found.length > 0 && found.every(([, part]) => part !== undefined)
      return isWhole ? (Object.freeze(Object.fromEntries(found)) as Value) : undefined
    },
    wrongPart: (value) => {
      const [key] = read(value).find(([, part]) => part === undefined) ?? []
      const type = key === undefined ? undefined : types.get(key)
      if (key === undefined) return ''
      if (type === undefined) return ` There is no part ${show(key)}.${didYouMean(key, types.keys())}`
      return ` ${invalidValue(key, (value as Record<string, unknown>)[key], type).message}`
    },
  }
}

/** What one feedback has. */
export const feedback = partsOf<FeedbackCondition['value']>("{ sentiment: 'negative', source: 'customer' }", {
  sentiment,
  source: feedbackSource,
})

export const messageMatch = partsOf<MessageMatch, MessageMatchInput>("{ sender: 'end_user', contains: 'refund' }", {
  sender,
  contains: oneOrMore(text),
  hasAttachments: boolean,
})

/** What else `messageContains` can ask of the message. */
export const messageOptions = partsOf<Pick<MessageMatch, 'sender'>>("{ sender: 'end_user' }", { sender })

const milliseconds: ValueType<number> = {
  ...number,
  expected: 'a finite number of milliseconds from 0',
  fromCode: (value) => (Number(number.fromCode(value)) >= 0 ? number.fromCode(value) : undefined),
}

export const actionMatch = partsOf<ActionMatch, ActionMatchInput>("{ name: 'lookup_order', failed: true }", {
  name: oneOrMore(text),
  input: text,
  output: text,
  error: text,
  failed: boolean,
  longerThan: milliseconds,
  shorterThan: milliseconds,
})
