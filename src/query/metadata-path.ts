/**
 * Types alone: which paths a metadata type has, and what may be compared at one.
 *
 * A path is judged when it is written, step by step along the metadata type, and the type of the parameter offers the
 * keys of the next step. The alternative, one union of all paths of the type, costs twice the instantiations for 100
 * calls on a type of 60 properties and does not end on types that lead back to each other (`test/types` has figures).
 */
import type { Scalar } from './spec.ts'

/** How a path can be given: keys joined by dots, or a list of keys, which reaches a key that has a dot itself. */
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

/**
 * The scalars that may be compared at a path: literal types stay, null only where it may be stored. `Scalar` where the
 * type is open and for lists of keys; `never` for a path that leads to an object, to a list or nowhere.
 */
export type MetadataValueAt<Metadata, Path> = Path extends string ? ScalarOf<At<Metadata, Path>> : Scalar

/** The path with its steps that exist kept, and each key that there is in place of the first that does not. */
type Offer<T, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? Head extends KeyOf<T>
    ? `${Head}.${Offer<Step<T, Head>, Rest>}`
    : KeyOf<T>
  : KeyOf<T>

/** The steps that can be taken from a value, in any member of a union. A key with a dot needs a list of keys. */
type KeyOf<T> = unknown extends T
  ? string
  : T extends object
    ? T extends readonly unknown[]
      ? `${number}`
      : [keyof T] extends [never]
        ? string
        : `${Exclude<keyof T & (string | number), `${string}.${string}`>}`
    : never

/** The value at a dotted path. */
type At<T, Path extends string> = Path extends `${infer Head}.${infer Rest}` ? At<Step<T, Head>, Rest> : Step<T, Path>

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
