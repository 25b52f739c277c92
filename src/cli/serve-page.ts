/** The page at `/`: what this server is, with links to its routes. */
import { counted } from '../base/text/counted.ts'
import type { Handler } from '../node/listen.ts'
import { version } from './version.ts'

/** What the page shows besides the routes. */
export interface PageFacts {
  /** The number of conversations now. */
  readonly size: number
  /** Whether a request needs a key. */
  readonly needsKey: boolean
  /** Whether the explorer is at `/explore/`. */
  readonly hasExplorer: boolean
}

/** The handler, with a page for people at `/`. The page needs no key, and shows nothing that a key protects. */
export function withPage(handler: Handler, facts: () => PageFacts): Handler {
  const answer = (request: Request) => {
    const { pathname } = new URL(request.url)
    if (pathname !== '/' || (request.method !== 'GET' && request.method !== 'HEAD')) return handler(request)
    return new Response(page(facts()), { headers: HEADERS })
  }
  return Object.assign(answer, { allowsOrigin: (origin: string) => handler.allowsOrigin?.(origin) ?? false })
}

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
}

/** A route and what it does; `href` where a browser can open it. */
interface Route {
  readonly route: string
  readonly does: string
  readonly href?: string
}

const READING: readonly Route[] = [
  { route: 'GET /api/conversations/', does: 'list, filter, page', href: '/api/conversations/' },
  {
    route: 'GET /api/conversations/?full=false',
    does: 'the same without messages',
    href: '/api/conversations/?full=false',
  },
  { route: 'GET /api/conversations/{id}/', does: 'one, with its whole transcript' },
  { route: 'GET /api/conversations/lookup/?conversation_id=…', does: 'the id of a conversation' },
  { route: 'GET /api/conversations/{id}/attachments/', does: 'its files' },
  {
    route: 'GET /api/conversations/metadata-keys/',
    does: 'paths in metadata',
    href: '/api/conversations/metadata-keys/',
  },
  {
    route: 'GET /api/conversations/message-metadata-keys/',
    does: 'paths in the metadata of messages',
    href: '/api/conversations/message-metadata-keys/',
  },
  { route: 'GET /api/conversations/metadata-values/?key=…', does: 'values at a path' },
  { route: 'GET /api/feedbacks/', does: 'feedback, newest first', href: '/api/feedbacks/' },
  { route: 'GET /api/track/{id}/', does: 'one message' },
  { route: 'GET /api/spans/', does: 'spans, newest first', href: '/api/spans/' },
  { route: 'GET /api/spans/{id}/?payload=true', does: 'one span, as it came' },
  { route: 'GET /api/traces/{trace_id}/', does: 'the spans of a trace as a tree' },
  { route: 'GET /api/token-usage/', does: 'tokens by turn and model', href: '/api/token-usage/' },
  {
    route: 'GET /api/token-usage/summary/?group_by=…',
    does: 'their sums by model, conversation or day',
    href: '/api/token-usage/summary/',
  },
  { route: 'GET /api/actions/', does: 'definitions of actions', href: '/api/actions/' },
  { route: 'GET /api/actions/{id}/logs/', does: 'all calls of one' },
  { route: 'GET /api/tickets/', does: 'tickets, newest first', href: '/api/tickets/' },
  { route: 'GET /api/tickets/{id}/comments/', does: 'the comments on one' },
  { route: 'GET /api/imports/schema/', does: 'the schema of an import file', href: '/api/imports/schema/' },
  { route: 'GET /api/me/', does: 'the agent that a key belongs to', href: '/api/me/' },
]

const WRITING: readonly Route[] = [
  { route: 'POST /api/conversations/', does: 'get or create a conversation' },
  { route: 'POST /api/ingest/', does: 'record spans, as the SDK 0.1.x does' },
  { route: 'POST /api/track/', does: 'record a message' },
  { route: 'POST /api/action_logs/', does: 'record an action' },
  { route: 'POST /api/buttons/', does: 'record a click' },
  { route: 'POST /api/attachments/', does: 'upload files' },
  { route: 'POST /api/conversation-feedbacks/', does: 'give feedback' },
  { route: 'POST /api/feedbacks/', does: 'give feedback to a conversation, a message or the agent' },
  { route: 'PATCH, DELETE /api/feedbacks/{id}/', does: 'change or remove it' },
  { route: 'PATCH /api/track/{id}/', does: 'replace the metadata of a message' },
  { route: 'PATCH /api/conversations/{id}/update/', does: 'change fields' },
  { route: 'PATCH /api/conversations/{id}/rename/', does: 'rename' },
  { route: 'POST /api/conversations/{id}/mark/', does: 'mark, or take the mark away' },
  { route: 'DELETE /api/conversations/{id}/delete/', does: 'delete softly' },
  { route: 'POST /api/conversations/{id}/restore/', does: 'take that back' },
  { route: 'POST, PATCH /api/actions/', does: 'declare an action, change its labels' },
  { route: 'POST, PATCH, DELETE /api/tickets/', does: 'open, change or remove a ticket' },
  { route: 'POST /api/tickets/{id}/comments/', does: 'comment on it' },
]

const EXPLORER = `
<p><a href="/explore/">Explore the conversations</a>: filter, read, count and mark them in the browser.</p>`

function page({ size, needsKey, hasExplorer }: PageFacts): string {
  const key = needsKey
    ? 'Requests need the header <code>Authorization: Api-Key KEY</code>, so a browser that follows these links is answered 401.'
    : 'No key is needed: any <code>Authorization</code> header is accepted.'
  const count = needsKey ? '' : ` It holds ${counted(size, 'conversation')} now.`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>conversation-store</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
  td { padding: 0 1rem 0 0; vertical-align: top }
  code { font-size: 0.9em }
</style>
<h1>conversation-store ${version}</h1>
<p>A local server that answers as the hosted AgentSight API does, for agents that are built and tested offline.${count}</p>
<p>${key}</p>${hasExplorer ? EXPLORER : ''}
<h2>Reading</h2>
<table>${READING.map(line).join('')}
</table>
<h2>Writing</h2>
<table>${WRITING.map(line).join('')}
</table>
</html>
`
}

function line({ route, does, href }: Route): string {
  const code = `<code>${route}</code>`
  return `\n<tr><td>${href === undefined ? code : `<a href="${href}">${code}</a>`}<td>${does}`
}
