/** The agents of a handler, each with all that serves it. */
import { InvalidQueryError, show } from '../base/errors.ts'
import { invalidOption } from '../base/options.ts'
import { isPlain } from '../base/plain.ts'
import { hideKeys } from './hide-keys.ts'
import { type KeyEntry, Keys, type Role } from './keys.ts'
import { checkNames, unsaid } from './option-names.ts'
import { AGENT_NAMES, type AgentOptions } from './options.ts'
import type { Persistence } from './persistence.ts'
import { RowJson } from './row-json.ts'
import { fullShape, leanShape } from './shapes.ts'
import { AgentState } from './state.ts'
import { Views } from './views.ts'

/** An agent as it is served. */
export interface Agent {
  readonly id: number
  readonly name: string
  readonly state: AgentState
  readonly views: Views
  readonly json: { readonly lean: RowJson; readonly full: RowJson }
  readonly persistence: Persistence | undefined
}

/** The agents of a handler, and the keys that tell them apart. */
export interface Agents {
  readonly agents: readonly Agent[]
  /** Undefined in an open handler, where the first agent is asked. */
  readonly keys: Keys<Agent> | undefined
  /** A string of a request as an answer may repeat it: without keys. */
  readonly hideKeys: (text: string) => string
}

/** Checks the agents and makes what serves them. Throws `InvalidQueryError` naming the option. */
export function openAgents(given: readonly AgentOptions[]): Agents {
  if (!Array.isArray(given) || given.length === 0) throw unsaid('agents', given, 'a list of one or more agents')
  const agents: Agent[] = []
  const entries: KeyEntry<Agent>[] = []
  for (const [at, options] of (given as readonly AgentOptions[]).entries()) {
    const agent = openAgent(options, at + 1)
    if (agents.some(({ id }) => id === agent.id))
      throw invalidOption('agents.id', agent.id, 'an id that no other agent has')
    const twin = agents.find(({ state }) => state.store === agent.state.store)
    if (twin !== undefined) throw sameStore(twin, agent)
    agents.push(agent)
    const pairs = readKeys(options.keys)
    for (const [key, role] of pairs) {
      if (entries.some((entry) => entry.key === key)) throw invalidOption('keys', 'a key', 'no key in two agents')
      entries.push({ key, agent, role })
    }
    if (pairs.length === 0 && given.length > 1)
      throw unsaid('agents.keys', options.keys, 'a key or more for each agent')
  }
  const known = entries.map(({ key }) => key)
  return {
    agents,
    keys: entries.length === 0 ? undefined : new Keys(entries),
    hideKeys: (text) => hideKeys(text, known),
  }
}

/** Each would show the conversations of the other. */
function sameStore(first: Agent, second: Agent): InvalidQueryError {
  const message = `agents ${first.id} (${show(first.name)}) and ${second.id} (${show(second.name)}) have the same store. Expected a store of its own for each agent.`
  return new InvalidQueryError([{ parameter: 'agents.store', value: second.id, code: 'INVALID_VALUE', message }])
}

function openAgent(options: AgentOptions, place: number): Agent {
  checkNames(options, AGENT_NAMES)
  const { id = place, name = `Agent ${id}`, store = options.state?.store, persistence } = options
  if (!Number.isSafeInteger(id) || id < 1) throw invalidOption('agents.id', id, 'an integer from 1')
  if (typeof name !== 'string') throw invalidOption('agents.name', name, 'a string')
  if (typeof store?.fetchConversations !== 'function') throw invalidOption('agents.store', store, 'a ConversationStore')
  const state = options.state ?? new AgentState(store)
  if (state.store !== store) throw invalidOption('agents.state', state, 'the state of the same store')
  const json = { lean: new RowJson(leanShape), full: new RowJson(fullShape) }
  return { id, name, state, views: new Views(state), json, persistence }
}

/** The keys of one agent; none where the option is left out. An error never shows what is wrong, which may be a key. */
function readKeys(given: AgentOptions['keys']): (readonly [string, Role])[] {
  if (given === undefined) return []
  // Of another object, such as a set or a list, no entry or only numbers would be read.
  const pairs = isMap(given) ? [...given] : isPlain(given) ? Object.entries(given as Record<string, Role>) : undefined
  // What is empty may be a mistake, such as a setting that is not there, and must not open the agent.
  if (given === null || (pairs ?? Object.values(given)).length === 0)
    throw invalidOption('keys', given, 'one key or more. Leave the option "keys" out to let everybody in')
  if (pairs === undefined) throw unsaid('keys', given, 'an object or Map with "read" or "write" for each key')
  for (const [key, role] of pairs) {
    if (typeof key !== 'string' || key.trim() === '' || key.trim() !== key) {
      throw unsaid('keys', key, 'keys that are strings without white space around them')
    }
    if (role !== 'read' && role !== 'write') throw unsaid('keys', role, '"read" or "write" for each key')
  }
  return pairs
}

/** A `Map` of any realm: a test runner may have one of its own. */
function isMap<Key, Value>(given: object | ReadonlyMap<Key, Value>): given is ReadonlyMap<Key, Value> {
  return Object.prototype.toString.call(given) === '[object Map]'
}
