/** The routes of action definitions: what an agent can do, by name. */
import { fold } from '../base/text/fold.ts'
import { decidingTerms } from '../base/text/search-terms.ts'
import { fieldCondition, specOf } from '../query/canonical.ts'
import { text } from '../query/values.ts'
import type { Conversation } from '../row/conversation.ts'
import { executorOf } from '../store/inside.ts'
import type { ActionNames } from './action-names.ts'
import { badField, notFound, Refusal, shorten } from './answer.ts'
import { type Call, created, type Outcome, ok } from './call.ts'
import type { ActionDefinition } from './events.ts'
import { Fields, NAME_LENGTH } from './fields.ts'
import { MadeList } from './json-pieces.ts'
import {
  byNumber,
  byText,
  contains,
  equals,
  type Filters,
  filter,
  type Orders,
  ordered,
  PAGING,
  pageOf,
  readAsked,
  selected,
} from './list.ts'
import { actionLogShape } from './shapes.ts'

type Definition = ActionDefinition

/** The code points that a description may have. */
const DESCRIPTION_LENGTH = 5_000

const has = (read: (action: Definition) => string) => (value: string) =>
  contains<Definition>([fold(value)], (each) => [read(each)])

/** The parameters that narrow the list. */
const FILTERS: Filters<Definition> = new Map([
  [
    'name',
    filter(
      text,
      equals<Definition>(({ name }) => name),
    ),
  ],
  [
    'name__icontains',
    filter(
      text,
      has(({ name }) => name),
    ),
  ],
  [
    'display_name',
    filter(
      text,
      has(({ display_name }) => display_name),
    ),
  ],
  ['search', filter(text, (value) => contains<Definition>(decidingTerms(fold(value)), textsOf))],
])

/** The strings that `search` looks in. */
function textsOf({ name, display_name, description }: Definition): readonly string[] {
  return [name, display_name, description]
}

/** What the list can be asked. */
export const ACTION_PARAMETERS: readonly string[] = [...FILTERS.keys(), ...PAGING]

const ORDERS: Orders<Definition> = new Map([
  ['name', byText<Definition>(({ name }) => name)],
  ['display_name', byText<Definition>(({ display_name }) => display_name)],
  ['id', byNumber<Definition>(({ id }) => id)],
])

/** GET /api/actions/: by id. O(definitions). */
export function listActions(call: Call, names: ActionNames): Outcome {
  const asked = readAsked(call, FILTERS)
  const found = ordered(selected(definitionsOf(call, names), asked), asked.terms, ORDERS)
  return pageOf(call, 'actions/', found, asked, (action) => actionShape(action, call))
}

/** POST /api/actions/: declares one before it is first called. */
export function postAction(call: Call, names: ActionNames): Outcome {
  const all = definitionsOf(call, names)
  const fields = new Fields(call.body, call.settings)
  const name = fields.filled('name', NAME_LENGTH)
  const display_name = fields.short('display_name', NAME_LENGTH) ?? name
  const description = fields.short('description', DESCRIPTION_LENGTH) ?? ''
  fields.check()
  checkFree(name, undefined, call)
  const most = call.settings.limits.actions
  if (all.length >= most) throw new Refusal(413, `Too many actions. An agent may have ${most}.`)
  const action: Definition = { id: call.agent.state.actions.greatestId + 1, name, display_name, description }
  return created(() => actionShape(action, call), [{ type: 'action_defined', action }])
}

/** GET /api/actions/{id}/. */
export function showAction(call: Call, names: ActionNames): Outcome {
  const action = actionOfPath(call, names)
  return ok(() => actionShape(action, call))
}

/** PATCH /api/actions/{id}/. A new name holds from now on; what was recorded keeps its own. */
export function updateAction(call: Call, names: ActionNames): Outcome {
  const before = actionOfPath(call, names, false)
  const fields = new Fields(call.body, call.settings)
  const changes = {
    ...(fields.has('name') && { name: fields.filled('name', NAME_LENGTH) }),
    ...(fields.has('display_name') && { display_name: fields.short('display_name', NAME_LENGTH) ?? '' }),
    ...(fields.has('description') && { description: fields.short('description', DESCRIPTION_LENGTH) ?? '' }),
  }
  fields.check()
  if (before === undefined) throw notFound()
  if (changes.name !== undefined) checkFree(changes.name, before.id, call)
  const action: Definition = { ...before, ...changes }
  return ok(() => actionShape(action, call), [{ type: 'action_defined', action }])
}

/** GET /api/actions/{id}/logs/: all its calls, by conversation and in the order of its messages. O(their conversations). */
export function showLogs(call: Call, names: ActionNames): Outcome {
  const { id } = actionOfPath(call, names)
  const { actions, store } = call.agent.state
  const logs: (() => object)[] = []
  const called = [...names].filter(
    ([name, ids]) => ids.includes(id) || (ids.includes(null) && actions.named(name)?.id === id),
  )
  const rows = new Set<number>()
  for (const [name] of called) for (const row of idsOf(call, name)) rows.add(row)
  for (const row of [...rows].sort((a, b) => a - b)) {
    if (call.hidden.has(row)) continue
    for (const message of (store.get(row) as Conversation).messages ?? []) {
      for (const log of message.action_logs ?? []) {
        const shape = () => actionLogShape(log, message, call)
        if ((shape() as { action: unknown }).action === id) logs.push(shape)
      }
    }
  }
  return ok(() => new MadeList(logs, (shape) => shape()))
}

/** The ids of the conversations, deleted ones too, that have an action of this name. */
function idsOf({ agent }: Call, name: string): readonly number[] {
  const where = [fieldCondition('action_name', 'exact', name)]
  return executorOf(agent.state.store).ids(specOf({ where, includeDeleted: true }))
}

/** All definitions: those on record, and those that only the rows know. Each gets its id here. */
function definitionsOf({ agent }: Call, names: ActionNames): readonly Definition[] {
  const { actions } = agent.state
  for (const [name, ids] of names) {
    for (const id of ids) if (id === null || actions.get(id) === undefined) actions.loaded(name, id ?? undefined)
  }
  return actions.all()
}

function actionOfPath(call: Call, names: ActionNames): Definition
function actionOfPath(call: Call, names: ActionNames, isNeeded: boolean): Definition | undefined
function actionOfPath(call: Call, names: ActionNames, isNeeded = true): Definition | undefined {
  definitionsOf(call, names)
  const action = call.agent.state.actions.get(Number(call.path.id))
  if (action === undefined && isNeeded) throw notFound()
  return action
}

/** Throws the 400 of a name that another definition has. */
function checkFree(name: string, id: number | undefined, { agent }: Call): void {
  const other = agent.state.actions.named(name)
  if (other !== undefined && other.id !== id)
    throw badField('name', `An action named "${shorten(name)}" already exists for this agent.`)
}

function actionShape({ id, name, display_name, description }: Definition, { agent }: Call): object {
  return { id, name, display_name, description, agent: agent.id }
}
