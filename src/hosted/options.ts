/** How the hosted API is reached. */
import { checkInteger, checkOptions, invalidOption } from '../base/options.ts'
import type { HostedFetch, RequestSettings } from './requests.ts'

/** Where the API is, and who asks. */
export interface HostedOptions {
  /** `https://api.example.com`, with or without `/api/` at its end; a server of `conversation-store serve` too. */
  readonly url: string
  /** The key of the agent. None where the server is open. */
  readonly key?: string | undefined
  /** In place of the global `fetch`: of a handler in this process, for instance (`createFetch` of the testing kit). */
  readonly fetch?: HostedFetch | undefined
  /** How often a request is tried at most, from 1. 4. Reads are tried again after a lost connection and a 5xx, all after a 429. */
  readonly attempts?: number | undefined
  /** The longest that the API may ask to wait between two attempts, in milliseconds: 60,000. Beyond it the call rejects. */
  readonly longestWaitMs?: number | undefined
  /** Rows a page where many are read, 1 to 100: 100. */
  readonly pageSize?: number | undefined
}

/** Checked options. */
export interface HostedSettings extends RequestSettings {
  readonly pageSize: number
}

const NAMES = ['url', 'key', 'fetch', 'attempts', 'longestWaitMs', 'pageSize']

/** Throws `INVALID_VALUE` for an option that is not what it takes, `UNKNOWN_PARAMETER` for an unknown one. The key is not shown. */
export function readHostedOptions(options: HostedOptions): HostedSettings {
  checkOptions('connectHosted', options, NAMES, ' Write connectHosted({ url, key }).')
  const { url, key, fetch, attempts = 4, longestWaitMs = 60_000, pageSize = 100 } = options
  if (typeof url !== 'string' || !/^https?:\/\/[^/?#\s]+[^?#\s]*$/i.test(url))
    throw invalidOption('url', url, 'a URL such as "https://api.example.com"')
  // Other characters cannot stand in a header, and the error of `fetch` would show the key.
  if (key !== undefined && (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key)))
    throw invalidOption('key', typeof key, 'a string of printable ASCII without spaces')
  if (fetch !== undefined && typeof fetch !== 'function')
    throw invalidOption('fetch', fetch, 'a function like the global fetch')
  checkInteger('attempts', attempts, 1)
  checkInteger('longestWaitMs', longestWaitMs, 0)
  checkInteger('pageSize', pageSize, 1, 100)
  const api = `${url.replace(/\/+$/, '').replace(/\/api$/, '')}/api/`
  return { api, key, fetch, attempts, longestWaitMs, pageSize }
}
