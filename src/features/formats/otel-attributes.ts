/** The attributes of spans: of OTLP/JSON a list of typed values, else an object, flat or nested. */
import { listOf, type Part, partOf } from '../turns/collect.ts'
import { opened } from './facts.ts'

/** Attributes by their full names. Lists of objects are kept, and also found by the names of their items. */
export class Attributes {
  readonly #values: ReadonlyMap<string, unknown>
  readonly #read = new Set<string>()

  constructor(given: unknown) {
    this.#values = new Map(Array.isArray(given) ? given.flatMap(typedEntry) : flatEntries(partOf(given), ''))
  }

  /** The first of some attributes that is there. */
  get(...names: readonly string[]): unknown {
    for (const name of names) {
      const value = this.#values.get(name)
      if (value === undefined || value === null) continue
      this.#read.add(name)
      return value
    }
    return undefined
  }

  /** Whether there is an attribute with one of these beginnings. */
  has(...beginnings: readonly string[]): boolean {
    return [...this.#values.keys()].some((name) => beginnings.some((beginning) => name.startsWith(beginning)))
  }

  /** A list of objects: one value, a string of JSON, or attributes named `NAME.0.KEY`, as nested objects. */
  list(name: string): readonly Part[] | undefined {
    const whole = opened(this.#values.get(name))
    if (Array.isArray(whole)) {
      this.#read.add(name)
      return whole.map((item) => nested(partOf(opened(item))))
    }
    const items: Part[] = []
    for (const [key, value] of this.#values) {
      if (!key.startsWith(`${name}.`)) continue
      const [index = '', ...steps] = key.slice(name.length + 1).split('.')
      if (!/^\d{1,6}$/.test(index) || steps.length === 0) continue
      this.#read.add(key)
      items[Number(index)] ??= {}
      put(items[Number(index)] as Record<string, unknown>, steps, value)
    }
    const found = items.filter((item) => item !== undefined)
    return found.length === 0 ? undefined : found
  }

  /** The attributes that nobody has read. */
  rest(): Record<string, unknown> {
    return Object.fromEntries([...this.#values].filter(([name]) => !this.#read.has(name)))
  }
}

function typedEntry(item: unknown): [string, unknown][] {
  const { key, value } = partOf(item)
  return typeof key === 'string' ? [[key, plainValue(value)]] : []
}

/** The value of an `AnyValue`. */
export function plainValue(value: unknown): unknown {
  const given = partOf(value)
  for (const [key, inner] of Object.entries(given)) {
    if (/^(string|bool|double|bytes)_?[vV]alue$/.test(key)) return inner
    if (/^int_?[vV]alue$/.test(key))
      return typeof inner === 'string' && Number.isSafeInteger(Number(inner)) ? Number(inner) : inner
    if (/^array_?[vV]alue$/.test(key)) return listOf(partOf(inner).values).map(plainValue)
    if (/^kvlist_?[vV]alue$/.test(key)) return Object.fromEntries(listOf(partOf(inner).values).flatMap(typedEntry))
  }
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? null : value
}

function* flatEntries(given: Part, before: string): Iterable<[string, unknown]> {
  for (const [key, value] of Object.entries(given)) {
    const name = before === '' ? key : `${before}.${key}`
    const isTree = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isTree && Object.keys(value).length > 0) yield* flatEntries(value as Part, name)
    else yield [name, value]
  }
}

/** An object with dots in its keys as nested objects; others as they are. */
function nested(item: Part): Part {
  if (!Object.keys(item).some((key) => key.includes('.'))) return item
  const tree: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(item)) put(tree, key.split('.'), value)
  return tree
}

/** Puts a value into a tree, with lists where steps are numbers. */
function put(tree: Record<string, unknown>, steps: readonly string[], value: unknown): void {
  let at = tree
  for (const [i, step] of steps.entries()) {
    if (step === '__proto__') return
    if (i === steps.length - 1) at[step] = value
    else {
      const inner = Object.hasOwn(at, step) ? at[step] : undefined
      if (typeof inner !== 'object' || inner === null) at[step] = {}
      at = at[step] as Record<string, unknown>
    }
  }
}

/** The items of a list, or of an object whose keys are numbers. */
export function items(value: unknown): readonly Part[] {
  const given = opened(value)
  if (Array.isArray(given)) return given.map((item) => nested(partOf(opened(item))))
  return Object.entries(partOf(given))
    .filter(([key]) => /^\d+$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => partOf(item))
}
