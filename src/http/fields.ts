/** Reading the fields of a body. All faults are reported together, by field. */

import { formatInstant, parseInstant } from '../base/text/instant.ts'
import { walkValues } from '../features/metadata/paths.ts'
import type { JsonObject } from '../row/conversation.ts'
import { hasNull, NULLS } from '../wire/nulls.ts'
import { Refusal, shorten } from './answer.ts'
import type { Body } from './body.ts'
import { environmentOf } from './environments.ts'
import type { Options } from './options.ts'

const SENTIMENTS = ['positive', 'neutral', 'negative'] as const

/** The code points that a name may have. */
export const NAME_LENGTH = 255

/** The code points that a comment may have. */
const COMMENT_LENGTH = 5_000

/** The fields of one body. Each reader gives a value of its type, or notes a fault and gives a placeholder. */
export class Fields {
  readonly #body: Body
  readonly #settings: Options
  readonly #faults: Record<string, string[]> = Object.create(null)

  constructor(body: Body, settings: Options) {
    this.#body = body
    this.#settings = settings
    for (const [name, value] of Object.entries(body)) if (hasNull(name) || hasNull(value)) this.refuse(name, NULLS)
  }

  /** The value of a field; `undefined` for null and for an absent one. */
  get(name: string): unknown {
    const value = Object.hasOwn(this.#body, name) ? this.#body[name] : undefined
    return value === null ? undefined : value
  }

  /** Whether the field is there, null included. */
  has(name: string): boolean {
    return Object.hasOwn(this.#body, name) && this.#body[name] !== undefined
  }

  /** Notes a fault of a field. */
  refuse(name: string, text: string): void {
    const texts = this.#faults[name] ?? []
    this.#faults[name] = texts
    // A value with a NUL has no other fault.
    if (texts[0] !== NULLS) texts.push(text)
  }

  /** Throws the 400 with all faults, if there are any. */
  check(): void {
    if (Object.keys(this.#faults).length > 0) throw new Refusal(400, this.#faults)
  }

  /** A string or null. */
  string(name: string): string | null {
    const value = this.get(name)
    if (value === undefined || typeof value === 'string') return value ?? null
    this.refuse(name, 'Not a valid string.')
    return null
  }

  /** A required string that is not empty. */
  requiredString(name: string): string {
    const value = this.get(name)
    if (value === undefined) this.refuse(name, 'This field is required.')
    else if (typeof value !== 'string') this.refuse(name, 'Not a valid string.')
    else if (value === '') this.refuse(name, 'This field may not be blank.')
    else return value
    return ''
  }

  /** A name or null: trimmed, of 255 characters at most. */
  name(name: string): string | null {
    const text = this.string(name)?.trim() ?? null
    this.#checkLength(name, text, NAME_LENGTH)
    return text
  }

  /** A comment or null, of 5,000 characters at most. */
  comment(): string | null {
    const text = this.string('comment')
    this.#checkLength('comment', text, COMMENT_LENGTH)
    return text
  }

  /** A required conversation id: any string of 1 to 255 characters. */
  conversationId(): string {
    const text = this.requiredString('conversation_id')
    this.#checkLength('conversation_id', text, NAME_LENGTH)
    return text
  }

  /** True or false, `fallback` when absent. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.get(name)
    if (value === undefined || typeof value === 'boolean') return value ?? fallback
    this.refuse(name, 'Must be a valid boolean.')
    return fallback
  }

  /** True or false, and nothing else. */
  requiredFlag(name: string): boolean {
    const value = this.get(name)
    if (typeof value !== 'boolean') this.refuse(name, 'Must be a valid boolean.')
    return value === true
  }

  /** A number or null. */
  number(name: string): number | null {
    const value = this.get(name)
    if (value === undefined || typeof value === 'number') return value ?? null
    this.refuse(name, 'A valid number is required.')
    return null
  }

  /** A time as it is stored, in UTC; null when absent. */
  time(name: string): string | null {
    const value = this.get(name)
    if (value === undefined) return null
    const instant = typeof value === 'string' ? parseInstant(value.trim()) : undefined
    if (instant !== undefined) return formatInstant(instant)
    this.refuse(name, 'Datetime has wrong format. Use ISO 8601, such as 2026-08-01T10:30:00.000000+00:00.')
    return null
  }

  /** A metadata document: an object or null. */
  metadata(name = 'metadata'): JsonObject | null {
    const value = this.get(name)
    if (value === undefined) return null
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.refuse(name, `Expected an object or null, but got ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}.`)
      return null
    }
    const fault = metadataFault(value as object, this.#settings)
    if (fault !== undefined) this.refuse(name, fault)
    return value as JsonObject
  }

  /** A required sentiment. */
  sentiment(): (typeof SENTIMENTS)[number] {
    const value = this.get('sentiment')
    if (value === undefined) this.refuse('sentiment', 'This field is required.')
    else if (!SENTIMENTS.includes(value as 'neutral')) this.refuse('sentiment', noChoice(value))
    return value as (typeof SENTIMENTS)[number]
  }

  /** A required sender. */
  sender(): 'end_user' | 'agent' {
    const value = this.get('sender')
    if (value === undefined) this.refuse('sender', 'This field is required.')
    else if (value !== 'end_user' && value !== 'agent') this.refuse('sender', noChoice(value))
    return value as 'end_user' | 'agent'
  }

  /** An environment as it is stored: a short or a long name in any case; the handler's default, or else `absent`, when absent. */
  environment(absent = 'development'): string {
    const value = this.get('environment')
    const { defaultEnvironment, environments } = this.#settings
    const slug = value === undefined ? (defaultEnvironment ?? absent) : environmentOf(value, environments)
    if (slug === undefined) this.refuse('environment', noChoice(value))
    return slug ?? absent
  }

  /** One of these strings; `absent` when absent. */
  choice<const Choice extends string, Absent>(
    name: string,
    choices: readonly Choice[],
    absent: Absent,
  ): Choice | Absent {
    const value = this.get(name)
    if (value === undefined) return absent
    if (choices.includes(value as Choice)) return value as Choice
    this.refuse(name, noChoice(value))
    return absent
  }

  /** A list of strings; an empty one when absent. */
  strings(name: string): readonly string[] {
    const value = this.get(name) ?? []
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    this.refuse(name, 'Expected a list of strings.')
    return []
  }

  /** A required string that is more than white space, as it came. */
  filled(name: string, most: number): string {
    const text = this.requiredString(name)
    if (text !== '' && text.trim() === '') this.refuse(name, 'This field may not be blank.')
    this.#checkLength(name, text, most)
    return text
  }

  /** A string or null, of so many characters at most. */
  short(name: string, most: number): string | null {
    const text = this.string(name)
    this.#checkLength(name, text, most)
    return text
  }

  #checkLength(name: string, text: string | null, most: number): void {
    if (text !== null && isLonger(text, most)) this.refuse(name, tooLong(most))
  }
}

/** What is wrong with a metadata document: more paths than are allowed. O(paths). */
export function metadataFault(document: object, { limits }: Pick<Options, 'limits'>): string | undefined {
  let paths = 0
  walkValues(document, () => ++paths <= limits.metadataPaths)
  return paths > limits.metadataPaths ? `Ensure this field has no more than ${limits.metadataPaths} paths.` : undefined
}

/** Whether a string has more code points than these. Between two bounds UTF-16 units do not tell, and they are counted. */
export function isLonger(text: string, most: number): boolean {
  return text.length > most && (text.length > 2 * most || [...text].length > most)
}

/** What is said of a string that is too long. */
export function tooLong(most: number): string {
  return `Ensure this field has no more than ${most} characters.`
}

/** What is said of a value that is not among those that may be chosen. */
function noChoice(value: unknown): string {
  return `"${typeof value === 'string' ? shorten(value) : shorten(JSON.stringify(value))}" is not a valid choice.`
}
