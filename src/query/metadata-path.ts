/**
 * Metadata paths: how they are written and read as strings, and which of them a metadata type has.
 *
 * The types judge a path when it is written, step by step along the metadata type, and the type of the parameter offers
 * the keys of the next step. The alternative, one union of all paths of the type, costs twice the instantiations for 100
 * calls on a type of 60 properties and does not end on types that lead back to each other (`test/types` has figures).
 */
import type { Fault } from '../base/errors.ts'
import { invalidValue, raise } from './faults.ts'
import type { MetadataPath, Scalar } from './spec.ts'

/** A quoted step, or a plain one, and the dot after it if another step follows. Only a plain step may hold a quote, not as its first character. */
const STEP = /(?:"([^"]*)"|((?!")[^.]*))(\.|$)/y

/** A key that a plain step would read otherwise: split at its dot, taken for a quoted one, or trimmed in a URL. */
const NEEDS_QUOTES = /\.|^["\s]|\s$/

const PATH = {
  expected: `keys joined by dots, one with a dot in double quotes, or a list of keys: 'a.b', '"a.b".c', ['a.b', 'c']`,
}

/**
 * The keys that a path names: `order.id`, `attributes."gen_ai.model".name`. A step in double quotes is that key as
 * it stands, dots included; it cannot hold a quote. Undefined for a quote that is not closed, and for anything but a dot
 * after a closed one. A quote inside a plain step is a part of its key. O(length).
 */
export function parsePath(text: string): MetadataPath | undefined {
  if (!text.includes('"')) return text.split('.')
  const keys: string[] = []
  STEP.lastIndex = 0
  for (;;) {
    const step = STEP.exec(text)
    if (step === null) return undefined
    keys.push(step[1] ?? step[2]!)
    if (step[3] === '') return keys
  }
}

/**
 * The string that `parsePath` reads as this path. Undefined for a key that begins with a double quote, or that holds one
 * and needs quotes: no string reads as it. O(length).
 */
export function writePath(path: MetadataPath): string | undefined {
  if (path.some((key) => NEEDS_QUOTES.test(key) && key.includes('"'))) return undefined
  // The empty key alone would be the empty string, which asks for nothing.
  return path.map((key) => (NEEDS_QUOTES.test(key) ? `"${key}"` : key)).join('.') || '""'
}

/** The keys of a path as code gives it: a string or a list. Undefined for anything else, and for `''` and `[]`. */
export function readPath(given: unknown): MetadataPath | undefined {
  if (typeof given === 'string') return given === '' ? undefined : parsePath(given)
  const keys: string[] = Array.isArray(given) ? Array.from(given) : []
  return keys.length > 0 && keys.every((key) => typeof key === 'string') ? keys : undefined
}

/** The same, or an `InvalidQueryError` that names the parameter. */
export function pathOf(parameter: string, given: unknown): MetadataPath {
  const path = readPath(given)
  if (path === undefined) raise([invalidPath(parameter, given)])
  return path!
}

/** The fault of an invalid path. */
export function invalidPath(parameter: string, given: unknown): Fault {
  return invalidValue(parameter, given, PATH)
}

/** How a path can be given: keys joined by dots, one that holds a dot in double quotes, or a list of keys. */
export type MetadataPathInput = string | readonly string[]

/**
 * `Path` itself, if the metadata type has something there, else what could stand in its place: the keys of the last
 * step that exists. Nested objects and lists are walked (a step into a list is a number), optional and nullable ones
 * too; where the type is open (`JsonObject`, an index signature, `unknown`) any key goes. Lists of keys are not checked.
 *
 * A parameter of this type completes what is typed, level by level, in an editor. Without `Path` it is every path that
 * begins with a key of the type, and `MetadataValueAt` alone judges the rest of it.
 *
 * @example
 * declare function metadata<const Path extends MetadataPathInput>(
 *   path: MetadataPathOf<Metadata, Path>,
 *   value: MetadataValueAt<Metadata, Path>,
 * ): void
 */
export type MetadataPathOf<Metadata, Path extends MetadataPathInput | undefined = undefined> = Path extends string
  ? Path extends Offer<Metadata, Path>
    ? Path
    : Offer<Metadata, Path>
  : Path extends undefined
    ? KeyOf<Metadata> | `${KeyOf<Metadata>}.${string}` | readonly string[]
    : Path

/** A metadata path as a field among others: `'metadata.plan'`, or `['metadata', ...keys]`. */
export type MetadataField = `metadata.${string}` | readonly ['metadata', string, ...string[]]

/** `Field` itself, if the metadata type has something there, else what could stand in its place; see `MetadataPathOf`. */
export type MetadataFieldOf<Metadata, Field extends MetadataField> = Field extends `metadata.${infer Path}`
  ? Path extends MetadataPathOf<Metadata, Path>
    ? Field
    : `metadata.${MetadataPathOf<Metadata, Path>}`
  : Field

/**
 * The scalars that may be compared at a path: literal types stay, null only where it may be stored. `Scalar` where the
 * type is open and for lists of keys; `never` for a path that leads to an object, to a list or nowhere.
 */
export type MetadataValueAt<Metadata, Path> = Path extends string ? ScalarOf<At<Metadata, Path>> : Scalar

/** The path with its steps that exist kept, and each key that there is in place of the first that does not. */
type Offer<T, Path extends string> = Path extends `"${string}`
  ? OfferQuoted<T, Path>
  : Path extends `${infer Head}.${infer Rest}`
    ? Head extends KeyOf<T>
      ? `${Head}.${Offer<Step<T, Head>, Rest>}`
      : KeyOf<T>
    : KeyOf<T>

/** The same for a path whose first step is quoted. */
type OfferQuoted<T, Path extends string> = Path extends `"${infer Head}".${infer Rest}`
  ? Head extends OwnKey<T>
    ? `"${Head}".${Offer<Step<T, Head>, Rest>}`
    : KeyOf<T>
  : Path extends `"${OwnKey<T>}"`
    ? Path
    : KeyOf<T>

/** The steps that can be taken from a value, in any member of a union, as a path writes them. */
type KeyOf<T> = Written<OwnKey<T>>

type Written<Key extends string> = Key extends `${string}.${string}` ? `"${Key}"` : Key

/** The keys of a value. */
type OwnKey<T> = unknown extends T
  ? string
  : T extends object
    ? T extends readonly unknown[]
      ? `${number}`
      : [keyof T] extends [never]
        ? string
        : `${keyof T & (string | number)}`
    : never

/** The value at a path. */
type At<T, Path extends string> = Path extends `"${infer Quoted}`
  ? AtQuoted<T, Quoted>
  : Path extends `${infer Head}.${infer Rest}`
    ? At<Step<T, Head>, Rest>
    : Step<T, Path>

/** The same for a path whose first step is quoted, without the quote that opens it. */
type AtQuoted<T, Path extends string> = Path extends `${infer Head}".${infer Rest}`
  ? At<Step<T, Head>, Rest>
  : Path extends `${infer Key}"`
    ? Step<T, Key>
    : never

/** The value one step further. */
type Step<T, Key extends string> = unknown extends T
  ? unknown
  : T extends object
    ? T extends readonly (infer Item)[]
      ? Key extends `${number}`
        ? Item
        : never
      : Key extends keyof T
        ? T[Key]
        : RareStep<T, Key>
    : never

/** Into `object`, which says nothing of its keys, or by a key that the type has as a number. */
type RareStep<T, Key extends string> = [keyof T] extends [never]
  ? unknown
  : Key extends `${infer Index extends number}`
    ? Index extends keyof T
      ? T[Index]
      : never
    : never

type ScalarOf<T> = unknown extends T ? Scalar : Extract<T, Scalar>
