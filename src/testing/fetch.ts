/** A `fetch` that a handler answers, so that code which calls an API is tested without a network. */
import { checkOptions, invalidOption } from '../base/options.ts'

/** What `createFetch` gives: a function that stands in for `globalThis.fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Which requests a handler answers, and what becomes of the others. */
export interface CreateFetchOptions {
  /** The origin whose requests the handler answers, or several: `https://api.example.com`. */
  readonly origin: string | URL | readonly (string | URL)[]
  /** Answers requests to other origins, as `globalThis.fetch` would. They are refused when absent. */
  readonly otherwise?: Fetch | undefined
}

/**
 * A function in place of `globalThis.fetch`: requests to `origin` are answered by the handler, without a network; a path alone
 * is a path of the first origin. Any other request is rejected with a `TypeError` that names it, or goes to `otherwise`. An
 * aborted `signal` rejects with its reason, as it does for `fetch`.
 *
 * Throws `InvalidQueryError` for an option that is wrong. A call costs what the handler does.
 *
 * @example
 * globalThis.fetch = createFetch(createHandler(store), { origin: 'https://api.example.com' })
 * @example
 * vi.stubGlobal('fetch', createFetch(handler, { origin: 'https://api.example.com', otherwise: fetch }))
 */
export function createFetch(
  handler: (request: Request) => Response | Promise<Response>,
  options: CreateFetchOptions,
): Fetch {
  if (typeof handler !== 'function')
    throw invalidOption('handler', handler, 'a function from Request to Response', ' Write createHandler(store).')
  const { origins, otherwise } = readOptions(options)
  return async (input, init) => {
    // Read without making a Request of it, which would take the body away from `otherwise`.
    const [url, method] = isRequest(input) ? [new URL(input.url), input.method] : [new URL(input, origins[0]), 'GET']
    if (origins.includes(url.origin)) {
      const request = new Request(isRequest(input) ? input : url, init)
      return untilAborted(request.signal, () => handler(request))
    }
    if (otherwise !== undefined) return otherwise(input, init)
    throw new TypeError(
      `fetch failed: ${init?.method ?? method} ${url.href} is not a request to ${origins.join(' or ')}, and no other is ` +
        'answered. Add its origin, or let it pass: createFetch(handler, { origin, otherwise: fetch }).',
    )
  }
}

function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input
}

function readOptions(options: CreateFetchOptions): { origins: readonly string[]; otherwise: Fetch | undefined } {
  checkOptions('createFetch', options, ['origin', 'otherwise'], ' Write createFetch(handler, { origin }).')
  const { origin, otherwise } = options
  if (otherwise !== undefined && typeof otherwise !== 'function')
    throw invalidOption('otherwise', otherwise, 'a function such as fetch')
  const origins = Array.isArray(origin) ? origin.map(originOf) : [originOf(origin as string | URL)]
  if (origins.length === 0) throw invalidOption('origin', origin, 'at least one origin')
  return { origins, otherwise }
}

/** The origin that was given, which is one or an URL without a path. */
function originOf(given: string | URL): string {
  const url = parse(String(given))
  if (url === undefined || url.origin === 'null')
    throw invalidOption('origin', given, 'an origin such as "https://api.example.com"')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw invalidOption('origin', `${given}`, 'an origin, which has no path', ` Write "${url.origin}".`)
  return url.origin
}

function parse(given: string): URL | undefined {
  try {
    return new URL(given)
  } catch {
    return undefined
  }
}

/** What `answer` gives, or a rejection with the signal's reason as soon as it is aborted. */
async function untilAborted(signal: AbortSignal, answer: () => Response | Promise<Response>): Promise<Response> {
  signal.throwIfAborted()
  let abort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([answer(), aborted])
  } finally {
    signal.removeEventListener('abort', abort!)
  }
}
