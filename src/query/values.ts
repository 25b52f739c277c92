/**
 * The types of values that conditions take. Each knows what it expects, how it reads from a string of a URL and how
 * from code. Written to a URL a value is its `String()`; whether the URL says it is found by reading that again
 * (`params.ts`).
 *
 * Reading gives the canonical value (a frozen sorted list, an instant written in one way, 0 for -0), or `undefined` for
 * anything else: no value is `undefined`. Code is read strictly, for nothing may widen an answer by accident.
 */
import { type BigNumbers, parseJson } from '../base/json.ts'
import { formatInstant, type Instant, toInstant } from '../base/text/instant.ts'
import type { FeedbackSource, Sender, Sentiment } from '../row/conversation.ts'
import { FIELDS } from '../row/fields.ts'
import { compareScalars } from './canonical.ts'
import { type Expectation, nameOf } from './faults.ts'
import type { Scalar } from './spec.ts'

/** One type of values: `Value` as a spec holds it, `Input` as code gives it. */
export interface ValueType<Value = unknown, Input = Value> extends Expectation {
  /**
   * The value that a string of a URL says, which is trimmed and not empty. `null` where it asks for nothing.
   * `environments` are those that the wire knows besides its own two; `bigNumbers` is for metadata, where it is `'refuse'`
   * when absent.
   */
  readonly fromText: (
    text: string,
    lookup: string,
    environments: readonly string[],
    bigNumbers?: BigNumbers,
  ) => Value | null | undefined
  /** What is expected of a string of a URL, where that is not `expected`. */
  readonly expectedText?: string
  /** The value that a value in code is. */
  readonly fromCode: (value: unknown) => Value | undefined
  /** Whether a person types it, so that `''` means that nothing is asked yet. */
  readonly isTyped?: true
  /** What a call without any argument means. */
  readonly ifNone?: Value
  /** No property: the type that code gives, for the builder's types. */
  readonly input?: Input
}

/** What code may give for a value of this type. */
export type InputOf<Type> = Type extends ValueType<unknown, infer Input> ? Input : never

/** A time as code gives it: an ISO 8601 string, a `Date`, or whole milliseconds since 1970. */
export type InstantInput = string | number | Date

/** The short names of the two environments that the wire knows. */
const ALIASES: ReadonlyMap<unknown, string> = FIELDS.environment.aliases
const ENVIRONMENTS: readonly string[] = [...FIELDS.environment.aliases.values(), ...FIELDS.environment.aliases.keys()]

/** The first whole number that no id, count or duration reaches. Larger ones compare with them as it does. */
const BEYOND = 2 ** 53

export const text: ValueType<string> = {
  expected: 'a non-empty string',
  fromText: (given) => given,
  fromCode: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
}

/** A string that a person types. */
export const typedText = { ...text, isTyped: true } as const

export const boolean: ValueType<boolean> = {
  expected: 'true or false',
  fromText: (given) => (/^(true|1)$/i.test(given) ? true : /^(false|0)$/i.test(given) ? false : undefined),
  fromCode: (value) => (typeof value === 'boolean' ? value : undefined),
  ifNone: true,
  wire: () => 'Enter a valid boolean.',
}

export const instant: ValueType<string, InstantInput> = {
  expected: 'a time in ISO 8601, a valid Date or whole milliseconds since 1970',
  expectedText: 'a time in ISO 8601 (2026-01-31T09:30:00Z)',
  fromText: (given) => formatted(toInstant(given)),
  fromCode: (value) => formatted(toInstant(value)),
  wire: () => 'Enter a valid date/time.',
}

/** A number to compare ids and counts with. */
export const number: ValueType<number> = {
  expected: 'a finite number',
  fromText: wholeNumber,
  // Adding 0 turns -0 into 0.
  fromCode: (value) => (Number.isFinite(value) ? (value as number) + 0 : undefined),
  wire: () => 'Enter a number.',
}

/** A number to compare durations with. */
export const seconds: ValueType<number> = {
  ...number,
  fromText: (given) => (DECIMAL.test(given) ? clamped(given) : undefined),
}

/** Texts of which code and wire know these alone. */
export function choice<const Choice extends string>(...choices: readonly Choice[]): ValueType<Choice> {
  const find = (value: unknown): Choice | undefined => choices.find((known) => known === value)
  return { expected: `one of ${choices.join(', ')}`, choices, fromText: find, fromCode: find, wire: noChoice }
}

export const sentiment: ValueType<Sentiment> = choice('positive', 'neutral', 'negative')
export const feedbackSource: ValueType<FeedbackSource> = choice('customer', 'platform')
export const sender: ValueType<Sender> = choice('end_user', 'agent')

/** Any string in code; on the wire two environments in four spellings, and those that the reader is told of. */
export const environment: ValueType<string> = {
  expected: text.expected,
  choices: ENVIRONMENTS,
  fromText: (given, _, environments) =>
    ENVIRONMENTS.includes(given) || environments.includes(given) ? fullEnvironment(given) : undefined,
  fromCode: (value) => text.fromCode(fullEnvironment(value)),
  wire: noChoice,
}

/** What a metadata path can hold and be compared with. On the wire it is typed as it looks. */
export const scalar: ValueType<Scalar> = {
  expected: 'a string, a finite number, true, false or null',
  fromText: (given, _lookup, _environments, bigNumbers) => asItLooks(given, bigNumbers),
  fromCode: (value) =>
    value === null || typeof value === 'boolean' || typeof value === 'string' ? value : number.fromCode(value),
}

/** What has an order at a metadata path. */
export const comparable: ValueType<string | number> = {
  expected: 'a string or a finite number',
  fromText: () => undefined,
  fromCode: (value) => (typeof value === 'string' ? value : number.fromCode(value)),
}

/** Several values, any of which may be met: a list in code, separated by commas on the wire. Sorted, without repeats. */
export function listOf<Value extends Scalar, Input>(
  item: ValueType<Value, Input>,
): ValueType<readonly Value[], readonly Input[]> {
  const read = (values: readonly (Value | null | undefined)[]): readonly Value[] | undefined =>
    values.includes(undefined) ? undefined : Object.freeze([...new Set(values as Value[])].sort(compareScalars))
  const texts: Expectation = item
  return {
    ...texts,
    expected: `a list, each of it ${item.expected}`,
    fromText: (given, lookup, environments) => {
      const items = itemsOf(given)
      return items.length === 0 ? null : read(items.map((part) => item.fromText(part, lookup, environments)))
    },
    fromCode: (value) => (Array.isArray(value) ? read(Array.from(value, item.fromCode)) : undefined),
  }
}

/** The parts of a comma list, trimmed, without empty ones. */
export function itemsOf(given: string): string[] {
  return given
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function formatted(at: Instant | undefined): string | undefined {
  return at && formatInstant(at)
}

function noChoice(value: unknown): string {
  return `Select a valid choice. ${nameOf(value)} is not one of the available choices.`
}

/** The environment that a value is compared as: `production` for `prod`, `development` for `dev`. */
export function fullEnvironment<Value>(value: Value): Value | string {
  return ALIASES.get(value) ?? value
}

/** A decimal number: its whole part, and its fraction if that is not zero. */
const DECIMAL = /^([+-]?\d+)(?:(\.0*[1-9]\d*)|\.0+)?$/

/** The double nearest to a decimal string, no further from 0 than `BEYOND`. */
function clamped(decimal: string): number {
  return Math.max(-BEYOND, Math.min(BEYOND, Number(decimal))) + 0
}

/**
 * The number that a decimal string says, or where rounding to a double could change which whole numbers pass, one
 * that is the same to all of them: a fraction that would round to a whole number compares as the whole number beside
 * it, and equals none.
 */
function wholeNumber(given: string, lookup: string): number | undefined {
  const match = DECIMAL.exec(given)
  if (match === null) return undefined
  const value = clamped(given)
  if (match[2] === undefined || !Number.isInteger(value) || given.startsWith('-')) return value
  if (lookup === 'exact' || lookup === 'in') return 0.5
  const below = clamped(match[1]!)
  return lookup === 'gte' || lookup === 'lt' ? Math.min(BEYOND, below + 1) : below
}

/** `true`, `false`, `null` and JSON numbers are what they look like, what is in double quotes is the string inside. */
function asItLooks(given: string, bigNumbers?: BigNumbers): Scalar | undefined {
  if (/^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(given)) {
    try {
      return scalar.fromCode(parseJson(given, bigNumbers))
    } catch {
      // A number that would change: it would find another one.
      return undefined
    }
  }
  return /^".*"$/s.test(given) ? given.slice(1, -1) : given
}
