/** Reading the fields of a body. All faults are reported together, by field. */

import { formatInstant, parseInstant } from '../base/text/instant.ts'
import { walkValues } from '../features/metadata/paths.ts'
import type { JsonObject } from '../row/conversation.ts'
import { hasNull, NULLS } from '../wire/nulls.ts'
import { Refusal, shorten } from './answer.ts'
import type { Body } from './body.ts'
import type { Options } from './options.ts'

const SENTIMENTS = ['positive', 'neutral', 'negative'] as const

/** The code points that a name may have. */
const NAME_LENGTH = 255

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
    const { metadataPaths } = this.#settings.limits
    let paths = 0
    walkValues(value, () => ++paths <= metadataPaths)
    if (paths > metadataPaths) this.refuse(name, `Ensure this field has no more than ${metadataPaths} paths.`)
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

  /** An environment as it is stored: a short or a long name in any case; development when absent. */
  environment(): string {
    const value = this.get('environment')
    if (value === undefined) return 'development'
    const given = typeof value === 'string' ? value.trim().toLowerCase() : ''
    const slug = SHORT.get(given) ?? given
    const known = this.#settings.environments.find((environment) => environment.slug.toLowerCase() === slug)
    if (known === undefined) this.refuse('environment', noChoice(value))
    return known?.slug ?? 'development'
  }

  #checkLength(name: string, text: string | null, most: number): void {
    // Between the two bounds UTF-16 units do not tell, and code points are counted.
    if (text === null || text.length <= most) return
    if (text.length > 2 * most || [...text].length > most) {
      this.refuse(name, `Ensure this field has no more than ${most} characters.`)
    }
  }
}

const SHORT = new Map([
  ['prod', 'production'],
  ['dev', 'development'],
])

function noChoice(value: unknown): string {
  return `"${typeof value === 'string' ? shorten(value) : shorten(JSON.stringify(value))}" is not a valid choice.`
}
