/** What `serve` prints when it listens: where it is, and how to point an SDK at it. */
import { counted } from '../base/text/counted.ts'
import type { Role } from '../http/index.ts'
import { isWellFormed, SAMPLE_KEY } from './serve-key.ts'
import { version } from './version.ts'

/** What is printed about a server. */
export interface ServeFacts {
  readonly url: string
  /** The number of conversations. */
  readonly size: number
  readonly keys: ReadonlyMap<string, Role>
}

/** The lines for standard output. They show no key that was given. */
export function describeServer({ url, size, keys }: ServeFacts): string {
  const [key, which] =
    keys.size === 0
      ? [SAMPLE_KEY, 'Any key of this form is accepted.']
      : ['...', 'The key is one of those that were given.']
  return `conversation-store ${version} serves ${counted(size, 'conversation')} at ${url}

For the Python SDK (agentsight 0.0.x and 0.1.x, and agentsight.api), before the program starts:

  export AGENTSIGHT_API_ENDPOINT=${url}
  export AGENTSIGHT_API_KEY=${key}

With 0.1.x the program calls agentsight.init() once, and is read from here after agentsight.flush() or five seconds.

From TypeScript and anything else, send the key as a header:

  await fetch('${url}/api/conversations/', { headers: { Authorization: 'Api-Key ${key}' } })

${which} The routes are listed at ${url}/. Ctrl+C stops the server.
`
}

/** A warning of keys that work here, but that the SDKs refuse to send. */
export function describeKeys(keys: ReadonlyMap<string, Role>): string {
  const odd = [...keys.keys()].filter((key) => !isWellFormed(key)).length
  if (odd === 0) return ''
  const which = keys.size === 1 ? 'The key is' : `${odd} of ${keys.size} keys are`
  return `warning: ${which} not of the form ${SAMPLE_KEY}; the Python SDKs refuse to send any other.\n`
}
