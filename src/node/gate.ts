/**
 * Who may talk to a server. A page on the web can make its visitor's browser send requests to `127.0.0.1`, and by
 * pointing its own name there (DNS rebinding) even read the answers. Three headers that a page cannot forge give it away:
 * the `Host` that it asked for, its `Origin`, and `Sec-Fetch-Site`. They are checked before a byte of the body is read and
 * before the handler is called.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import type { Refusal } from './refusal.ts'

/** What a server lets in. */
export interface GateOptions {
  /** The address that the server listens on. */
  readonly address: string
  /** More host names to be served under. */
  readonly allowHosts: readonly string[]
  /** Whether pages of an origin may send requests. */
  readonly allowsOrigin: (origin: string) => boolean
  /** Whether `X-Forwarded-Host` and `X-Forwarded-Proto` say where a request was sent to. */
  readonly trustProxy: boolean
}

/** Where a request was sent to. */
export interface Target {
  /** `http://127.0.0.1:8400` */
  readonly origin: string
  /** Path and query, as they came; `/` is its first character. */
  readonly path: string
}

/** The addresses of this machine alone. */
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether only this machine can reach an address. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** An address as it stands in a URL: `[::ffff:7f00:1]` for `::ffff:127.0.0.1`. */
export function hostOf(address: string): string {
  return isIPv6(address) ? asInUrl(`[${address}]`) : address
}

/** A host, with a port or without, as URLs write it: in small letters, an address in brackets in its one form. */
function asInUrl(host: string): string {
  return host.toLowerCase().replace(/^\[[0-9a-f:.]+\]/, (address) => {
    // An invalid address is refused later, as it came.
    return URL.canParse(`http://${address}`) ? new URL(`http://${address}`).hostname : address
  })
}

/** A host name or address with an optional port, without any character that ends the authority of a URL. */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9._~-]+)(?::(\d{1,5}))?$/

/** Checks requests by their headers. */
export class Gate {
  readonly #allowsOrigin: (origin: string) => boolean
  readonly #trustProxy: boolean
  /** The names to be served under; undefined where any is. */
  readonly #hosts: ReadonlySet<string> | undefined

  constructor({ address, allowHosts, allowsOrigin, trustProxy }: GateOptions) {
    this.#allowsOrigin = allowsOrigin
    this.#trustProxy = trustProxy
    const names = ['localhost', '127.0.0.1', '[::1]', hostOf(address), ...allowHosts.map(asInUrl)]
    this.#hosts = isLoopback(address) || allowHosts.length > 0 ? new Set(names) : undefined
  }

  /** Where the request was sent to, or why it is refused. */
  judge(message: IncomingMessage): Target | Refusal {
    const { headers } = message
    const hosts = valuesOf(message, 'host')
    const origins = valuesOf(message, 'origin')
    const sites = valuesOf(message, 'sec-fetch-site')
    if (hosts.length !== 1) return { status: 400, detail: 'Send exactly one Host header.' }
    if (origins.length > 1 || sites.length > 1)
      return { status: 400, detail: 'Send at most one Origin and one Sec-Fetch-Site header.' }

    const { scheme, host, path } = this.#read(message)
    if (path === undefined) return { status: 400, detail: 'The target of the request is not a path.' }
    for (const each of new Set([headers.host!, host])) {
      const refusal = this.#judgeHost(asInUrl(each))
      if (refusal !== undefined) return refusal
    }

    const origin = `${scheme}://${withoutDefaultPort(scheme, asInUrl(host))}`
    const refusal = this.#judgeOrigin(origins[0], sites[0], origin)
    return refusal ?? { origin, path }
  }

  /** What the request's line and headers say of where it was sent to. */
  #read({ url = '', headers }: IncomingMessage): { scheme: string; host: string; path: string | undefined } {
    let host = headers.host!
    let path: string | undefined = url
    if (!url.startsWith('/')) {
      // The absolute form, as proxies send it. Its authority overrides the Host header.
      const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(url) ?? []
      host = authority ?? host
      path = authority === undefined ? undefined : rest!.startsWith('/') ? rest : `/${rest}`
    }
    if (!this.#trustProxy) return { scheme: 'http', host, path }
    const scheme = first(headers['x-forwarded-proto'])?.toLowerCase()
    return { scheme: scheme === 'https' ? scheme : 'http', host: first(headers['x-forwarded-host']) ?? host, path }
  }

  #judgeHost(host: string): Refusal | undefined {
    const [, name] = AUTHORITY.exec(host) ?? []
    if (name === undefined) return { status: 400, detail: 'The Host of the request is not a host name or address.' }
    if (this.#hosts === undefined || this.#hosts.has(name) || this.#hosts.has(host)) return undefined
    return {
      status: 421,
      detail: `The host "${name}" is not served here. Start the server with --allow-host ${name}, or allowHosts, to serve it.`,
    }
  }

  #judgeOrigin(origin: string | undefined, site: string | undefined, own: string): Refusal | undefined {
    const isAllowed = origin !== undefined && this.#allowsOrigin(origin)
    if (isAllowed || (site !== 'cross-site' && (origin === undefined || origin === own))) return undefined
    const from = origin === undefined ? 'Pages of other sites' : `Pages of ${JSON.stringify(origin)}`
    return { status: 403, detail: `${from} may not use this server, unless --cors, or cors, allows their origin.` }
  }
}

/** All values of a header, in order. Of several, Node's `headers` keeps the first of some and joins others. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && isNamed(rawHeaders[at - 1]!, name))
}

function isNamed(given: string, name: string): boolean {
  return given.length === name.length && given.toLowerCase() === name
}

/** The first item of a list, which the client itself asked for. */
function first(value: string | string[] | undefined): string | undefined {
  return (
    String(value ?? '')
      .split(',', 1)[0]!
      .trim() || undefined
  )
}

/** As an `Origin` has it: without the default port of the scheme. */
function withoutDefaultPort(scheme: string, host: string): string {
  return host.replace(scheme === 'https' ? /:443$/ : /:80$/, '')
}
