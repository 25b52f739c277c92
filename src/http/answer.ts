/** Answers in the API's shape, and refusals thrown as one. */
import { type ErrorCode, isStoreError } from '../base/errors.ts'
import { isLong, jsonParts, pieces } from './json-pieces.ts'

/** The body of an error: one string for the whole request, strings by field, or what is wrong with each part. */
export type RefusalBody = { readonly [field: string]: unknown }

/** A request that is not carried out. Thrown anywhere below a route; becomes the answer. */
export class Refusal extends Error {
  readonly status: number
  readonly body: RefusalBody
  readonly headers: Record<string, string>

  constructor(status: number, body: string | RefusalBody, headers: Record<string, string> = {}) {
    super(`${status}`)
    this.status = status
    this.body = typeof body === 'string' ? { detail: body } : body
    this.headers = headers
  }
}

/** The 400 that names one field. */
export function badField(field: string, ...texts: string[]): Refusal {
  return new Refusal(400, Object.fromEntries([[field, texts]]))
}

/** A string of a client's as an answer repeats it: 80 characters at most. */
export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

/** The 403 of what a key may not do. */
export function forbidden(): Refusal {
  return new Refusal(403, 'You do not have permission to perform this action.')
}

/** The 404. */
export function notFound(): Refusal {
  return new Refusal(404, 'Not found.')
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** A response with a JSON body; without one (`undefined`) an empty response. */
export function respond(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  if (body === undefined) return new Response(null, { status, headers })
  if (isLong(body)) return respondParts(status, jsonParts(body), headers)
  return new Response(JSON.stringify(body), { status, headers: { ...JSON_TYPE, ...headers } })
}

/** A response whose body is JSON already, in parts. A long one is made while it is sent. */
export function respondParts(status: number, parts: Iterable<string>, headers: Record<string, string> = {}): Response {
  const all = pieces(parts)
  const first = all.next().value ?? ''
  const second = all.next()
  const init = { status, headers: { ...JSON_TYPE, ...headers } }
  return new Response(second.done ? first : streamOf(encoded([first, second.value], all)), init)
}

function* encoded(...lists: readonly Iterable<string>[]): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  for (const list of lists) for (const piece of list) yield encoder.encode(piece)
}

/** A body of chunks, each made when the client has taken the one before. */
export function streamOf(chunks: Iterator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull(controller) {
        const { done, value } = chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
    },
    { highWaterMark: 0 },
  )
}

/** The errors that say that something is not there. */
const ABSENT: readonly ErrorCode[] = ['INVALID_PAGE', 'NOT_FOUND']

/**
 * The answer to a request that failed. An error that is neither a refusal nor the library's says nothing of itself. `shown`
 * gives what may be shown of a string.
 */
export function refuse(error: unknown, shown = (text: string) => text): Response {
  if (error instanceof Refusal) return respond(error.status, shownBody(error.body, shown), error.headers)
  if (!isStoreError(error)) return respond(500, { detail: 'Internal server error.' })
  return respond(ABSENT.includes(error.code) ? 404 : 400, shownBody(error.toJSON(), shown))
}

/** The body of an error, with every string and key as it may be shown. */
function shownBody(said: unknown, shown: (text: string) => string): unknown {
  if (typeof said === 'string') return shown(said)
  if (Array.isArray(said)) return said.map((each) => shownBody(each, shown))
  if (typeof said !== 'object' || said === null) return said
  return Object.fromEntries(Object.entries(said).map(([field, each]) => [shown(field), shownBody(each, shown)]))
}
