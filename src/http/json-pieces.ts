/**
 * JSON in pieces. The JSON of a long conversation is made while it is sent, so that a client that does not read holds one
 * piece of it, not the whole.
 */

/** UTF-16 units of a piece, and of the largest value whose JSON is made at once. */
export const PIECE = 65_536

/** Units that the making of an item may add to it: names of keys that it does not have. */
const ADDED = 256

/** A list of which each item is made when it becomes JSON. */
export class MadeList<Item> implements Iterable<object> {
  readonly #items: readonly Item[]
  readonly #make: (item: Item) => object

  constructor(items: readonly Item[], make: (item: Item) => object) {
    this.#items = items
    this.#make = make
  }

  *[Symbol.iterator](): Generator<object> {
    for (const item of this.#items) yield this.#make(item)
  }

  toJSON(): readonly object[] {
    return this.#items.map(this.#make)
  }

  /** What is left of so many units after the JSON of the items that it is made of. */
  spend(units: number): number {
    return spend(this.#items, units - this.#items.length * ADDED)
  }
}

/** Whether the JSON of a value is longer than a piece, or about as long. O(1) for what is longer. */
export function isLong(value: unknown): boolean {
  return spend(value, PIECE) < 0
}

/** Units for the marks around a value, and for a number or literal. */
const MARKS = 4

/** What is left of so many units after the JSON of a value, about; less than 0 as soon as they do not suffice. */
function spend(value: unknown, units: number): number {
  if (typeof value === 'string') return units - value.length - MARKS
  if (typeof value !== 'object' || value === null) return units - MARKS
  if (value instanceof MadeList) return value.spend(units)
  let left = units - MARKS
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && left >= 0; at++) left = spend(value[at], left)
    return left
  }
  for (const key in value) {
    left = spend((value as Record<string, unknown>)[key], left - key.length - MARKS)
    if (left < 0) break
  }
  return left
}

/**
 * The JSON of a value, as `JSON.stringify` writes it, in parts of any length up to some pieces. Only JSON and `MadeList`
 * may be in it. Each part is made when it is asked for.
 */
export function* jsonParts(value: unknown): Generator<string> {
  if (!isLong(value)) yield JSON.stringify(value) ?? 'null'
  else if (typeof value === 'string') {
    yield '"'
    for (const part of cut(value)) yield JSON.stringify(part).slice(1, -1)
    yield '"'
  } else if (Array.isArray(value) || value instanceof MadeList) {
    yield* listParts(value as Iterable<unknown>)
  } else {
    yield* objectParts(value as object)
  }
}

function* listParts(items: Iterable<unknown>): Generator<string> {
  let mark = '['
  for (const item of items) {
    yield* partsAfter(mark, item)
    mark = ','
  }
  yield mark === '[' ? '[]' : ']'
}

function* objectParts(value: object): Generator<string> {
  let mark = '{'
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue
    yield* partsAfter(mark, key)
    yield* partsAfter(':', part)
    mark = ','
  }
  yield mark === '{' ? '{}' : '}'
}

/** The parts of a value after a mark. Most values are short, and need no generator of their own. */
function partsAfter(mark: string, value: unknown): Iterable<string> {
  return isLong(value) ? after(mark, jsonParts(value)) : [mark + (JSON.stringify(value) ?? 'null')]
}

function* after(mark: string, parts: Iterable<string>): Generator<string> {
  yield mark
  yield* parts
}

/** Strings, joined or cut to pieces. */
export function* pieces(parts: Iterable<string>): Generator<string> {
  let rest = ''
  for (const part of parts) {
    rest += part
    if (rest.length < PIECE) continue
    const ready = [...cut(rest)]
    rest = ready.pop()!
    yield* ready
  }
  if (rest !== '') yield rest
}

/** A string in pieces, each surrogate with its other half. */
function* cut(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at + PIECE - 1)
    const end = at + PIECE - (unit >= 0xd800 && unit <= 0xdbff ? 1 : 0)
    yield text.slice(at, end)
    at = end
  }
}
