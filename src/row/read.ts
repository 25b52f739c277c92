/**
 * The one door in: whatever comes from outside becomes a row, a message, a feedback or a change here, or is refused
 * with all its faults at once.
 *
 * Two steps. First the value is copied as JSON, which reads each of the caller's properties once and finds what is no
 * JSON. Then a table of fields judges the copy, which is plain data that nobody else holds. A row that is given away is
 * walked in the same way, but stays where it is. Values are told apart by shape, since they may come from another
 * realm. On the good road no place is spelt and no fault is listed.
 */

import { type Fault, InvalidRowError, nearest, show } from '../base/errors.ts'
import { isPlain } from '../base/plain.ts'
import { parseInstant } from '../base/text/instant.ts'
import type { Conversation, Feedback, JsonObject, Message } from './conversation.ts'

/** A row that only the store holds yet. Flags and lists that were given as null are null. */
export type MutableRow<Metadata = JsonObject> = {
  -readonly [Key in keyof Conversation<Metadata>]: Conversation<Metadata>[Key]
}

/** The greatest ids of messages and feedbacks ever seen, of those that are safe integers. Raised by reading. */
export interface GreatestIds {
  message: number
  feedback: number
}

/** What can be changed of a stored row. Only the keys that were given are present. */
export interface ConversationPatch<Metadata = JsonObject> {
  name?: string | null
  is_marked?: boolean
  customer_id?: string | null
  device?: string | null
  language?: string | null
  /** Takes the place of the whole document. */
  metadata?: Metadata | null
}

/** What a shallow merge does to a metadata document. */
export interface MetadataChanges {
  /** The values to set, by key of the document's top level. */
  readonly changes: JsonObject
  /** The keys of the top level that go. */
  readonly remove: readonly string[]
}

type Key = string | number
type Bag = Record<string, unknown>

/** A type of value. All have all keys: one hidden class for the loop that judges. */
interface Kind {
  /** What a person calls it. */
  readonly expected: string
  /** Whether a value that is not null is of it. */
  readonly holds: (value: unknown) => boolean
  /** The texts there are, to name the one that was meant. */
  readonly choices: readonly string[] | undefined
  /** What each item of a list has. */
  readonly items: Fields | undefined
  /** Must be there and not null. */
  readonly isRequired: boolean
}

type Fields = readonly (Kind & { readonly key: string })[]

/** Levels of objects and lists in a row, itself being the first: a message is at the third. */
const MAX_LEVEL = 100
/** Code points of a `conversation_id`. */
const MAX_LENGTH = 255

function kind(expected: string, holds: Kind['holds'], choices?: readonly string[], items?: Fields): Kind {
  return { expected, holds, choices, items, isRequired: false }
}

function required(kind: Kind): Kind {
  return { ...kind, isRequired: true }
}

function choice(...choices: readonly string[]): Kind {
  return kind(choices.map(show).join(' or '), (value) => choices.includes(value as string), choices)
}

function listOf(items: Record<string, Kind>): Kind {
  return kind('a list of objects', Array.isArray, undefined, fieldsOf(items))
}

function fieldsOf(kinds: Record<string, Kind>): Fields {
  return Object.entries(kinds).map(([key, kind]) => ({ key, ...kind }))
}

const text = kind('a text', isText)
const flag = kind('true or false', (value) => typeof value === 'boolean')
const object = kind('an object', isObject)
const instant = kind(
  'an ISO 8601 time such as 2024-01-15T10:30:00Z',
  (value) => isText(value) && parseInstant(value) !== undefined,
)
const id = kind(
  `an integer from 1 to ${Number.MAX_SAFE_INTEGER}`,
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
)
const businessId = kind(
  `a text of 1 to ${MAX_LENGTH} characters`,
  // UTF-16 units tell without counting, save between the two bounds.
  (value) =>
    isText(value) &&
    value !== '' &&
    (value.length <= MAX_LENGTH || (value.length <= 2 * MAX_LENGTH && [...value].length <= MAX_LENGTH)),
)
const metadata = kind('an object, its JSON text', (value) => isText(value) || isObject(value))

const MESSAGE = {
  content: required(text),
  sender: required(choice('end_user', 'agent')),
  action_name: text,
  attachments: listOf({}),
  action_logs: listOf({}),
}

const FEEDBACK = {
  sentiment: required(choice('positive', 'neutral', 'negative')),
  source: choice('customer', 'platform'),
}

const PATCH = { name: text, is_marked: flag, customer_id: text, device: text, language: text, metadata }

const CONVERSATION = {
  ...PATCH,
  id,
  conversation_id: required(businessId),
  customer_ip_address: text,
  environment: text,
  is_deleted: flag,
  is_used: flag,
  started_at: required(instant),
  ended_at: instant,
  deleted_at: instant,
  geo_location: object,
  messages: listOf(MESSAGE),
  feedbacks: listOf(FEEDBACK),
}

const FIELDS = {
  row: fieldsOf(CONVERSATION),
  patch: fieldsOf(PATCH),
  message: fieldsOf(MESSAGE),
  feedback: fieldsOf(FEEDBACK),
}

/** A row as absent keys read. One literal: all rows that are copied share its hidden class. */
function blankRow(): Bag {
  return {
    id: null,
    conversation_id: undefined,
    name: null,
    customer_id: null,
    customer_ip_address: null,
    device: null,
    language: null,
    environment: null,
    is_marked: false,
    is_deleted: false,
    is_used: true,
    started_at: undefined,
    ended_at: null,
    deleted_at: null,
    metadata: null,
    geo_location: null,
    messages: [],
    feedbacks: [],
  }
}

const KEYS = Object.keys(blankRow())

/** Gives a row the keys that it lacks. */
function complete(row: Bag): void {
  let blank: Bag | undefined
  for (const key of KEYS) {
    if (row[key] !== undefined) continue
    blank ??= blankRow()
    row[key] = blank[key]
  }
}

/**
 * Reads one conversation, of any source, into a row with every key of the wire. A row without an id has the id 0: the
 * store gives it one. With `own` the caller gives the object away: it is completed where it is and nothing in it is
 * copied. A frozen one, or one with metadata as text, is copied at its top; one that is not plain JSON throughout
 * (`undefined` in it, instances of classes) is copied whole.
 *
 * Raises `greatest` by the ids of the messages and feedbacks. Throws `InvalidRowError` with every fault of the row, and
 * has then changed nothing. O(size of the row), at about the rate of `JSON.parse`; with `own` at thrice that.
 *
 * @example
 * readConversation({ conversation_id: 'c1', started_at: '2024-01-15' }, { own: false, greatest: { message: 0, feedback: 0 } })
 */
export function readConversation<Metadata = JsonObject>(
  raw: unknown,
  options: { readonly own: boolean; readonly greatest: GreatestIds },
): MutableRow<Metadata> {
  const reader = new Reader(1)
  const isKept = options.own && isJson(raw, 1)
  let row = (isKept ? raw : reader.copy(raw, 'row', 1, blankRow())) as Bag
  if (reader.judge(row, 'row', FIELDS.row, 1)) {
    if (isKept && (isText(row.metadata) || !Object.isExtensible(row))) row = { ...row }
    reader.parseMetadata(row)
  }
  reader.throwFaults()
  if (isKept) complete(row)
  row.id ??= 0
  raise(options.greatest, 'message', row.messages)
  raise(options.greatest, 'feedback', row.feedbacks)
  return row as MutableRow<Metadata>
}

/**
 * Reads one message, as a copy. Without an id it gets one more than the greatest, and `greatest` is raised.
 * Throws `InvalidRowError` with every fault; places are relative to the message (`sender`). O(size of the message).
 */
export function readMessage(raw: unknown, greatest: GreatestIds): Message {
  return readPart(raw, 'message', greatest) as Message
}

/**
 * Reads one feedback, as a copy. Without an id it gets one more than the greatest, and `greatest` is raised.
 * Throws `InvalidRowError` with every fault; places are relative to the feedback (`sentiment`).
 */
export function readFeedback(raw: unknown, greatest: GreatestIds): Feedback {
  return readPart(raw, 'feedback', greatest) as Feedback
}

function readPart(raw: unknown, kind: keyof GreatestIds, greatest: GreatestIds): unknown {
  const reader = new Reader(3)
  const part = reader.copy(raw, kind, 3)
  if (reader.judge(part, kind, FIELDS[kind], 3) && (part.id === undefined || part.id === null)) {
    part.id = greatest[kind] + 1
    if (!Number.isSafeInteger(part.id)) reader.refuse('id', 4, raw, 'missing, and no greater one is left', id.expected)
  }
  reader.throwFaults()
  raise(greatest, kind, [part])
  return part
}

function raise(greatest: GreatestIds, kind: keyof GreatestIds, parts: unknown): void {
  for (const part of (parts ?? []) as readonly { readonly id?: number }[]) {
    if (Number.isSafeInteger(part.id)) greatest[kind] = Math.max(greatest[kind], part.id!)
  }
}

/**
 * Reads the change of a row, as a copy with the given keys alone; metadata as text is its object.
 * Throws `InvalidRowError` for values of a wrong type and for every key that cannot be changed.
 */
export function readPatch<Metadata = JsonObject>(raw: unknown): ConversationPatch<Metadata> {
  const reader = new Reader(1)
  const patch = reader.copy(raw, 'patch', 1)
  if (reader.judge(patch, 'patch', FIELDS.patch, 1)) {
    reader.parseMetadata(patch)
    const names = Object.keys(PATCH)
    for (const key of Object.keys(patch)) {
      if (names.includes(key)) continue
      const isFixed = Object.hasOwn(CONVERSATION, key)
      const what = isFixed ? 'a key that cannot be changed' : 'no key that can be changed'
      reader.refuse(key, 2, patch[key], what, names.join(', '), isFixed ? undefined : nearest(key, names))
    }
  }
  reader.throwFaults()
  return patch as ConversationPatch<Metadata>
}

/**
 * Reads a shallow merge into a metadata document: a copy of the values to set, and the keys to remove. Either may be
 * `undefined`. Throws `InvalidRowError` with every fault, placed in the row (`metadata.plan`) or the list (`remove[0]`).
 */
export function readMetadataChanges(changes: unknown, remove: unknown): MetadataChanges {
  const reader = new Reader(1)
  const set = changes === undefined ? {} : reader.copy(changes, 'metadata', 2)
  reader.judge(set, 'metadata', [], 2)
  const keys = remove === undefined ? [] : reader.copy(remove, 'remove', 2)
  if (!Array.isArray(keys)) reader.refuse('remove', 2, remove, show(remove), 'a list of texts')
  else for (const [i, key] of keys.entries()) if (!isText(key)) reader.refuse(i, 3, key, show(key), 'a text')
  reader.throwFaults()
  return { changes: set as JsonObject, remove: keys as string[] }
}

/**
 * Freezes a row to the bottom and gives it back. One that is frozen at its top is done: only this function freezes rows,
 * the top last. O(size of the row) the first time. Recursive, since the door lets nothing in that nests too deep.
 */
export function freezeRow<Row extends object>(row: Row): Row {
  return Object.isFrozen(row) ? row : freezeDeeply(row)
}

/** Walks frozen parts too: they may be a caller's, and open below. */
function freezeDeeply<T extends object>(container: T): T {
  if (Array.isArray(container)) {
    for (const item of container) if (isContainer(item)) freezeDeeply(item)
  } else {
    for (const key in container) {
      const value = container[key]
      if (isContainer(value) && Object.hasOwn(container, key)) freezeDeeply(value)
    }
  }
  return Object.freeze(container)
}

/** One reading of one value: where it is, and what was found. */
class Reader {
  /** The level of the value that is read; places are relative to it. */
  readonly #root: number
  /** By level: the containers now open, as they were given, and the keys that lead to them. */
  readonly #open: object[] = []
  readonly #keys: Key[] = []
  /** By place: the first fault there counts. */
  #faults: Map<string, Fault> | undefined
  /** Containers that lead into a cycle or too deep. None is opened twice: cycles that cross make 2^100 places. */
  #endless: Set<object> | undefined
  #ends = 0
  /** Where the root of all objects is frozen, one of its keys (`constructor`) cannot be assigned, only defined. */
  readonly #isHardened = !Object.isExtensible(Object.prototype)

  constructor(root: number) {
    this.#root = root
  }

  throwFaults(): void {
    if (this.#faults) throw new InvalidRowError([...this.#faults.values()] as [Fault, ...Fault[]])
  }

  /**
   * A deep copy of JSON; `into` is the object to fill, if it is one. `key` is where the value stands in the container
   * of the level above. What is no JSON is a fault and reads as `undefined`.
   */
  copy(value: unknown, key: Key, level: number, into?: Bag): unknown {
    if (isScalar(value)) return value
    const strange = strangeness(value)
    if (strange) return this.refuse(key, level, value, strange, 'JSON')
    const container = value as Bag
    if (!this.#enter(container, key, level)) return undefined
    const ends = this.#ends
    let copy: unknown[] | Bag
    if (Array.isArray(container)) copy = this.#copyList(container, level + 1)
    else {
      copy = this.#copyObject(container, level + 1)
      if (into !== undefined) copy = this.#fill(into, copy)
    }
    if (this.#ends > ends) {
      this.#endless ??= new Set()
      this.#endless.add(container)
    }
    return copy
  }

  #copyList(list: unknown[], level: number): unknown[] {
    const { length } = list
    // Of its exact length: one that grows by `push` has room for seventeen items, a third of what a row weighs.
    const copy: unknown[] = length === 0 ? [] : new Array(length)
    for (let i = 0; i < length; i++) {
      const given = list[i]
      if (given === undefined && !(i in list)) {
        // One for all of them: a list of four thousand million holes is written in a word.
        this.refuse(i, level, given, 'a hole in the list', 'JSON')
        copy.length = i
        break
      }
      copy[i] = isScalar(given) ? given : this.copy(given, i, level)
    }
    return copy
  }

  /**
   * Spreading clones the hidden class with the values, ten times as fast as key by key; then what is no scalar is
   * replaced in the clone. Its own keys may be assigned, `__proto__` among them.
   */
  #copyObject(object: Bag, level: number): Bag {
    const copy = { ...object }
    let isWhole = true
    for (const key in copy) {
      const given = copy[key]
      if (isScalar(given) || !Object.hasOwn(copy, key)) continue
      if (given === undefined) isWhole = false
      else copy[key] = this.copy(given, key, level)
    }
    return isWhole && Object.getOwnPropertySymbols(copy).length === 0 ? copy : this.#fill({}, copy)
  }

  /** Gives an object the own keys of another that have a value. `for in` leaves symbols out. */
  #fill(into: Bag, object: Bag): Bag {
    for (const key in object) {
      const value = object[key]
      if (value === undefined || !Object.hasOwn(object, key)) continue
      if (key === '__proto__' || this.#isHardened) {
        Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true })
      } else into[key] = value
    }
    return into
  }

  /** Whether a container may be opened; then it is. */
  #enter(container: object, key: Key, level: number): boolean {
    let end: string | undefined
    for (let above = this.#root; above < level; above++) {
      if (this.#open[above] === container) end = `a cycle, back to ${this.#place(above, this.#keys[above]!)}`
    }
    if (level > MAX_LEVEL) end ??= `below level ${MAX_LEVEL}`
    if (this.#endless?.has(container)) end ??= 'a value with a cycle or too many levels inside'
    if (end) {
      this.#ends++
      this.refuse(key, level, container, end, `JSON of at most ${MAX_LEVEL} levels`)
      return false
    }
    this.#open[level] = container
    this.#keys[level] = key
    return true
  }

  /** Judges an object by its fields. False when it is no object at all. */
  judge(value: unknown, key: Key, fields: Fields, level: number): value is Bag {
    if (!isObject(value)) {
      this.refuse(key, level, value, show(value), object.expected)
      return false
    }
    this.#keys[level] = key
    for (const { key: name, expected, holds, choices, items, isRequired } of fields) {
      const given = value[name]
      if (given === undefined || given === null ? isRequired : !holds(given)) {
        const came = given === undefined ? 'missing' : show(given)
        const meant = choices && isText(given) ? nearest(given, choices) : undefined
        this.refuse(name, level + 1, given, came, isRequired ? expected : `${expected} or null`, meant)
      } else if (items && given) {
        this.#keys[level + 1] = name
        const list = given as unknown[]
        for (let i = 0; i < list.length; i++) this.judge(list[i], i, items, level + 2)
      }
    }
    return true
  }

  /** Old rows have their metadata as text. */
  parseMetadata(holder: Bag): void {
    const { metadata } = holder
    if (!isText(metadata)) return
    let came = show(metadata)
    try {
      const document: unknown = JSON.parse(metadata)
      if (document === null || isObject(document)) {
        holder.metadata = this.copy(document, 'metadata', 2)
        return
      }
    } catch (error) {
      came += `, which is broken JSON (${(error as Error).message})`
    }
    this.refuse('metadata', 2, metadata, came, 'an object, its JSON text or null')
  }

  /** Notes a fault of what stands at `key` of the container now open at the level above. */
  refuse(key: Key, level: number, value: unknown, came: string, expected: string, meant?: string): void {
    const parameter = this.#place(level, key)
    const hint = meant === undefined ? '' : ` Did you mean ${show(meant)}?`
    const message = `${parameter} is ${came}. Expected ${expected}.${hint}`
    this.#faults ??= new Map()
    if (!this.#faults.has(parameter)) this.#faults.set(parameter, { parameter, value, code: 'INVALID_ROW', message })
  }

  /** As in code: `messages[3].sender`, `metadata["a.b"].c`. */
  #place(level: number, key: Key): string {
    const steps = [...this.#keys.slice(this.#root + 1, level), key]
    return steps.reduce<string>((place, step) => {
      if (typeof step === 'number' || !/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(step)) return `${place}[${show(step)}]`
      return place === '' ? step : `${place}.${step}`
    }, '')
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isObject(value: unknown): value is Bag {
  return isContainer(value) && !Array.isArray(value)
}

/** Whether it is JSON that holds nothing else. */
function isScalar(value: unknown): boolean {
  return isText(value) || value === null || typeof value === 'boolean' || Number.isFinite(value)
}

/** Whether a value can stay as it is: JSON to the bottom, of plain objects without `undefined`. */
function isJson(value: unknown, level: number): boolean {
  if (isScalar(value)) return true
  if (!isContainer(value) || level > MAX_LEVEL) return false
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isJson(value[i], level + 1)) return false
    return !hasToJson(value)
  }
  let last: string | undefined
  for (const key in value) {
    if (!isJson((value as Bag)[key], level + 1)) return false
    last = key
  }
  // Keys of its own come first, so the last tells of all.
  return isPlain(value) && (last === undefined || Object.hasOwn(value, last))
}

/** What a value that is no scalar is, in words, if it is no list or object of JSON. */
function strangeness(value: unknown): string | undefined {
  if (!isContainer(value)) return typeof value === 'number' ? show(value) : `of type ${typeof value}`
  if (Array.isArray(value) ? !hasToJson(value) : isPlain(value)) return undefined
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  if (tag !== 'Object' && tag !== 'Array') return `of type ${tag}`
  return hasToJson(value) ? 'an object with a method toJSON' : undefined
}

function hasToJson(value: object): boolean {
  return typeof (value as Bag).toJSON === 'function'
}
