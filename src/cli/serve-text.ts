/** What `serve` prints when it listens: where it is, and how to point an SDK at it. */
import { version } from '../../package.json'
import { isWellFormed, SAMPLE_KEY } from './serve-key.ts'
import type { Role } from './serve-options.ts'

/** What there is to tell. */
export interface ServeFacts {
  readonly url: string
  /** How many conversations there are. */
  readonly size: number
  readonly keys: ReadonlyMap<string, Role>
}

/** The lines for standard output. No key that was given is among them. */
export function describeServer({ url, size, keys }: ServeFacts): string {
  const [key, which] =
    keys.size === 0 ? [SAMPLE_KEY, 'Any key of this form will do.'] : ['...', 'The key is one of those that you gave.']
  return `conversation-store ${version} serves ${size.toLocaleString('en')} conversations at ${url}

For the Python SDKs, agentsight 0.0.x and agentsight.api alike, set before the program starts

  export AGENTSIGHT_API_ENDPOINT=${url}
  export AGENTSIGHT_API_KEY=${key}

From TypeScript and all else, send the key as a header:

  await fetch('${url}/api/conversations/', { headers: { Authorization: 'Api-Key ${key}' } })

${which} The routes are listed at ${url}/. Ctrl+C stops the server.
`
}

/** What to warn of: keys that work here, but that the SDKs refuse to send. */
export function describeKeys(keys: ReadonlyMap<string, Role>): string {
  const odd = [...keys.keys()].filter((key) => !isWellFormed(key)).length
  if (odd === 0) return ''
  const which = keys.size === 1 ? 'The key is' : `${odd} of ${keys.size} keys are`
  return `warning: ${which} not of the form ${SAMPLE_KEY}; the Python SDKs refuse to send any other.\n`
}
