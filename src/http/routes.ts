/** The table of routes: the verbs of each path, who may use them, and what they take. */
import { PARAMETER_NAMES } from '../query/filters.ts'
import { type Content, readJson, readUpload } from './body.ts'
import type { Call, Outcome } from './call.ts'
import type { ListQuestion } from './conversations.ts'
import * as conversations from './conversations.ts'
import { FEEDBACK_PARAMETERS, listFeedbacks } from './feedback-query.ts'
import * as feedbacks from './feedbacks.ts'
import type { BodyInFlight } from './in-flight.ts'
import * as me from './me.ts'
import type { Options } from './options.ts'
import * as tracker from './tracker.ts'
import type { View } from './view.ts'

/** One verb of one route. */
export interface Endpoint {
  /** Judges the request and gives its outcome, in one synchronous step. */
  readonly run: (call: Call, view: never) => Outcome
  /** Whether a key that may only read is refused. */
  readonly isWrite: boolean
  /** How the body is read; absent where the body is ignored. */
  readonly read?: (request: Request, options: Options, held: BodyInFlight) => Promise<Content>
  /** Gives the view that `run` takes, or what else takes long, once it is built. */
  readonly needs?: (call: Call) => Promise<View | ListQuestion | undefined>
  /** The known query parameters. No name is known when absent. */
  readonly parameters?: readonly string[]
  /** Whether it judges the names of parameters itself, together with their values. */
  readonly judgesNames?: true
}

/** The verbs of one route. HEAD is GET. */
export type Route = Readonly<Record<string, Endpoint>>

const get = (run: Endpoint['run'], more: Partial<Endpoint> = {}): Endpoint => ({ run, isWrite: false, ...more })
const write = (run: Endpoint['run'], more: Partial<Endpoint> = {}): Endpoint => ({
  run,
  isWrite: true,
  read: readJson,
  ...more,
})
const remove = (run: Endpoint['run'], more: Partial<Endpoint> = {}): Endpoint => ({ run, isWrite: true, ...more })

const messages = (call: Call) => call.agent.views.messages.ready()
const allFeedbacks = (call: Call) => call.agent.views.feedbacks.ready()
const metadata = (call: Call) => call.agent.views.metadata.ready()
const linkedMessage = async (call: Call) => (tracker.isLinkedAlone(call.body) ? messages(call) : undefined)

/** Paths under the base path. `{pk}` and `{id}` are digits, `{file}` anything. */
export const ROUTES: Readonly<Record<string, Route>> = {
  '/api/conversations/': {
    GET: get(conversations.listConversations, {
      needs: conversations.readList,
      parameters: PARAMETER_NAMES,
      judgesNames: true,
    }),
    POST: write(tracker.postConversation),
  },
  '/api/conversations/lookup/': {
    GET: get(conversations.lookUpConversation, { parameters: ['conversation_id'] }),
  },
  '/api/conversations/metadata-keys/': { GET: get(conversations.showMetadataKeys, { needs: metadata }) },
  '/api/conversations/message-metadata-keys/': {
    GET: get(conversations.showMessageMetadataKeys, { needs: metadata }),
  },
  '/api/conversations/metadata-values/': {
    GET: get(conversations.showMetadataValues, { needs: conversations.readyValues, parameters: ['key'] }),
  },
  '/api/conversations/{pk}/': {
    GET: get(conversations.showConversation, { parameters: ['full'] }),
    DELETE: remove(conversations.deleteConversation),
  },
  '/api/conversations/{pk}/attachments/': { GET: get(conversations.showAttachments) },
  '/api/conversations/{pk}/rename/': { PATCH: write(conversations.renameConversation) },
  '/api/conversations/{pk}/mark/': { POST: write(conversations.markConversation) },
  '/api/conversations/{pk}/update/': { PATCH: write(conversations.updateConversation) },
  '/api/conversations/{pk}/delete/': { DELETE: remove(conversations.deleteConversation) },
  '/api/track/': { POST: write(tracker.postMessage) },
  '/api/track/{id}/': {
    GET: get(me.showMessage, { needs: messages }),
    PATCH: write(me.updateMessage, { needs: messages }),
  },
  '/api/action_logs/': { POST: write(tracker.postAction) },
  '/api/buttons/': { POST: write(tracker.postButton) },
  '/api/attachments/': { POST: write(tracker.postAttachments, { read: readUpload, needs: linkedMessage }) },
  '/api/files/{file}/': { GET: get(me.showFile) },
  '/api/conversation-feedbacks/': { POST: write(feedbacks.postConversationFeedback) },
  '/api/feedbacks/': {
    GET: get(listFeedbacks, { needs: allFeedbacks, parameters: FEEDBACK_PARAMETERS, judgesNames: true }),
    POST: write(feedbacks.postFeedback),
  },
  '/api/feedbacks/{id}/': {
    GET: get(feedbacks.showFeedback, { needs: allFeedbacks }),
    PATCH: write(feedbacks.updateFeedback, { needs: allFeedbacks }),
    DELETE: remove(feedbacks.deleteFeedback, { needs: allFeedbacks }),
  },
  '/api/me/': { GET: get(me.showMe) },
}

const PATTERNS = Object.entries(ROUTES).map(([pattern, route]) => ({
  pattern: new RegExp(`^${pattern.replace(/\{(pk|id)\}/, '\\d+').replace('{file}', '[^/]+')}$`),
  route,
}))

/** The route that a path, seen from the base path, leads to. */
export function routeOf(path: string): Route | undefined {
  return PATTERNS.find(({ pattern }) => pattern.test(path))?.route
}

/** The verbs of a route, as `Allow` has them. */
export function allowed(route: Route): string {
  const verbs = Object.keys(route)
  return (route.GET === undefined ? verbs : [...verbs, 'HEAD']).join(', ')
}
