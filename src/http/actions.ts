/** The routes of action definitions: what an agent can do, by name. */
import { fold } from '../base/text/fold.ts'
import { decidingTerms } from '../base/text/search-terms.ts'
import { fieldCondition, specOf } from '../query/canonical.ts'
import { text } from '../query/values.ts'
import type { Conversation } from '../row/conversation.ts'
import { executorOf } from '../store/inside.ts'
import { type ActionNames, type Known, knownActions } from './action-names.ts'
import { badField, notFound, Refusal, shorten } from './answer.ts'
import { type Call, created, type Outcome, ok } from './call.ts'
import type { ActionDefinition } from './events.ts'
import { Fields, NAME_LENGTH } from './fields.ts'
import { MadeList } from './json-pieces.ts'
import {
  byNumber,
  byText,
  contains,
  equal,
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

/** Gives the ids of loaded names for good, for a request that is answered with them. */
function keeping({ keep }: Known, outcome: Outcome): Outcome {
  keep()
  return outcome
}

/** The parameters that narrow the list. */
const FILTERS: Filters<Definition> = new Map([
  ['name', equal<Definition>(text, ({ name }) => name)],
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
  const known = knownActions(call.agent.state.actions, names)
  const found = ordered(selected(known.all, asked), asked.terms, ORDERS)
  return keeping(
    known,
    pageOf(call, 'actions/', found, asked, (action) => actionShape(action, call)),
  )
}

/** POST /api/actions/: declares one before it is first called. */
export function postAction(call: Call, names: ActionNames): Outcome {
  const known = knownActions(call.agent.state.actions, names)
  const fields = new Fields(call.body, call.settings)
  const name = fields.filled('name', NAME_LENGTH)
  const display_name = fields.short('display_name', NAME_LENGTH) ?? name
  const description = fields.short('description', DESCRIPTION_LENGTH) ?? ''
  fields.check()
  checkFree(name, undefined, known)
  const most = call.settings.limits.actions
  if (known.all.length >= most) throw new Refusal(413, `Too many actions. An agent may have ${most}.`)
  known.keep()
  const action: Definition = { id: call.agent.state.actions.greatestId + 1, name, display_name, description }
  return created(() => actionShape(action, call), [{ type: 'action_defined', action }])
}

/** GET /api/actions/{id}/. */
export function showAction(call: Call, names: ActionNames): Outcome {
  const known = knownActions(call.agent.state.actions, names)
  const action = actionOfPath(call, known)
  return keeping(
    known,
    ok(() => actionShape(action, call)),
  )
}

/** PATCH /api/actions/{id}/. A new name holds from now on; what was recorded keeps its own. */
export function updateAction(call: Call, names: ActionNames): Outcome {
  const known = knownActions(call.agent.state.actions, names)
  const fields = new Fields(call.body, call.settings)
  const changes = {
    ...(fields.has('name') && { name: fields.filled('name', NAME_LENGTH) }),
    ...(fields.has('display_name') && { display_name: fields.short('display_name', NAME_LENGTH) ?? '' }),
    ...(fields.has('description') && { description: fields.short('description', DESCRIPTION_LENGTH) ?? '' }),
  }
  fields.check()
  const before = actionOfPath(call, known)
  if (changes.name !== undefined) checkFree(changes.name, before.id, known)
  known.keep()
  const action: Definition = { ...before, ...changes }
  return ok(() => actionShape(action, call), [{ type: 'action_defined', action }])
}

/** GET /api/actions/{id}/logs/: all its calls, by conversation and in the order of its messages. O(their conversations). */
export function showLogs(call: Call, names: ActionNames): Outcome {
  const known = knownActions(call.agent.state.actions, names)
  const { id } = actionOfPath(call, known)
  known.keep()
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

/** The definition that a path names. Throws the 404. */
function actionOfPath({ path }: Call, { all }: Known): Definition {
  const action = all.find(({ id }) => id === Number(path.id))
  if (action === undefined) throw notFound()
  return action
}

/** Throws the 400 of a name that another definition has. */
function checkFree(name: string, id: number | undefined, { all }: Known): void {
  if (all.some((other) => other.name === name && other.id !== id))
    throw badField('name', `An action named "${shorten(name)}" already exists for this agent.`)
}

function actionShape({ id, name, display_name, description }: Definition, { agent }: Call): object {
  return { id, name, display_name, description, agent: agent.id }
}
