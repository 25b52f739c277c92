/**
 * Histories that repeat each other, merged: a log of requests has the whole history in each, so what one begins another goes on
 * with. Turns are compared by what was said and called; instructions, results, reasoning and times may differ.
 */
import type { Turn, TurnTool } from '../turns/index.ts'

/** What a turn is told by. */
export function keyOf(turn: Turn): string {
  const known = keys.get(turn)
  if (known !== undefined) return known
  const { role, text, tools, files } = turn
  const key = JSON.stringify([role, text, files.length, tools.map(({ name, input }) => [name, input])])
  keys.set(turn, key)
  return key
}

/** The keys of turns, which are compared again with each history that repeats them. */
const keys = new WeakMap<Turn, string>()

/**
 * The turns of two histories of one conversation, each turn once: where one begins the other, or the end of the first is the
 * beginning of the second. Else the second follows the first, without turns whose ids are there already. O(product of both) at worst.
 */
export function mergeTurns(first: readonly Turn[], second: readonly Turn[]): Turn[] {
  const [a, b] = [first, second].map((turns) => turns.filter(({ role }) => role !== 'system')) as [Turn[], Turn[]]
  const [keysA, keysB] = [a.map(keyOf), b.map(keyOf)]
  const from = overlap(keysA, keysB)
  if (from < 0) {
    const ids = new Set(first.flatMap(({ id }) => id ?? []))
    const texts = new Set(first.filter(({ role }) => role === 'system').map(({ text }) => text))
    return [
      ...first,
      ...second.filter(
        ({ id, role, text }) => (id === undefined || !ids.has(id)) && (role !== 'system' || !texts.has(text)),
      ),
    ]
  }
  const merged: Turn[] = []
  const said = new Set<string>()
  let at = 0
  for (const turn of first) {
    if (turn.role === 'system') {
      said.add(turn.text)
      merged.push(turn)
    } else {
      const other = at >= from ? b[at - from] : undefined
      merged.push(other === undefined ? turn : enriched(turn, other))
      at++
    }
  }
  let passed = 0
  for (const turn of second) {
    if (turn.role !== 'system') {
      if (passed++ >= a.length - from) merged.push(turn)
    } else if (!said.has(turn.text)) {
      // Instructions that changed stand where they were given.
      const before = merged.length - Math.max(0, a.length - from - passed)
      merged.splice(Math.max(0, before), 0, turn)
      said.add(turn.text)
    }
  }
  return merged
}

/** Where in the first list the second begins: their items are equal from there to the end of the shorter. Below 0 nowhere. */
function overlap(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length === 0 && b.length === 0 ? 0 : a.length
  for (let from = 0; from < a.length; from++) {
    if (a[from] !== b[0]) continue
    const length = Math.min(a.length - from, b.length)
    // A second that ends inside the first is one that repeats a part of it, as long as it is more than a word.
    if (from > 0 && from + b.length < a.length) continue
    let i = 1
    while (i < length && a[from + i] === b[i]) i++
    if (i === length) return from
  }
  return -1
}

/** A turn with what another record of it knows. */
function enriched(turn: Turn, other: Turn): Turn {
  const extra = turn.extra ?? other.extra
  const result: Turn = {
    ...other,
    ...turn,
    reasoning: turn.reasoning || other.reasoning,
    tools: turn.tools.map((tool, i) => enrichedTool(tool, other.tools[i])),
    ...(extra !== undefined && { extra }),
  }
  keys.set(result, keyOf(turn))
  return result
}

function enrichedTool(tool: TurnTool, other: TurnTool | undefined): TurnTool {
  if (other === undefined) return tool
  return { ...other, ...tool, output: tool.output ?? other.output, error: tool.error || other.error }
}

/**
 * Results that came without their calls, as where a request goes on from an answer before, brought to the calls with their ids. O(calls).
 */
export function joinResults(turns: readonly Turn[]): Turn[] {
  const calls = new Map<string, TurnTool>()
  return turns.flatMap((turn) => {
    const tools = turn.tools.filter((tool) => {
      const call = tool.id === undefined ? undefined : calls.get(tool.id)
      if (tool.id !== undefined && call === undefined) calls.set(tool.id, tool)
      if (call === undefined || tool.input !== null || call.output !== null || call.error !== '') return true
      call.output = tool.output
      call.error = tool.error
      return false
    })
    if (tools.length === turn.tools.length) return [turn]
    const isEmpty = tools.length === 0 && turn.text === '' && turn.reasoning === '' && turn.files.length === 0
    return isEmpty ? [] : [{ ...turn, tools }]
  })
}
