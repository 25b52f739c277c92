/** The types of the values in a row, its messages and its feedbacks. */
import { show } from '../base/errors.ts'
import { parseInstant } from '../base/text/instant.ts'
import { isObject, isString } from './json.ts'

/** A type of value. All have all keys: one hidden class for the loop that judges. */
export interface Type {
  /** What a person calls it. */
  readonly expected: string
  /** Whether a value that is not null is of it. */
  readonly holds: (value: unknown) => boolean
  /** The valid strings, if they are few: an error names the nearest. */
  readonly choices: readonly string[] | undefined
  /** What each item of a list has. */
  readonly items: Shape | undefined
  /** Must be there and not null. */
  readonly isRequired: boolean
}

/** The keys of an object that are judged, each with its type. */
export type Shape = readonly (Type & { readonly key: string })[]

/** Code points of a `conversation_id`. */
const MAX_LENGTH = 255

export const string = type('a string', isString)
export const flag = type('true or false', (value) => typeof value === 'boolean')
export const object = type('an object', isObject)
export const metadata = type('an object, its JSON string', (value) => isString(value) || isObject(value))
export const instant = type(
  'an ISO 8601 time such as 2024-01-15T10:30:00Z',
  (value) => isString(value) && parseInstant(value) !== undefined,
)
export const id = type(
  `an integer from 1 to ${Number.MAX_SAFE_INTEGER}`,
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
)
export const businessId = type(
  `a string of 1 to ${MAX_LENGTH} characters`,
  // UTF-16 units tell without counting, except between the two bounds.
  (value) =>
    isString(value) &&
    value !== '' &&
    (value.length <= MAX_LENGTH || (value.length <= 2 * MAX_LENGTH && [...value].length <= MAX_LENGTH)),
)

/** The keys of a message that are judged. */
export const MESSAGE = shapeOf({
  content: required(string),
  sender: required(choice('end_user', 'agent')),
  action_name: string,
  attachments: listOf([]),
  action_logs: listOf([]),
})

/** The keys of a feedback that are judged. */
export const FEEDBACK = shapeOf({
  sentiment: required(choice('positive', 'neutral', 'negative')),
  source: choice('customer', 'platform'),
})

/** The same type, where a value must be there. */
export function required(type: Type): Type {
  return { ...type, isRequired: true }
}

export function listOf(items: Shape): Type {
  return type('a list of objects', Array.isArray, undefined, items)
}

export function shapeOf(types: Readonly<Record<string, Type>>): Shape {
  return Object.entries(types).map(([key, type]) => ({ key, ...type }))
}

function choice(...choices: readonly string[]): Type {
  return type(choices.map(show).join(' or '), (value) => choices.includes(value as string), choices)
}

function type(expected: string, holds: Type['holds'], choices?: readonly string[], items?: Shape): Type {
  return { expected, holds, choices, items, isRequired: false }
}
