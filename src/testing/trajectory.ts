/** `toHaveTrajectory`: the tools that a conversation called, beside a list of names. */
import { didYouMean } from '../base/errors.ts'
import { invalidOption } from '../base/options.ts'
import { callsOf } from './calls.ts'
import { matches } from './differences.ts'
import { checkTrajectory } from './options.ts'
import { isAsymmetric, print } from './print.ts'
import { listed, placeIn, resultOf } from './result.ts'
import { conversationsOf, type Row, refuseEmpty, wrong } from './subject.ts'
import type { MatcherResult, TrajectoryMode, TrajectoryOptions } from './types.ts'

/** Whether some conversation called the tools of a list, as the mode says. */
export function toHaveTrajectory(subject: unknown, names: unknown, given?: TrajectoryOptions): MatcherResult {
  const { mode = 'strict', allowEmpty } = checkTrajectory('toHaveTrajectory', given)
  const expected = checkNames(names, mode)
  const conversations = conversationsOf('toHaveTrajectory', subject)
  refuseEmpty('toHaveTrajectory', subject, conversations, 'messages', allowEmpty)
  let nearest: { readonly row: Row; readonly actual: readonly string[]; readonly faults: readonly Fault[] } | undefined
  for (const row of conversations.rows()) {
    const actual = callsOf(row).map(({ name }) => name)
    const faults = FAULTS[mode](actual, expected)
    if (nearest === undefined || faults.length < nearest.faults.length) nearest = { row, actual, faults }
    if (faults.length === 0) break
  }
  const { row, actual = [], faults = [] } = nearest ?? {}
  const pass = row !== undefined && faults.length === 0
  return resultOf(conversations, { pass, actual, expected }, () => ({
    claim: `call ${MODES[mode]} (${mode}):`,
    lines: [
      `  expected: ${namesIn(expected.map(nameOf))}`,
      `  called:   ${namesIn(actual)}${row ? placeIn(conversations, row) : ''}`,
      ...listed(
        faults.map((fault) => `  ${fault()}`),
        MOST,
        'difference',
      ),
    ],
    row,
  }))
}

function checkNames(names: unknown, mode: TrajectoryMode): readonly unknown[] {
  const parameter = 'toHaveTrajectory(names)'
  if (!Array.isArray(names)) throw invalidOption(parameter, names, "a list of the names of tools: ['lookup_order']")
  for (const [i, name] of names.entries()) {
    const isName = typeof name === 'string' ? name !== '' : name instanceof RegExp || isAsymmetric(name)
    if (!isName) throw invalidOption(`${parameter}[${i}]`, name, 'the name of a tool')
  }
  if (names.length === 0 && mode === 'superset')
    throw wrong('mode', mode, 'toHaveTrajectory: every conversation calls a superset of no tools. Name one at least.')
  return names
}

/** So many faults are shown. */
const MOST = 5

const MODES: { readonly [Mode in TrajectoryMode]: string } = {
  strict: 'just these tools in this order',
  unordered: 'just these tools in any order',
  subset: 'no other tools than these',
  superset: 'all of these tools',
}

const nameOf = (name: unknown) => (typeof name === 'string' ? name : print(name))
const namesIn = (names: readonly string[]) => (names.length === 0 ? '(none)' : names.join(', '))
const isMet = (actual: string, expected: unknown) => actual === expected || matches(actual, expected)

/** Something that is wrong, put into words only where it is told: for each of thousands of conversations that takes long. */
type Fault = () => string

/** What is wrong with the names that were called, by mode: nothing where they are as expected. */
const FAULTS: {
  readonly [Mode in TrajectoryMode]: (actual: readonly string[], expected: readonly unknown[]) => Fault[]
} = {
  strict: faultsInOrder,
  unordered: (actual, expected) => {
    const { missing, others } = paired(actual, expected)
    return [...missingFaults(missing, actual), ...otherFaults(others)]
  },
  subset: (actual, expected) => otherFaults(paired(actual, expected).others),
  superset: (actual, expected) => missingFaults(paired(actual, expected).missing, actual),
}

/** Each place at which the names differ, and where its name is instead. */
function faultsInOrder(actual: readonly string[], expected: readonly unknown[]): Fault[] {
  const faults: Fault[] = []
  for (let i = 0; i < Math.max(actual.length, expected.length); i++) {
    const [name, wanted] = [actual[i], expected[i]]
    if (name === undefined || wanted === undefined || !isMet(name, wanted))
      faults.push(() => `call ${i + 1}: expected ${whereIs(wanted, i, actual, name ?? 'no more')}`)
  }
  return faults
}

function whereIs(wanted: unknown, i: number, actual: readonly string[], got: string): string {
  if (wanted === undefined) return `no more, got ${got}.`
  const at = actual.findIndex((each, k) => k !== i && isMet(each, wanted))
  const name = nameOf(wanted)
  return at === -1
    ? `${name}, got ${got}.${didYouMean(wanted, actual)}`
    : `${name}, got ${got}; ${name} is call ${at + 1}.`
}

function missingFaults(missing: readonly unknown[], actual: readonly string[]): Fault[] {
  return missing.map((name) => () => `missing: ${nameOf(name)}.${didYouMean(name, actual)}`)
}

function otherFaults(others: readonly { readonly name: string; readonly number: number }[]): Fault[] {
  return others.map(
    ({ name, number }) =>
      () =>
        `not expected: ${name}, call ${number}.`,
  )
}

/**
 * Pairs names that were called with expected ones, each once, as many as can be: an expected one that several names meet
 * gives way where another needs its name (augmenting paths).
 */
function paired(actual: readonly string[], expected: readonly unknown[]) {
  /** By place in `actual`, the place in `expected` that it is paired with. */
  const taken = new Map<number, number>()
  const place = (e: number, seen: Set<number>): boolean =>
    actual.some((name, a) => {
      if (seen.has(a) || !isMet(name, expected[e])) return false
      seen.add(a)
      const other = taken.get(a)
      if (other !== undefined && !place(other, seen)) return false
      taken.set(a, e)
      return true
    })
  const missing = expected.filter((_, e) => !place(e, new Set()))
  const others = actual.map((name, a) => ({ name, number: a + 1 })).filter((_, a) => !taken.has(a))
  return { missing, others }
}
