/** What a page opens when it is opened, where neither its address nor the tab's memory says. */
import { isServedSession, type ServedSession, withKey } from '../served-session.ts'

/** What stands beside the page: `served` by `explore`; or a static host, or `explore` without conversations. */
export type Host = { readonly kind: 'served' } | { readonly kind: 'static'; readonly session: ServedSession | null }

/** Asks the host for `session.json`. A static host has one that says nothing, so that no request fails. */
export async function hostOf(base: string, key: string | null): Promise<Host> {
  const none: Host = { kind: 'static', session: null }
  try {
    const response = await fetch(new URL('session.json', base), { headers: withKey(key), cache: 'no-store' })
    if (response.status === 401 || response.status === 403) return { kind: 'served' }
    const session: unknown = response.ok ? await response.json() : null
    if (!isServedSession(session)) return none
    return session.source.kind === 'served' ? { kind: 'served' } : { kind: 'static', session }
  } catch {
    return none
  }
}

/** An address as a person gave it, relative to the page; undefined where it is no address, `null` where it is on another site. */
export function ownUrl(given: string, base: string): string | null | undefined {
  let url: URL
  try {
    url = new URL(given, base)
  } catch {
    return undefined
  }
  return url.origin === new URL(base).origin && /^https?:$/.test(url.protocol) ? url.href : null
}
