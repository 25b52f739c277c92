/** Reporting query parameters that the handler ignored: a misspelt filter widens the answer. */
import { didYouMean } from '../base/errors.ts'
import { routeOf } from '../http/routes.ts'
import type { Handler } from '../node/listen.ts'

/** So many names are reported, and remembered. */
const MOST_REPORTED = 100

/**
 * The handler, reporting each ignored parameter once, with the nearest known one.
 *
 * @param report Called with a line without its end.
 * @param shown What may be shown of a name or path: somebody may have pasted a key.
 */
export function reportingIgnored(
  handler: Handler,
  report: (line: string) => void,
  shown: (name: string) => string,
): Handler {
  const reported = new Set<string>()
  const answer = async (request: Request) => {
    const response = await handler(request)
    for (const name of ignoredIn(response)) {
      if (reported.has(name) || reported.size >= MOST_REPORTED) continue
      reported.add(name)
      report(`ignored: ${request.method} ${lineOf(request, name, shown)}`)
    }
    return response
  }
  return Object.assign(answer, { allowsOrigin: (origin: string) => handler.allowsOrigin?.(origin) ?? false })
}

/** The names in the header: percent-encoded, with commas between, and `...` where there are too many. */
function ignoredIn({ headers }: Response): string[] {
  const names = headers.get('x-ignored-parameters')?.split(',') ?? []
  return names.map((name) => decodeURIComponent(name.trim())).filter((name) => name !== '...')
}

function lineOf({ method, url }: Request, name: string, shown: (text: string) => string): string {
  const { pathname } = new URL(url)
  const { parameters = [] } = routeOf(pathname)?.[method === 'HEAD' ? 'GET' : method] ?? {}
  const hint = parameters.includes(name) ? '' : didYouMean(shown(name), parameters)
  return `${shown(pathname)}: there is no parameter "${shown(name)}".${hint}`
}
