/**
 * `openCached` as a page and its worker call it: `open(name, options)` says what came of it, as JSON. The worker is this same
 * file. `prepare` is code that runs first, to take something from the browser that others lack.
 */
import { deleteCached, openCached } from 'conversation-store/snapshot'

/** What is said of a call. */
export interface Said {
  /** Rows of the store; undefined where the call rejected. */
  readonly count?: number
  readonly from?: 'network' | 'cache'
  readonly isStale?: boolean
  readonly keptIn?: 'opfs' | 'indexeddb' | null
  /** The codes of warnings, each with what its error says. */
  readonly warnings: readonly (readonly [code: string, error: string])[]
  /** The code, or the name, of the error. */
  readonly error?: string
}

/** What a call is made with. */
export interface Call {
  readonly url: string
  readonly timeoutMs?: number
  /** After how long the signal aborts, in milliseconds. */
  readonly abortMs?: number
}

const nameOf = (error: unknown) => {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : String(name)
}

async function open(name: string, { abortMs, ...options }: Call): Promise<Said> {
  const warnings: [string, string][] = []
  const signal = abortMs === undefined ? {} : { signal: AbortSignal.timeout(abortMs) }
  try {
    const { store, from, isStale, keptIn } = await openCached(name, {
      ...options,
      ...signal,
      onWarning: ({ code, error }) => warnings.push([code, nameOf(error)]),
    })
    return { count: store.query().messageContains('refund').count(), from, isStale, keptIn, warnings }
  } catch (error) {
    return { error: nameOf(error), warnings }
  }
}

/** What answers a search for a piece of a message. */
async function searchedBy(url: string): Promise<string> {
  const { store } = await openCached('searched', { url })
  return store.query().messageContains('REFUND').explain().steps[0]!.index
}

// biome-ignore lint/suspicious/noExplicitAny: the project is checked without DOM types.
const scope = globalThis as any

/** The same in a worker of its own, made anew for each call. */
function openInWorker(name: string, call: Call, prepare = ''): Promise<Said> {
  const worker = new scope.Worker('/suite.js', { type: 'module' })
  scope.lastWorker = worker
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: { data: Said }) => {
      worker.terminate()
      resolve(data)
    }
    worker.onerror = ({ message }: { message: string }) => reject(new Error(message))
    worker.postMessage([name, call, prepare])
  })
}

if (scope.document === undefined) {
  scope.onmessage = async ({ data: [name, call, prepare] }: { data: [string, Call, string] }) => {
    scope.eval(prepare)
    scope.postMessage(await open(name, call))
  }
} else Object.assign(scope, { open, openInWorker, searchedBy, deleteCached })
