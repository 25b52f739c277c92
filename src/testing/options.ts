/** The options of assertions, checked: an unknown one, or one of a wrong kind, would make them hold wrongly. */
import { checkChoice, checkFlag, checkInteger, checkOptions, invalidOption } from '../base/options.ts'
import { checkExpected } from './differences.ts'
import { isAsymmetric } from './print.ts'
import type { ActionOptions, AssertionOptions, MessageOptions, TrajectoryOptions } from './types.ts'

/** The check of each option. `undefined` is not given. */
const CHECKS: { readonly [name: string]: (name: string, value: unknown) => void } = {
  allowEmpty: checkFlag,
  failed: checkFlag,
  times: (name, value) => checkInteger(name, value, 0),
  after: checkName,
  before: checkName,
  input: checkExpected,
  output: checkExpected,
  error: checkText,
  mode: (name, value) => checkChoice(name, value, ['strict', 'unordered', 'subset', 'superset']),
  sender: (name, value) => checkChoice(name, value, ['end_user', 'agent']),
  turn: (name, value) => {
    const isTurn = value === 'last' || (Number.isSafeInteger(value) && (value as number) > 0)
    if (!isTurn) throw invalidOption(name, value, "'last' or the number of a turn, from 1")
  },
}

/** Throws for an option that a matcher does not have, and for a value that an option does not take. */
function check<Options extends object>(matcher: string, options: Options, known: readonly string[]): Options {
  checkOptions(matcher, options, [...known, 'allowEmpty'])
  for (const [name, value] of Object.entries(options)) if (value !== undefined) CHECKS[name]!(name, value)
  return options
}

/** Checks the options that all matchers have. */
export function checkAssertion(matcher: string, options: AssertionOptions = {}): AssertionOptions {
  return check(matcher, options, [])
}

export function checkAction(matcher: string, options: ActionOptions = {}): ActionOptions {
  return check(matcher, options, ['input', 'output', 'error', 'times', 'after', 'before', 'failed'])
}

export function checkTrajectory(matcher: string, options: TrajectoryOptions = {}): TrajectoryOptions {
  return check(matcher, options, ['mode'])
}

export function checkMessage(matcher: string, options: MessageOptions = {}): MessageOptions {
  return check(matcher, options, ['sender', 'turn'])
}

/** Throws for anything but the name of a tool. */
export function checkName(parameter: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return
  throw invalidOption(parameter, value instanceof RegExp ? String(value) : value, "the name of a tool: 'lookup_order'")
}

/** Throws for anything that a string cannot be compared with. `''` is in every string. */
export function checkText(parameter: string, value: unknown): void {
  const isText = typeof value === 'string' ? value !== '' : value instanceof RegExp || isAsymmetric(value)
  if (!isText)
    throw invalidOption(parameter, value, 'a non-empty string, a regular expression or an asymmetric matcher')
}
