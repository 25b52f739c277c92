/** `toHaveAction`: a tool was called so. */
import { didYouMean } from '../base/errors.ts'
import { counted } from '../base/text/counted.ts'
import { type Call, callsOf, readingsOf } from './calls.ts'
import { differences, matches } from './differences.ts'
import { checkAction, checkName } from './options.ts'
import { print } from './print.ts'
import { listed, placeIn, resultOf } from './result.ts'
import { type Conversations, conversationsOf, type Row, refuseEmpty } from './subject.ts'
import type { ActionOptions, MatcherResult } from './types.ts'

/** A call of the tool that is asked for: in which conversation, and what it lacks. */
interface Candidate {
  readonly row: Row
  readonly call: Call
  /** Empty where it has all that is asked for. */
  readonly lacks: readonly string[]
}

/** Whether a tool was called as the options say: once at least, or `times`. */
export function toHaveAction(subject: unknown, name: unknown, given?: ActionOptions): MatcherResult {
  checkName('toHaveAction(name)', name)
  const options = checkAction('toHaveAction', given)
  const conversations = conversationsOf('toHaveAction', subject)
  refuseEmpty('toHaveAction', subject, conversations, 'messages', options.allowEmpty)
  const { times } = options
  const isFound = ({ lacks }: Candidate) => lacks.length === 0
  const all = () => [...candidatesOf(conversations, name as string, options)]
  const pass =
    times === undefined
      ? some(candidatesOf(conversations, name as string, options), isFound)
      : all().filter(isFound).length === times
  const { allowEmpty: _, ...asked } = options
  const result = resultOf(conversations, { pass, actual: undefined, expected: { name, ...asked } }, () => {
    const candidates = all()
    const found = candidates.filter(isFound)
    const [shown] = found.length > 0 ? found : candidates
    return {
      claim: `have ${wanted(name as string, options)}.`,
      lines: pass ? foundLines(found, conversations) : missLines(name as string, candidates, found, conversations),
      row: shown?.row,
      around: shown?.call.at,
    }
  })
  return {
    ...result,
    get actual() {
      return all().map(({ call: { name, input, output, error } }) => ({ name, input, output, error }))
    },
  }
}

function some<Item>(items: Iterable<Item>, test: (item: Item) => boolean): boolean {
  for (const item of items) if (test(item)) return true
  return false
}

function* candidatesOf(conversations: Conversations, name: string, options: ActionOptions): Generator<Candidate> {
  for (const row of conversations.rows([{ field: 'action_name', lookup: 'exact', value: name }])) {
    const calls = callsOf(row, name)
    for (const call of calls) if (call.name === name) yield { row, call, lacks: lacksOf(call, calls, options) }
  }
}

/** What a call lacks of what is asked for. */
function lacksOf(call: Call, calls: readonly Call[], options: ActionOptions): string[] {
  const { input, output, error, failed, after, before } = options
  const lacks: string[] = []
  if (input !== undefined) lacks.push(...differencesOfJson(call.input, input, 'input'))
  if (output !== undefined) lacks.push(...differencesOfJson(call.output, output, 'output'))
  if (error !== undefined && !holds(call.error, error))
    lacks.push(
      `error: expected ${print(error)}, ${call.error === '' ? 'but it did not fail' : `got ${print(call.error)}`}`,
    )
  if (failed !== undefined && (call.error !== '') !== failed)
    lacks.push(failed ? 'it did not fail' : `it failed: ${print(call.error)}`)
  if (after !== undefined) lacks.push(...orderLack(call, calls, after, 'after'))
  if (before !== undefined) lacks.push(...orderLack(call, calls, before, 'before'))
  return lacks
}

/** The differences to a value that may be the string of its JSON. */
function differencesOfJson(actual: Call['input'], expected: unknown, place: string): string[] {
  const readings = readingsOf(actual).map((reading) => [...differences(reading, expected, 'equal', place)])
  return readings.find((lines) => lines.length === 0) ?? readings[0]!
}

function holds(actual: string, expected: unknown): boolean {
  return actual !== '' && (typeof expected === 'string' ? actual.includes(expected) : matches(actual, expected))
}

/** What is wrong with where a call stands: both positions. */
function orderLack({ name, number }: Call, calls: readonly Call[], other: string, side: 'after' | 'before'): string[] {
  const others = calls.filter((call) => call.name === other && call.number !== number)
  if (others.some((call) => (side === 'after' ? call.number < number : call.number > number))) return []
  const [first] = others
  if (first === undefined) {
    const names = calls.map((call) => call.name)
    const why = other === name ? 'there is no other call of it' : `that was not called.${didYouMean(other, names)}`
    return [`${side} ${other}: ${why}`]
  }
  const last = side === 'after' ? first : others.at(-1)!
  return [`${side} ${other}: it is call ${number} of the conversation, and ${other} is call ${last.number}`]
}

/** The assertion in words. */
function wanted(name: string, { times, failed, after, before, input, output, error }: ActionOptions): string {
  const count = times === undefined ? 'a call' : counted(times, 'call')
  const parts = [
    input !== undefined && `with input ${print(input)}`,
    output !== undefined && `with output ${print(output)}`,
    error !== undefined && `with error ${print(error)}`,
    failed !== undefined && (failed ? 'that failed' : 'that did not fail'),
    after !== undefined && `after ${after}`,
    before !== undefined && `before ${before}`,
  ]
  return [`${count} of ${name}`, ...parts.filter(Boolean)].join(', ').replace(', ', ' ')
}

/** So many calls are listed, and so many differences of one. */
const MOST = 5

function foundLines(found: readonly Candidate[], conversations: Conversations): string[] {
  const lines = found.map((each) => shown(each, conversations))
  return [`It has ${counted(found.length, 'such call')}:`, ...listed(lines, MOST, 'call')]
}

function missLines(
  name: string,
  candidates: readonly Candidate[],
  found: readonly Candidate[],
  conversations: Conversations,
): string[] {
  if (candidates.length === 0) return noCallLines(name, conversations)
  const others = candidates.filter(({ lacks }) => lacks.length > 0)
  const lines = others.flatMap((each) => [
    shown(each, conversations),
    ...listed(
      each.lacks.map((lack) => `    ${lack}`),
      MOST,
      'difference',
      '    ',
    ),
  ])
  const times = others.length === 1 ? 'once' : `${others.length} times`
  return [
    ...(found.length > 0 ? foundLines(found, conversations) : []),
    ...(others.length > 0 ? [`It was called ${times}, but ${found.length > 0 ? 'not' : 'never'} like that:`] : []),
    ...listed(lines, 3 * MOST, 'line'),
  ]
}

function noCallLines(name: string, { rows }: Conversations): string[] {
  const names = new Set<string>()
  for (const { messages } of rows())
    for (const { action_name } of messages ?? []) if (action_name) names.add(action_name)
  if (names.size === 0) return ['No tool was called.']
  const some = [...names].slice(0, 2 * MOST).join(', ')
  return [
    `${name} was not called.${didYouMean(name, names)}`,
    `Called: ${some}${names.size > 2 * MOST ? ', ...' : '.'}`,
  ]
}

function shown({ row, call: { number, name, input, output, error } }: Candidate, conversations: Conversations): string {
  const result = error !== '' ? ` failed: ${error}` : output === null ? '' : ` -> ${print(output)}`
  return `  call ${number}${placeIn(conversations, row)}: ${name}(${input === null ? '' : print(input)})${result}`
}
