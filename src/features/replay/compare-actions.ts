/** Which calls of two lists are the same, and what differs in the others. */
import { isEqual } from '../../base/equal.ts'
import type { Json } from '../../row/conversation.ts'
import { commonOf } from './common.ts'
import { differencesOf } from './differences.ts'
import type { DriftAction, DriftLists, DriftPlace } from './drift-lists.ts'
import type { Action } from './turns.ts'

/** A call of both sides. */
interface Pair {
  readonly recorded: number
  readonly replayed: number
}

type ActionDrift = Omit<DriftLists, 'texts'>

/** Which calls are one and the same, from the most alike to the least: each list is gone through once a rule. */
const RULES: readonly ((recorded: Action, replayed: Action) => boolean)[] = [
  (a, b) => a.turn === b.turn && isEqual(a.input, inputOf(b)),
  (a, b) => a.turn === b.turn && a.input === undefined,
  (a, b) => a.turn === b.turn,
  (a, b) => a.input === undefined || isEqual(a.input, inputOf(b)),
]

/** What differs between recorded calls and those of a replay. O(recorded x replayed). */
export function compareActions(recorded: readonly Action[], replayed: readonly Action[]): ActionDrift {
  const pairs = pairsOf(recorded, replayed)
  const known = pairs.filter(({ recorded: at }) => recorded[at]!.input !== undefined)
  const paired = [new Set(pairs.map((pair) => pair.recorded)), new Set(pairs.map((pair) => pair.replayed))] as const
  return {
    more: replayed.filter((_, at) => !paired[1].has(at)).map(shown),
    less: recorded.filter((_, at) => !paired[0].has(at)).map(shown),
    otherArguments: known.flatMap((pair) => {
      const [before, after] = [recorded[pair.recorded]!, replayed[pair.replayed]!]
      const differences = differencesOf(before.input, inputOf(after))
      if (differences.length === 0) return []
      const { turn, name } = after
      return [{ turn, name, recorded: before.input ?? null, replayed: inputOf(after), differences }]
    }),
    otherOrder: movedOf(pairs, recorded, replayed).map((pair) => {
      const { name } = recorded[pair.recorded]!
      return {
        name,
        input: inputOf(replayed[pair.replayed]!),
        recorded: placeOf(recorded, pair.recorded),
        replayed: placeOf(replayed, pair.replayed),
      }
    }),
  }
}

/** The calls that are one and the same, in the order of the replay. */
function pairsOf(recorded: readonly Action[], replayed: readonly Action[]): Pair[] {
  const pairs = pairsInOrder(recorded, replayed)
  const [left, right] = [new Set(recorded.keys()), new Set(replayed.keys())]
  for (const pair of pairs) {
    left.delete(pair.recorded)
    right.delete(pair.replayed)
  }
  for (const rule of RULES) {
    for (const at of right) {
      const action = replayed[at]!
      const found = [...left].find((other) => recorded[other]!.name === action.name && rule(recorded[other]!, action))
      if (found === undefined) continue
      left.delete(found)
      right.delete(at)
      pairs.push({ recorded: found, replayed: at })
    }
  }
  return untangled(untangled(pairs, recorded, 'recorded', 'replayed'), replayed, 'replayed', 'recorded').sort(
    (a, b) => a.replayed - b.replayed,
  )
}

/** As many equal calls of each turn as stand in one order on both sides: what is left out or put in moves none of the others. */
function pairsInOrder(recorded: readonly Action[], replayed: readonly Action[]): Pair[] {
  const same = (a: number, b: number) =>
    recorded[a]!.name === replayed[b]!.name && RULES[0]!(recorded[a]!, replayed[b]!)
  const turns = new Set(recorded.map(({ turn }) => turn))
  return [...turns].flatMap((turn) => {
    const [here, there] = [recorded, replayed].map((all) => [...all.keys()].filter((at) => all[at]!.turn === turn))
    const common = commonOf(here!, there!, same)
    return common.map(([a, b]) => ({ recorded: here![a]!, replayed: there![b]! }))
  })
}

/** The pairs with equal calls of one side in one order on both: which of them is which nobody can tell. */
function untangled(pairs: readonly Pair[], actions: readonly Action[], side: keyof Pair, other: keyof Pair): Pair[] {
  const groups = new Map<string, Pair[]>()
  for (const pair of pairs) {
    const { turn, name, input } = actions[pair[side]]!
    const key = JSON.stringify([turn, name, sorted(input ?? null)])
    groups.set(key, [...(groups.get(key) ?? []), pair])
  }
  return [...groups.values()].flatMap((group) => {
    const [own, others] = [side, other].map((key) => group.map((pair) => pair[key]).sort((a, b) => a - b))
    return own!.map((at, i) => ({ [side]: at, [other]: others![i]! }) as unknown as Pair)
  })
}

/** A value as a list that is equal for equal values, whatever the order of their keys. */
function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const)
  return [Array.isArray(value), ...entries.sort(([a], [b]) => (a < b ? -1 : 1))]
}

/** The pairs that stand in another turn, and the fewest of the others without which the rest stands in one order. O(pairs²). */
function movedOf(pairs: readonly Pair[], recorded: readonly Action[], replayed: readonly Action[]): Pair[] {
  const inTurn = pairs.filter((pair) => recorded[pair.recorded]!.turn === replayed[pair.replayed]!.turn)
  const stays = risingOf(inTurn)
  return pairs.filter((pair) => !stays.has(pair))
}

/** A longest sequence of pairs whose recorded places rise as the replayed ones do. */
function risingOf(pairs: readonly Pair[]): Set<Pair> {
  const best: { readonly length: number; readonly before: number }[] = []
  let last = -1
  for (const [at, { recorded }] of pairs.entries()) {
    let before = -1
    for (let other = 0; other < at; other++)
      if (pairs[other]!.recorded < recorded && (before === -1 || best[other]!.length > best[before]!.length))
        before = other
    best.push({ length: (best[before]?.length ?? 0) + 1, before })
    if (last === -1 || best[at]!.length > best[last]!.length) last = at
  }
  const rising = new Set<Pair>()
  for (; last !== -1; last = best[last]!.before) rising.add(pairs[last]!)
  return rising
}

function placeOf(actions: readonly Action[], at: number): DriftPlace {
  const { turn } = actions[at]!
  const previous = actions[at - 1]
  return { turn, after: previous?.turn === turn ? previous.name : null }
}

/** What a tool was given now. What is not said is nothing. */
function inputOf({ input = {} }: Action) {
  return input
}

function shown({ turn, name, input = null }: Action): DriftAction {
  return { turn, name, input }
}
