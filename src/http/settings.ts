/** All that a handler was told, in the form in which it is used. */
import { type Agents, openAgents } from './agents.ts'
import { checkNames } from './option-names.ts'
import {
  AGENT_NAMES,
  type AgentsOptions,
  type OneAgentOptions,
  OPTION_NAMES,
  type Options,
  readOptions,
} from './options.ts'
import type { AnyStore } from './state.ts'

/** How a handler answers, and for whom. */
export interface Settings extends Options, Agents {}

/** Checks all that a handler was told. Throws `InvalidQueryError` naming the option. */
export function settingsOf(first: AnyStore | AgentsOptions, options: OneAgentOptions): Settings {
  const all = isOfSeveral(first) ? first : ofOne(first, options)
  checkNames(all, [...OPTION_NAMES, 'agents'])
  const agents = openAgents(all.agents)
  return { ...readOptions(all, agents.keys !== undefined), ...agents }
}

function isOfSeveral(first: AnyStore | AgentsOptions): first is AgentsOptions {
  return typeof first === 'object' && first !== null && 'agents' in first
}

/** The options of a handler of one agent as those of several: agent's own options go to it. */
function ofOne(store: AnyStore, options: OneAgentOptions): AgentsOptions {
  const names = AGENT_NAMES.filter((name) => name !== 'store')
  checkNames(options, [...OPTION_NAMES, ...names])
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const [parts, others] = [true, false].map((isPart) =>
    Object.fromEntries(given.filter(([name]) => names.includes(name) === isPart)),
  )
  return { ...others, agents: [{ ...parts, store }] }
}
