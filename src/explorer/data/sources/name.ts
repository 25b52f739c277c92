/** What sources are called. */
import type { Order } from '../protocol.ts'

/** The name that a person sees. That of what is served comes with it. */
export function nameOf(order: Order): string {
  return NAMES[order.kind](order as never)
}

const NAMES: { readonly [Kind in Order['kind']]: (order: Order & { readonly kind: Kind }) => string } = {
  generated: () => 'Generated conversations',
  files: ({ name }) => name,
  url: ({ url }) => fileOf(url),
  served: () => 'explore',
  kept: ({ name }) => name,
  nothing: () => '',
}

/** The last step of a path, as a file is called. */
export function fileOf(url: string): string {
  const last = new URL(url).pathname.split('/').findLast((step) => step !== '') ?? url
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

/** Some files as one: `inbox.ndjson, 2 more`. */
export function nameOfFiles(names: readonly string[]): string {
  const [first = 'nothing', ...more] = names
  return more.length === 0 ? first : `${first}, ${more.length} more`
}
