/** Where two values differ. */
import { isEqual } from '../../base/equal.ts'
import { isPlain } from '../../base/plain.ts'
import type { Json } from '../../row/conversation.ts'

/** A place where two values differ. What only one of them has is `undefined` in the other. */
export interface Difference {
  /** The keys and indexes that lead there, joined by dots; empty for the value itself. */
  readonly path: string
  readonly recorded: Json | undefined
  readonly replayed: Json | undefined
}

/** All places where two values differ, as deep as they can be told. Empty for equal ones. O(values). */
export function differencesOf(recorded: Json | undefined, replayed: Json | undefined, path = ''): Difference[] {
  if (isEqual(recorded, replayed)) return []
  const [a, b] = [partsOf(recorded), partsOf(replayed)]
  if (a === undefined || b === undefined || Array.isArray(recorded) !== Array.isArray(replayed))
    return [{ path, recorded, replayed }]
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) =>
    differencesOf(a.get(key), b.get(key), path === '' ? key : `${path}.${key}`),
  )
}

/** The parts of an object or a list, by key or index. */
function partsOf(value: Json | undefined): Map<string, Json> | undefined {
  return Array.isArray(value) || isPlain(value) ? new Map(Object.entries(value as { [key: string]: Json })) : undefined
}
