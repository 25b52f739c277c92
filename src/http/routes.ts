/** The table of routes: the verbs of each path, who may use them, and what they take. */
import * as actions from './actions.ts'
import { type Content, readBatchBody, readJson, readUpload } from './body.ts'
import type { Call, Outcome } from './call.ts'
import type { ListQuestion } from './conversations.ts'
import * as conversations from './conversations.ts'
import { FEEDBACK_PARAMETERS, listFeedbacks } from './feedback-query.ts'
import * as feedbacks from './feedbacks.ts'
import * as imports from './imports.ts'
import type { BodyInFlight } from './in-flight.ts'
import { postBatch } from './ingest/take.ts'
import { PAGING } from './list.ts'
import * as me from './me.ts'
import type { Options } from './options.ts'
import * as spans from './span-routes.ts'
import * as comments from './ticket-comments.ts'
import * as tickets from './ticket-routes.ts'
import * as tracker from './tracker.ts'
import * as usage from './usage-routes.ts'
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

/** Routes that answer 403, not 401, where a key is missing or unknown. */
export const WITHOUT_401: readonly string[] = ['/api/ingest/']

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
const actionNames = (call: Call) => call.agent.views.actions.ready()
const voted = async (call: Call) => (feedbacks.isVote(call.body) ? messages(call) : undefined)
const linkedMessage = async (call: Call) => (tracker.isLinkedAlone(call.body) ? messages(call) : undefined)

const noImport: Route = Object.fromEntries(
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((verb) => [verb, get(imports.refuseImport, { judgesNames: true })]),
)

/** Paths under the base path. `{pk}` and `{id}` are digits, `{file}` and `{trace}` anything, `{rest}` any number of parts. */
export const ROUTES: Readonly<Record<string, Route>> = {
  '/api/conversations/': {
    GET: get(conversations.listConversations, {
      needs: conversations.readList,
      parameters: conversations.LIST_PARAMETERS,
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
    GET: get(conversations.showConversation, { parameters: ['full', 'include_tickets'] }),
    DELETE: remove(conversations.deleteConversation),
  },
  '/api/conversations/{pk}/attachments/': { GET: get(conversations.showAttachments) },
  '/api/conversations/{pk}/rename/': { PATCH: write(conversations.renameConversation) },
  '/api/conversations/{pk}/mark/': { POST: write(conversations.markConversation) },
  '/api/conversations/{pk}/update/': { PATCH: write(conversations.updateConversation) },
  '/api/conversations/{pk}/delete/': { DELETE: remove(conversations.deleteConversation) },
  '/api/conversations/{pk}/restore/': { POST: remove(conversations.restoreConversation) },
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
    POST: write(feedbacks.postFeedback, { needs: voted }),
  },
  '/api/feedbacks/{id}/': {
    GET: get(feedbacks.showFeedback, { needs: allFeedbacks, parameters: ['include_tickets'] }),
    PATCH: write(feedbacks.updateFeedback, { needs: allFeedbacks }),
    DELETE: remove(feedbacks.deleteFeedback, { needs: allFeedbacks }),
  },
  '/api/me/': { GET: get(me.showMe) },
  '/api/ingest/': { POST: write(postBatch, { read: readBatchBody }) },
  '/api/spans/': { GET: get(spans.listSpans, { parameters: spans.SPAN_PARAMETERS, judgesNames: true }) },
  '/api/spans/{id}/': { GET: get(spans.showSpan, { parameters: ['payload'] }) },
  '/api/traces/{trace}/': { GET: get(spans.showTrace) },
  '/api/token-usage/': { GET: get(usage.listUsage, { parameters: usage.USAGE_PARAMETERS, judgesNames: true }) },
  '/api/token-usage/summary/': {
    GET: get(usage.sumUsage, { parameters: usage.SUMMARY_PARAMETERS, judgesNames: true }),
  },
  '/api/actions/': {
    GET: get(actions.listActions, { needs: actionNames, parameters: actions.ACTION_PARAMETERS, judgesNames: true }),
    POST: write(actions.postAction, { needs: actionNames }),
  },
  '/api/actions/{id}/': {
    GET: get(actions.showAction, { needs: actionNames }),
    PATCH: write(actions.updateAction, { needs: actionNames }),
  },
  '/api/actions/{id}/logs/': { GET: get(actions.showLogs, { needs: actionNames }) },
  '/api/tickets/': {
    GET: get(tickets.listTickets, { needs: allFeedbacks, parameters: tickets.TICKET_PARAMETERS, judgesNames: true }),
    POST: write(tickets.postTicket, { needs: allFeedbacks }),
  },
  '/api/tickets/{id}/': {
    GET: get(tickets.showTicket, { needs: allFeedbacks }),
    PATCH: write(tickets.updateTicket, { needs: allFeedbacks }),
    DELETE: remove(tickets.deleteTicket),
  },
  '/api/tickets/{id}/comments/': {
    GET: get(comments.listComments, { parameters: PAGING, judgesNames: true }),
    POST: write(comments.postComment),
  },
  '/api/imports/schema/': { GET: get(imports.showSchema) },
  '/api/imports/limits/': { GET: get(imports.showLimits) },
  '/api/imports/example/': { GET: get(imports.showExample) },
  '/api/imports/': noImport,
  '/api/imports/{rest}/': noImport,
}

/** What the parts in braces stand for, as the pattern of a part of a path. */
const PARTS: Readonly<Record<string, string>> = {
  pk: '[0-9]+',
  id: '[0-9]+',
  file: '[^/]+',
  trace: '[^/]+',
  rest: '.+',
}

/** The names of the parts in braces of a path, in a router's words: `/api/spans/:id{[0-9]+}/`. */
export function routerPath(pattern: string): string {
  // What takes several parts takes their slashes too.
  return pattern
    .replace('{rest}/', ':rest{.+/}')
    .replace(/\{(pk|id|file|trace)\}/g, (_, name: string) => `:${name}{${PARTS[name]}}`)
}

const PATTERNS = Object.entries(ROUTES).map(([pattern, route]) => ({
  pattern: new RegExp(`^${pattern.replace(/\{(\w+)\}/g, (_, name: string) => PARTS[name]!)}$`),
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
