/** Changes of conversations by the routes of the hosted API. */
import { NotFoundError } from '../base/errors.ts'
import type { AbortSignalLike } from '../base/host.ts'
import type { CallOptions } from '../features/async-store/contract.ts'
import type { Feedback, Message } from '../row/conversation.ts'
import { readFeedback, readMessage, readMetadataChanges, readPatch } from '../row/read.ts'
import type { Ref } from '../store/store.ts'
import type { HostedSettings } from './options.ts'
import type { ServedRow } from './pages.ts'
import { IN_MEMORY, notOnTheWire } from './refuse.ts'
import { type HostedRequest, send } from './requests.ts'

type Get = (ref: Ref, call?: CallOptions) => Promise<ServedRow | undefined>

/** What a message and a feedback can be sent with. */
const MESSAGE_KEYS = ['sender', 'content', 'timestamp', 'metadata']
const FEEDBACK_KEYS = ['sentiment', 'comment', 'metadata']

/** The methods that write. Each checks what it is given as a store does, and gives the row as it is afterwards. */
export function writesOf(settings: HostedSettings, get: Get) {
  const rowOf = async (ref: Ref, signal: AbortSignalLike | undefined): Promise<ServedRow> => {
    const row = await get(ref, { signal })
    if (row === undefined) throw new NotFoundError(ref)
    return row
  }
  const changed = async (ref: Ref, { signal }: CallOptions, request: Omit<HostedRequest, 'path'>, route: string) => {
    const id = typeof ref === 'number' ? ref : (await rowOf(ref, signal)).id
    await send({ ...request, path: `conversations/${id}/${route}/`, signal, of: ref }, settings)
    return rowOf(id, signal)
  }
  const update = async (ref: Ref, patch: object, call: CallOptions = {}) =>
    changed(ref, call, { method: 'PATCH', body: readPatch(patch) }, 'update')
  /** Sends a part of a conversation to a route of its own. */
  const added = async (ref: Ref, route: string, part: object, { signal }: CallOptions) => {
    const { id } = await rowOf(ref, signal)
    await send({ method: 'POST', path: `${route}/`, body: { ...part, conversation: id }, signal }, settings)
    return rowOf(id, signal)
  }
  return {
    update,
    rename: async (ref: Ref, name: string | null, call?: CallOptions) => update(ref, { name }, call),
    updateMetadata: async (
      ref: Ref,
      given: object,
      { remove, ...call }: { readonly remove?: readonly string[] } & CallOptions = {},
    ) => {
      const { changes, remove: removed } = readMetadataChanges(given, remove)
      const { id, metadata } = await rowOf(ref, call.signal)
      const after = { ...(metadata as object | null), ...changes } as Record<string, unknown>
      for (const key of removed) delete after[key]
      return update(id, { metadata: after }, call)
    },
    mark: async (ref: Ref, yes = true, call: CallOptions = {}) =>
      changed(ref, call, { method: 'POST', body: readPatch({ is_marked: yes }) }, 'mark'),
    delete: async (ref: Ref, at?: unknown, call: CallOptions = {}) => {
      if (at !== undefined) throw notOnTheWire('delete', at, 'It deletes now: leave the time out.')
      return changed(ref, call, { method: 'DELETE' }, 'delete')
    },
    addMessage: async (ref: Ref, message: Message, call: CallOptions = {}) => {
      refuseOthers('addMessage', message, MESSAGE_KEYS)
      const { id: _, timestamp = new Date().toISOString(), ...read } = readMessage(message, none())
      return added(ref, 'track', { timestamp, ...read }, call)
    },
    addFeedback: async (ref: Ref, feedback: Feedback, call: CallOptions = {}) => {
      refuseOthers('addFeedback', feedback, FEEDBACK_KEYS)
      const { id: _, ...read } = readFeedback(feedback, none())
      return added(ref, 'conversation-feedbacks', read, call)
    },
    add: refuses('add', 'Record it by the recorder of conversation-store/testing, or by the SDK.'),
    addMany: refuses('addMany', 'Record them by the recorder of conversation-store/testing, or by the SDK.'),
    upsert: refuses('upsert', 'A whole row cannot be replaced: use update, rename, mark, addMessage or addFeedback.'),
    restore: refuses('restore', 'The service keeps what it deleted.'),
    purge: refuses('purge', 'It deletes softly: use delete.'),
    load: refuses('load', IN_MEMORY),
  }
}

const none = () => ({ message: 0, feedback: 0 })

/** Throws for keys that the API would not store: what was given is never lost in silence. */
function refuseOthers(method: string, part: object, known: readonly string[]): void {
  const others = Object.keys(Object(part)).filter((key) => !known.includes(key))
  if (others.length > 0) throw notOnTheWire(`${method} ${others.join(', ')}`, part, `It takes ${known.join(', ')}.`)
}

function refuses(name: string, instead: string): (...given: unknown[]) => Promise<never> {
  return async (...given) => {
    throw notOnTheWire(name, given[0], instead)
  }
}
