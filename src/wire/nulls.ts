/** NUL characters, which the wire does not take: not in a parameter, and not in a string of a body. */
import { type Fault, show } from '../base/errors.ts'

/** What the HTTP API says of them. */
export const NULLS = 'Null characters are not allowed.'

/** Whether a string, or any key or string within JSON, has a NUL. O(size), however deep it nests. */
export function hasNull(value: unknown): boolean {
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next === 'string') {
      if (next.includes('\0')) return true
    } else if (Array.isArray(next)) {
      for (let i = 0; i < next.length; i++) open.push(next[i])
    } else if (typeof next === 'object' && next !== null) {
      for (const key of Object.keys(next)) {
        if (key.includes('\0')) return true
        open.push((next as Record<string, unknown>)[key])
      }
    }
  }
  return false
}

/** The faults of parameters with a NUL in their name or in one of their values, one a name. */
export function nullFaults(params: Iterable<readonly [name: string, value: string]>): readonly Fault[] {
  const bad = new Map<string, Fault>()
  for (const [name, value] of params) {
    const fault = nullFault(name, value)
    if (fault !== undefined) bad.set(name, fault)
  }
  return [...bad.values()]
}

/** The fault of one parameter with a NUL in its name or value, or in what its value says as JSON. */
export function nullFault(parameter: string, value: string, said: unknown = value): Fault | undefined {
  if (!hasNull(parameter) && !hasNull(said)) return undefined
  const message = `${parameter}: ${show(value)} has a null character. Expected none.`
  return { parameter, value, code: 'INVALID_VALUE', message, wire: NULLS }
}
