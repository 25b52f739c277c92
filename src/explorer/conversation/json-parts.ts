/** A JSON value as a tree shows it: what is inside, in the order of its keys, big lists and objects in ranges. */

/** Children that are shown at once. */
export const RANGE = 100
/** UTF-16 units of a string that are shown at first, and with each step after that. */
export const STRING_UNITS = 300
export const STRING_STEP = 20_000

/** A child: an entry by its key or place, or a range of them. */
export type Child =
  | { readonly kind: 'entry'; readonly label: string; readonly value: unknown }
  | { readonly kind: 'range'; readonly label: string; readonly from: number; readonly to: number }

/** Whether there may be something inside. */
export function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** How many entries a list or object has. */
export function sizeOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

/** The children of a list or an object, of those from one place to before another: a hundred at most. */
export function childrenOf(value: object, from = 0, to = sizeOf(value)): readonly Child[] {
  const keys = Array.isArray(value) ? undefined : Object.keys(value)
  const labelOf = (at: number) => keys?.[at] ?? String(at)
  if (to - from > RANGE) {
    let step = RANGE
    while ((to - from) / step > RANGE) step *= RANGE
    const count = Math.ceil((to - from) / step)
    return Array.from({ length: count }, (_, i) => {
      const [start, end] = [from + i * step, Math.min(to, from + (i + 1) * step)]
      return { kind: 'range', label: `${start} … ${end - 1}`, from: start, to: end } as const
    })
  }
  return Array.from({ length: to - from }, (_, i) => {
    const label = labelOf(from + i)
    return { kind: 'entry', label, value: (value as Record<string, unknown>)[label] } as const
  })
}

/** What is said of a list or object that is closed. */
export function summaryOf(value: object): string {
  const size = sizeOf(value)
  if (Array.isArray(value)) return size === 0 ? '[ ]' : `[ ${size} ]`
  if (size === 0) return '{ }'
  const keys = Object.keys(value)
    .slice(0, 3)
    .map((key) => (key.length > 20 ? `${key.slice(0, 20)}…` : key))
  return `{ ${keys.join(', ')}${size > 3 ? ', …' : ''} }`
}

/** Whether a branch is open at first: the outermost, and small ones below it. */
export function isOpenAtFirst(value: object, depth: number): boolean {
  return depth === 0 || (depth < 3 && sizeOf(value) <= 8)
}
