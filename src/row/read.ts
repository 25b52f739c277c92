/**
 * The one door in: a value from outside becomes a row, a message, a feedback or a change here, or is refused with all
 * its faults at once.
 *
 * Two steps. First the value is copied as JSON (`copy.ts`). Then its keys are judged by their types (`fields.ts`): the
 * copy is plain data that nobody else holds. A row that is given away is judged in the same way, but stays where it is.
 */
import { didYouMean, show } from '../base/errors.ts'
import { type BigNumbers, parseJson, UnsafeNumberError } from '../base/json.ts'
import { blankRow, complete, KEYS } from './blank.ts'
import type { Conversation, Feedback, JsonObject, Message } from './conversation.ts'
import { type Key, Reading } from './copy.ts'
import { judgeCounts } from './counts.ts'
import { STORED_FIELDS } from './fields.ts'
import { type Bag, isJson, isObject, isString } from './json.ts'
import { misspellings, writtenAs } from './spelling.ts'
import { FEEDBACK, id, MESSAGE, object, type Shape } from './types.ts'

/** A row that only the store holds so far. Flags and lists that were given as null are null. */
export type MutableRow<Metadata = JsonObject> = {
  -readonly [Key in keyof Conversation<Metadata>]: Conversation<Metadata>[Key]
}

/** The greatest ids of messages and feedbacks ever seen, of those that are safe integers. Raised by reading. */
export interface GreatestPartIds {
  message: number
  feedback: number
}

/** How a row is read. */
export interface ReadOptions {
  /** Whether the caller gives the object away. */
  readonly own: boolean
  /** Raised by the ids of the messages and feedbacks. */
  readonly greatest: GreatestPartIds
  /** What becomes of numbers in metadata given as a JSON string that a double cannot hold. `refuse`. */
  readonly bigNumbers?: BigNumbers | undefined
  /** Hears of each key that was probably misspelt. */
  readonly warn?: ((message: string) => void) | undefined
}

/** What can be changed of a stored row. Only the keys that were given are present. */
export interface ConversationPatch<Metadata = JsonObject> {
  name?: string | null
  is_marked?: boolean
  customer_id?: string | null
  device?: string | null
  language?: string | null
  /** Replaces the whole document. */
  metadata?: Metadata | null
}

/** Fields of a row that are set, with its messages or without. */
export type RowFields = Partial<Omit<Conversation, 'id' | 'conversation_id' | 'messages' | 'feedbacks'>>

/** What a shallow merge does to a metadata document. */
export interface MetadataChanges {
  /** The values to set, by key of the document's top level. */
  readonly changes: JsonObject
  /** The keys of the top level to remove. */
  readonly remove: readonly string[]
}

/** The keys of a part of a row that are judged. */
const PART = { message: MESSAGE, feedback: FEEDBACK }
const KIND = { messages: 'message', feedbacks: 'feedback' } as const

/** The keys of a row that are judged, those that can be set beside a part of it, and the keys of a patch. */
const ROW: Shape = STORED_FIELDS.map(([key, { type }]) => ({ key, ...type }))
const SET = ROW.filter(({ key }) => !['id', 'conversation_id', 'messages', 'feedbacks'].includes(key))
const PATCH = ROW.filter((_, at) => STORED_FIELDS[at]![1].isPatched)

/**
 * Reads one conversation, of any source, into a row with every key of the wire. A row without an id has the id 0: the
 * store gives it one. With `own` the caller gives the object away: it is completed where it is and nothing in it is
 * copied. A frozen one, or one with metadata as a string, is copied at its top; one that is not plain JSON
 * throughout (`undefined` in it, instances of classes) is copied whole.
 *
 * Raises `greatest` by the ids of the messages and feedbacks. Throws `InvalidRowError` with every fault of the row, and
 * has then changed nothing. O(size of the row), at about the rate of `JSON.parse`; with `own` at thrice that.
 *
 * @example
 * readConversation({ conversation_id: 'c1', started_at: '2024-01-15' }, { own: false, greatest: { message: 0, feedback: 0 } })
 */
export function readConversation<Metadata = JsonObject>(
  raw: unknown,
  { own, greatest, bigNumbers, warn }: ReadOptions,
): MutableRow<Metadata> {
  const reading = new Reading(1)
  const isKept = own && isJson(raw, 1)
  let row = (isKept ? raw : reading.copy(raw, 'row', 1, blankRow())) as Bag
  if (judge(reading, row, 'row', ROW, 1)) {
    if (isKept && (isString(row.metadata) || !Object.isExtensible(row))) row = { ...row }
    parseMetadata(reading, row, bigNumbers)
    judgeCounts(reading, row)
  }
  reading.throwFaults()
  if (warn !== undefined) for (const message of misspellings(raw as Bag, row)) warn(message)
  if (isKept) complete(row)
  row.id ??= 0
  raise(greatest, 'message', row.messages)
  raise(greatest, 'feedback', row.feedbacks)
  return row as MutableRow<Metadata>
}

/** A row that was read. */
export interface ReadRow {
  readonly row: MutableRow<unknown>
  /** The greatest ids of its messages and feedbacks. */
  readonly greatest: GreatestPartIds
  /** What to say of keys that were probably misspelt. */
  readonly warnings: readonly string[]
}

/** Reads a row by itself, as `readConversation` does, and gives all that was found. Throws `InvalidRowError`. */
export function readRow(raw: unknown, own: boolean, bigNumbers?: BigNumbers): ReadRow {
  const greatest = { message: 0, feedback: 0 }
  let warnings: string[] = NO_WARNINGS
  const warn = (message: string) => {
    warnings = [...warnings, message]
  }
  return { row: readConversation<unknown>(raw, { own, greatest, bigNumbers, warn }), greatest, warnings }
}

const NO_WARNINGS: string[] = []

/**
 * Reads one message, as a copy. Without an id it gets one more than the greatest, and `greatest` is raised.
 * Throws `InvalidRowError` with every fault; places are relative to the message (`sender`). O(size of the message).
 */
export function readMessage(raw: unknown, greatest: GreatestPartIds): Message {
  return readPart(raw, 'message', greatest) as Message
}

/**
 * Reads one feedback, as a copy. Without an id it gets one more than the greatest, and `greatest` is raised.
 * Throws `InvalidRowError` with every fault; places are relative to the feedback (`sentiment`).
 */
export function readFeedback(raw: unknown, greatest: GreatestPartIds): Feedback {
  return readPart(raw, 'feedback', greatest) as Feedback
}

/** Reads a part that the caller gives away, with the id that it has, if any: nothing in it is copied. Throws as `readMessage` does. */
export function readOwnPart(raw: unknown, list: keyof typeof KIND, greatest: GreatestPartIds): unknown {
  return readPart(raw, KIND[list], greatest, true)
}

function readPart(raw: unknown, kind: keyof GreatestPartIds, greatest: GreatestPartIds, own = false): unknown {
  const reading = new Reading(3)
  const part = own && isJson(raw, 3) ? raw : reading.copy(raw, kind, 3)
  if (judge(reading, part, kind, PART[kind], 3) && !own && (part.id === undefined || part.id === null)) {
    part.id = greatest[kind] + 1
    if (!Number.isSafeInteger(part.id)) reading.refuse('id', 4, raw, 'missing, and no greater one is left', id.expected)
  }
  reading.throwFaults()
  raise(greatest, kind, [part])
  return part
}

function raise(greatest: GreatestPartIds, kind: keyof GreatestPartIds, parts: unknown): void {
  for (const part of (parts ?? []) as readonly { readonly id?: number }[]) {
    if (Number.isSafeInteger(part.id)) greatest[kind] = Math.max(greatest[kind], part.id!)
  }
}

/**
 * Reads the change of a row, as a copy with the given keys alone; metadata given as a JSON string is its object.
 * Throws `InvalidRowError` for values of a wrong type and for every key that cannot be changed.
 */
export function readPatch<Metadata = JsonObject>(raw: unknown): ConversationPatch<Metadata> {
  const reading = new Reading(1)
  const patch = reading.copy(raw, 'patch', 1)
  if (judge(reading, patch, 'patch', PATCH, 1)) {
    parseMetadata(reading, patch)
    const names = PATCH.map(({ key }) => key)
    for (const key of Object.keys(patch)) {
      if (names.includes(key)) continue
      const isFixed = KEYS.includes(key)
      const what = isFixed ? 'a key that cannot be changed' : 'not a key that can be changed'
      reading.refuse(key, 2, patch[key], what, names.join(', '), isFixed ? '' : didYouMean(key, names))
    }
  }
  reading.throwFaults()
  return patch as ConversationPatch<Metadata>
}

/** Reads fields of a stored row that are set, by a message that moves its end or by what is recorded. Throws `InvalidRowError`. */
export function readFields(fields: RowFields): RowFields {
  const reading = new Reading(1)
  const copy = reading.copy(fields, 'row', 1)
  judge(
    reading,
    copy,
    'row',
    SET.filter(({ key }) => key in fields),
    1,
  )
  reading.throwFaults()
  return copy as RowFields
}

/**
 * Reads a shallow merge into a metadata document: a copy of the values to set, and the keys to remove. Either may be
 * `undefined`. Throws `InvalidRowError` with every fault, placed in the row (`metadata.plan`) or the list (`remove[0]`).
 */
export function readMetadataChanges(changes: unknown, remove: unknown): MetadataChanges {
  const reading = new Reading(1)
  const set = changes === undefined ? {} : reading.copy(changes, 'metadata', 2)
  judge(reading, set, 'metadata', [], 2)
  const keys = remove === undefined ? [] : reading.copy(remove, 'remove', 2)
  if (!Array.isArray(keys)) reading.refuse('remove', 2, remove, show(remove), 'a list of strings')
  else for (const [i, key] of keys.entries()) if (!isString(key)) reading.refuse(i, 3, key, show(key), 'a string')
  reading.throwFaults()
  return { changes: set as JsonObject, remove: keys as string[] }
}

/** Judges an object by the types of its keys. False when it is not an object. */
function judge(reading: Reading, value: unknown, key: Key, shape: Shape, level: number): value is Bag {
  if (!isObject(value)) {
    reading.refuse(key, level, value, show(value), object.expected)
    return false
  }
  reading.step(level, key)
  for (const { key: name, expected, holds, choices, items, isRequired } of shape) {
    const given = value[name]
    if (given === undefined || given === null ? isRequired : !holds(given)) {
      const written = given === undefined && isRequired ? writtenAs(name, value, shape) : undefined
      const came =
        given !== undefined
          ? show(given)
          : written === undefined
            ? 'missing'
            : `missing, though there is ${show(written)}`
      const hint = choices && didYouMean(given, choices)
      reading.refuse(name, level + 1, given, came, isRequired ? expected : `${expected} or null`, hint)
    } else if (items && given) {
      reading.step(level + 1, name)
      const list = given as unknown[]
      for (let i = 0; i < list.length; i++) judge(reading, list[i], i, items, level + 2)
    }
  }
  return true
}

/** Replaces metadata that is a JSON string, as old rows have it, by its document. */
function parseMetadata(reading: Reading, holder: Bag, bigNumbers?: BigNumbers): void {
  const { metadata } = holder
  if (!isString(metadata)) return
  let came = show(metadata)
  try {
    const document = parseJson(metadata, bigNumbers)
    if (document === null || isObject(document)) {
      holder.metadata = reading.copy(document, 'metadata', 2)
      return
    }
  } catch (error) {
    if (error instanceof UnsafeNumberError && error.place !== '') {
      reading.refuseNumber(metadata, error)
      return
    }
    came += `, which is broken JSON (${(error as Error).message})`
  }
  reading.refuse('metadata', 2, metadata, came, 'an object, its JSON string or null')
}
