/**
 * The methods that add conditions, for queries and for the branches inside `.not` and `.or`.
 *
 * The methods of the filters are made from the table, types and comments included: a mapped type over `FILTERS` (which
 * keeps the comments of its rows for editors, because no key is renamed) and one function a row on the prototype.
 * Written out by hand they would be a second list, in step with the table only by care.
 */
import type { Fault } from '../base/errors.ts'
import { groupOf, notCondition, orCondition } from './canonical.ts'
import { readCall, readComparison, readWhere } from './conditions.ts'
import { type Duration, readWithin } from './duration.ts'
import { emptyGroup, invalidValue, raise } from './faults.ts'
import { type COMPARISONS, FILTERS, type Filter } from './filters.ts'
import type {
  MetadataField,
  MetadataFieldOf,
  MetadataPathInput,
  MetadataPathOf,
  MetadataValueAt,
} from './metadata-path.ts'
import type { Condition, Group } from './spec.ts'
import type { InputOf, InstantInput } from './values.ts'

type Filters = typeof FILTERS
/** The lookups of each field, and the type of value that each takes. */
export type Fields = typeof COMPARISONS
/** The fields that are not paths. */
export type PlainField = Exclude<keyof Fields, 'metadata'>

/** The method of one filter: without a value for yes-or-no, with one, with several or a list of them, with an object. */
type Verb<Row extends Filter, Self> = Row extends { readonly takesSeveral: true }
  ? SeveralVerb<InputOf<Row['value']>, Self> & ObjectVerb<Row, Self>
  : Row extends { readonly options: infer Options }
    ? (value: InputOf<Row['value']> | undefined, options?: InputOf<Options> | undefined) => Self
    : PlainVerb<Row, Self>

type PlainVerb<Row extends Filter, Self> =
  boolean extends InputOf<Row['value']> ? (yes?: boolean) => Self : (value: InputOf<Row['value']> | undefined) => Self

type ObjectVerb<Row extends Filter, Self> = Row extends { readonly object: infer Object extends Filter }
  ? (all: InputOf<Object['value']>) => Self
  : unknown

/** Takes a value, a list of them, or several as arguments, also spread from a list. */
interface SeveralVerb<Input, Self> {
  (value: Input | readonly Input[] | undefined): Self
  (...values: readonly Input[]): Self
}

/** The methods of all filters. Each gives a new query with one more condition; `undefined` alone adds none. */
export type FilterVerbs<Self> = { readonly [Name in keyof Filters]: Verb<Filters[Name], Self> }

/** A branch of `.not` or `.or`: takes an empty builder and gives it back with conditions. */
export type Branch<Metadata> = (q: ConditionBuilder<Metadata>) => ConditionBuilder<Metadata>

/** Gives a builder with more conditions. A symbol, so that branches have nothing but conditions in sight. */
export const add: unique symbol = Symbol('add')

abstract class Verbs<Metadata, Self> {
  /** @internal The builder with these conditions too. */
  abstract [add](conditions: readonly Condition[]): Self

  /**
   * The value at a path of the metadata equals this one. A path is keys joined by dots, in a list a step of digits is
   * an index; a key that holds a dot stands in double quotes, or the path is a list of keys. Strings, numbers, booleans
   * and null are four different things.
   *
   * Throws `INVALID_VALUE` for a malformed path, and for `undefined` too: a filter by tenant must not vanish.
   *
   * @example store.query().metadata('order.status', 'open').metadata('"gen_ai.request.model"', 'm-1').count()
   */
  metadata<const Path extends MetadataPathInput>(
    path: MetadataPathOf<Metadata, Path>,
    value: MetadataValueAt<Metadata, Path>,
  ): Self {
    return ask(this, (faults) => readComparison('metadata', 'metadata', path, 'exact', value, faults))
  }

  /**
   * Compares a field by a lookup, as the wire parameter FIELD`__`LOOKUP does, or a metadata path, `'metadata."a.b".c'` or
   * `['metadata', 'a.b', 'c']`, by `exact`, `in`, `contains`, `gt`, `gte`, `lt`, `lte` or `exists`.
   *
   * Throws `UNKNOWN_PARAMETER` for an unknown field or lookup, `INVALID_VALUE` for a value that the lookup does not take,
   * `undefined` too.
   *
   * @example store.query().where('name', 'istartswith', 're').where('metadata.score', 'gte', 0.5).all()
   */
  where<Field extends PlainField, Lookup extends keyof Fields[Field]>(
    field: Field,
    lookup: Lookup,
    value: InputOf<Fields[Field][Lookup]>,
  ): Self
  where<const Field extends MetadataField, Lookup extends keyof Fields['metadata']>(
    field: MetadataFieldOf<Metadata, Field>,
    lookup: Lookup,
    value: InputOf<Fields['metadata'][Lookup]>,
  ): Self
  where(field: unknown, lookup: unknown, value: unknown): Self {
    return ask(this, (faults) => readWhere(field, lookup, value, faults))
  }

  /**
   * Started at most a duration before `now` (the time of this call when absent), and not after it. A date-fns
   * `Duration`: months and years are counted in UTC, a day is 24 hours.
   *
   * Throws `INVALID_VALUE` for a duration that is empty, negative or has unknown units.
   *
   * @example store.query().startedWithin({ days: 7 }).count()
   */
  startedWithin(...args: readonly [duration: Duration | undefined, now?: InstantInput]): Self {
    const [duration, now = Date.now()] = args
    if (args.length > 0 && duration === undefined) return this[add]([])
    return ask(this, (faults) => readWithin(duration, now, faults))
  }

  /**
   * The conditions of the branch do not all hold: exactly the rows for which they do not, those where a value is null
   * too.
   *
   * Throws `EMPTY_GROUP` for a branch without a condition.
   *
   * @example store.query().not((q) => q.device('mobile').marked()).count()
   */
  not(...args: readonly [branch: Branch<Metadata> | undefined]): Self {
    const [branch, ...others] = args
    if (args.length > 0 && branch === undefined && others.length === 0) return this[add]([])
    return ask(this, (faults) => {
      if (others.length > 0) faults.push(invalidValue('not', args, ONE_BRANCH))
      return notCondition(readBranch('not', branch, faults))
    })
  }

  /**
   * All conditions of at least one of the branches hold.
   *
   * Throws `EMPTY_GROUP` for a branch without a condition, and without branches.
   *
   * @example store.query().or((q) => q.device('mobile'), (q) => q.language('de').marked()).count()
   */
  or(...branches: readonly (Branch<Metadata> | undefined)[]): Self {
    if (branches.length === 1 && branches[0] === undefined) return this[add]([])
    return ask(this, (faults) => {
      if (branches.length === 0) faults.push(emptyGroup('or', undefined))
      return orCondition(branches.map((branch) => readBranch('or', branch, faults)))
    })
  }
}

/** The methods of conditions on a class whose `add` gives a new one with more of them. */
export const ConditionVerbs = withFilters(Verbs) as abstract new <Metadata, Self>() => Verbs<Metadata, Self> &
  FilterVerbs<Self>

/** What a branch of `.not` or `.or` is given: the methods of conditions and nothing else. Immutable, as a query is. */
export class ConditionBuilder<Metadata> extends ConditionVerbs<Metadata, ConditionBuilder<Metadata>> {
  readonly #conditions: readonly Condition[]

  /** @internal Only `.not` and `.or` make one. */
  constructor(conditions: readonly Condition[] = []) {
    super()
    this.#conditions = conditions
  }

  /** @internal */
  override [add](conditions: readonly Condition[]): ConditionBuilder<Metadata> {
    return conditions.length === 0 ? this : new ConditionBuilder([...this.#conditions, ...conditions])
  }

  /** @internal The conditions of what a branch gave back, if it is such a builder. */
  static conditionsOf(built: unknown): readonly Condition[] | undefined {
    return typeof built === 'object' && built !== null && #conditions in built ? built.#conditions : undefined
  }
}

const ONE_BRANCH = {
  expected: 'one branch: for none of several write .not(a).not(b), for not all .not((q) => q.device("a").marked())',
}
const BRANCH = { expected: 'a function that gives back the builder it is given, (q) => q.device("mobile")' }

function readBranch(kind: 'not' | 'or', branch: unknown, faults: Fault[]): Group {
  const built: unknown = typeof branch === 'function' ? branch(new ConditionBuilder()) : branch
  const conditions = ConditionBuilder.conditionsOf(built)
  if (conditions === undefined) faults.push(invalidValue(kind, built, BRANCH))
  else if (conditions.length === 0) faults.push(emptyGroup(kind, branch))
  return groupOf(conditions ?? [])
}

/** The builder with what `read` gives, if nothing is wrong with it. */
function ask<Self>(
  verbs: { [add](conditions: readonly Condition[]): Self },
  read: (faults: Fault[]) => Condition | readonly Condition[] | undefined,
): Self {
  const faults: Fault[] = []
  const conditions = read(faults)
  raise(faults)
  return verbs[add](conditions === undefined ? [] : isList(conditions) ? conditions : [conditions])
}

// `Array.isArray` alone does not narrow readonly arrays.
function isList(conditions: Condition | readonly Condition[]): conditions is readonly Condition[] {
  return Array.isArray(conditions)
}

function withFilters(base: typeof Verbs): typeof Verbs {
  for (const [name, filter] of Object.entries<Filter>(FILTERS)) {
    Object.defineProperty(base.prototype, name, {
      configurable: true,
      writable: true,
      value(this: Verbs<unknown, unknown>, ...values: readonly unknown[]) {
        return ask(this, (faults) => readCall(name, filter, values, faults))
      },
    })
  }
  return base
}
