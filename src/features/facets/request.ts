/** What facets are asked for, and what they are: the types, and the door where a request is checked. */
import type { Fault } from '../../base/errors.ts'
import { isPlain } from '../../base/plain.ts'
import { invalidValue, raise, unknownName } from '../../query/faults.ts'
import { type MetadataPathOf, readPath } from '../../query/metadata-path.ts'
import type { MetadataPath, Scalar } from '../../query/spec.ts'
import { type FieldsWith, fieldsWith } from '../../row/fields.ts'
import { isNumberField, type NumberField } from '../../row/numbers.ts'

/** A field that facets count: a wire parameter, or `metadata.` and a path: `metadata.plan`, `metadata."gen_ai.model".name`. */
export type FacetField = FieldsWith<{ isFaceted: true }> | 'env' | `metadata.${string}`

/** The wire parameters that have facets, beside the metadata paths. */
const FACET_FIELDS: readonly string[] = [...fieldsWith({ isFaceted: true }), 'env'].sort()

/** Which values of a field are listed. */
export interface FacetValuesOptions {
  /** At most so many values, from 1, the most frequent ones; selected ones beyond come too. Absent: all. */
  readonly limit?: number | undefined
  /** Only values whose text contains this one, ignoring case; selected ones come too. `''` asks for nothing. */
  readonly match?: string | undefined
}

/** The ranges that numbers, of the row or at a metadata path, are counted in: from each number up to the next, which is not in. */
export interface FacetRangesOptions {
  /** Two numbers or more, ascending; the ends may be infinite. */
  readonly ranges: readonly number[]
}

/** Numbers, of the row or at a metadata path, counted in ranges of one width. */
export interface FacetBinsOptions {
  /** How many ranges, 1 to 10,000. */
  readonly bins: number
}

/** How one field is counted. `true`: every value, no limit. */
export type FacetListing = true | FacetValuesOptions | FacetRangesOptions | FacetBinsOptions

/** What is counted, by field. A field that is `undefined` is left out. Numbers are those of the row and at metadata paths. */
export type FacetRequest = {
  readonly [Field in FacetField]?:
    | (Field extends NumberField | `metadata.${string}`
        ? FacetListing
        : Exclude<FacetListing, FacetRangesOptions | FacetBinsOptions>)
    | undefined
}

/** How facets are counted. */
export interface FacetOptions {
  /**
   * Whether a field is counted as if the query's own conditions on it were not there (the default), so that ticking one
   * value does not hide the others. Conditions inside `or` and `not` stay. `false`: all conditions count.
   */
  readonly disjunctive?: boolean | undefined
}

/**
 * Makes a field or an option that there is not a type error, and a path that the metadata type has not: what a type
 * parameter is bound by lets others pass.
 */
export type NoOtherFacets<Request, Metadata = unknown> = {
  readonly [Field in keyof Request & string as string extends Field ? never : Field]?:
    | (Field extends `metadata.${infer Path}`
        ? string extends Path
          ? Request[Field]
          : Path extends MetadataPathOf<Metadata, Path>
            ? NoOtherOptions<Request[Field], FacetValuesOptions | FacetRangesOptions | FacetBinsOptions>
            : never
        : Field extends FacetField
          ? NoOtherOptions<
              Request[Field],
              FacetValuesOptions | (Field extends NumberField ? FacetRangesOptions | FacetBinsOptions : never)
            >
          : never)
    | undefined
}

/** A listing whose options are all of one of these. */
type NoOtherOptions<Listing, Options> = Listing extends object
  ? Options extends unknown
    ? keyof Listing extends keyof Options
      ? Listing
      : never
    : never
  : Listing

/** One value of a field. */
export interface FacetValue {
  /** Null stands for rows that have none: no device, no action, no feedback. */
  readonly value: Scalar
  /** Rows that have it. A row counts once for each distinct value. */
  readonly count: number
  /** Whether the query's own conditions ask for it: by equality, as one of several, or by `isnull`. */
  readonly selected: boolean
  /** Beside a null at a metadata path: there is nothing, where without it a null is stored. */
  readonly missing?: true
}

/** One range of numbers. */
export interface FacetRange {
  /** The least number that is in. */
  readonly from: number
  /** The first number that is no longer in. */
  readonly to: number
  /** Rows that have a number in the range. A row counts once. */
  readonly count: number
}

/** The answer to a request: a list by field, without a prototype. */
export type FacetCounts<Request = FacetRequest> = { readonly [Field in keyof Request]: FacetList<Request[Field]> }

/** What a listing gives. */
type FacetList<Listing> = Listing extends undefined
  ? undefined
  : Listing extends FacetRangesOptions | FacetBinsOptions
    ? FacetRange[]
    : FacetValue[]

/** One field as it is to be counted: what `readFacets` makes of an entry of a request. */
export interface Facet extends FacetValuesOptions, Partial<FacetRangesOptions & FacetBinsOptions> {
  /** Its key in request and answer. */
  readonly key: string
  /** The field of conditions on it. */
  readonly field: string
  /** Where it is in the metadata; empty for any other field. */
  readonly path: MetadataPath
}

/** A checked request. */
export interface FacetPlan {
  readonly facets: readonly Facet[]
  readonly isDisjunctive: boolean
}

const MOST_BINS = 10_000
const METADATA = 'metadata.'

const isWhole = (most: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= most

/** What each option takes, and which options go together. */
const OPTIONS = {
  limit: { isValid: isWhole(Number.POSITIVE_INFINITY), expected: 'a whole number from 1' },
  match: { isValid: (value: unknown) => typeof value === 'string', expected: 'a string' },
  ranges: {
    isValid: (value: unknown) =>
      Array.isArray(value) &&
      value.length > 1 &&
      // A hole is `undefined` so.
      Array.from(value).every((edge, i) => typeof edge === 'number' && !Number.isNaN(edge) && !(edge <= value[i - 1])),
    expected: 'two numbers or more, ascending: [0, 10, 100]',
  },
  bins: { isValid: isWhole(MOST_BINS), expected: `a whole number from 1 to ${MOST_BINS}` },
} as const
type OptionName = keyof typeof OPTIONS

const REQUEST = { expected: "an object of fields: { device: true, 'metadata.plan': { limit: 10 } }" }
const LISTING = { expected: 'true, { limit, match }, { ranges: [0, 10, 100] } or { bins: 10 }' }
const NUMBERS = {
  expected: 'true or { limit, match } (numbers are at metadata paths, and those of the row: message_count, duration)',
}
const PATH = { expected: `a path after 'metadata.', its keys joined by dots, one with a dot in double quotes` }
const COUNTING = { expected: 'an object of options, { disjunctive: false }' }
const BOOLEAN = { expected: 'true or false' }

/**
 * Checks a request. Throws `InvalidQueryError` with all faults together: `UNKNOWN_PARAMETER` for a field or an option
 * that there is not, naming the nearest, and `INVALID_VALUE`.
 */
export function readFacets(request: unknown, options: unknown = {}): FacetPlan {
  const faults: Fault[] = []
  const facets: Facet[] = []
  if (isPlain(request)) {
    for (const [key, listing] of Object.entries(request)) {
      if (listing === undefined) continue
      const facet = { ...readField(key, faults), ...readListing(key, listing, faults) }
      facets.push(facet)
    }
  } else faults.push(invalidValue('facets', request, REQUEST))
  if (!isPlain(options)) faults.push(invalidValue('facets', options, COUNTING))
  const { disjunctive = true, ...others } = isPlain(options) ? options : {}
  for (const name of Object.keys(others)) faults.push(unknownName('option of facets', name, ['disjunctive'], 'facets'))
  if (typeof disjunctive !== 'boolean') faults.push(invalidValue('disjunctive', disjunctive, BOOLEAN))
  raise(faults)
  return { facets, isDisjunctive: disjunctive === true }
}

function readField(key: string, faults: Fault[]): Facet {
  if (key.startsWith(METADATA)) {
    const path = readPath(key.slice(METADATA.length))
    if (path === undefined) faults.push(invalidValue(key, key, PATH))
    return { key, field: 'metadata', path: path ?? [] }
  }
  const isKnown = FACET_FIELDS.includes(key)
  if (!isKnown) faults.push(unknownName('facet', key, [...FACET_FIELDS, `${METADATA}PATH`], 'facets'))
  return { key, field: key === 'env' ? 'environment' : key, path: [] }
}

function readListing(key: string, listing: unknown, faults: Fault[]): FacetValuesOptions {
  if (listing === true) return {}
  // What must be there for numbers is not left out for being undefined: that would list all values.
  const isGiven = ([name, value]: readonly [string, unknown]) =>
    value !== undefined || name === 'ranges' || name === 'bins'
  const given = isPlain(listing) ? Object.entries(listing).filter(isGiven) : []
  const names = given.map(([name]) => name)
  const unknown = names.find((name) => !Object.hasOwn(OPTIONS, name))
  const isOfNumbers = names.includes('ranges') || names.includes('bins')
  if (unknown !== undefined) faults.push(unknownName('option of a facet', unknown, Object.keys(OPTIONS), key))
  else if (!isPlain(listing) || (isOfNumbers && names.length > 1)) faults.push(invalidValue(key, listing, LISTING))
  else if (isOfNumbers && !key.startsWith(METADATA) && !isNumberField(key))
    faults.push(invalidValue(key, listing, NUMBERS))
  else {
    for (const [name, value] of given as [OptionName, unknown][])
      if (!OPTIONS[name].isValid(value)) faults.push(invalidValue(`${key}.${name}`, value, OPTIONS[name]))
    return Object.fromEntries(given)
  }
  return {}
}
