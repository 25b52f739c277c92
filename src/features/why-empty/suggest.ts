/** What may have been meant by a condition that no row meets: the nearest value that is stored, or the nearest metadata path. */
import { nearest } from '../../base/errors.ts'
import { isPlain } from '../../base/plain.ts'
import type { Engine } from '../../engine/engine.ts'
import { count, run } from '../../engine/run.ts'
import { TERM_FIELDS } from '../../engine/terms/fields.ts'
import type { TermFieldName } from '../../engine/terms/indexes.ts'
import type { TermIndex } from '../../engine/terms/inverted.ts'
import type { ActionMatch, Condition, FieldCondition, MetadataPath, Scalar } from '../../query/spec.ts'
import { nearestValue } from './near.ts'
import { pathText } from './words.ts'

/** A condition that some row meets, in place of one that none does. `undefined` where nothing is near. O(distinct values). */
export function suggest(condition: Condition, engine: Engine): FieldCondition | undefined {
  if (!('field' in condition)) return undefined
  const { field, value } = condition
  if (field === 'metadata') return suggestMetadata(condition, engine)
  if (field === 'action') return suggestIn('action_name', (value as ActionMatch).name?.[0], engine)
  return Object.hasOwn(TERM_FIELDS, field)
    ? suggestIn(field as TermFieldName, [value].flat()[0] as Scalar | undefined, engine)
    : undefined
}

/** The condition that a field is equal to the value that is nearest. */
function suggestIn(field: TermFieldName, wanted: Scalar | undefined, engine: Engine): FieldCondition | undefined {
  const as = (value: Scalar) => ({ field, lookup: 'exact', value }) as FieldCondition
  return nearestStored(wanted, engine.indexes.field(field), as, engine)
}

/** The lookups of values at a path, and what they are with one value. */
const OF_VALUES: { readonly [lookup: string]: string } = { exact: 'exact', in: 'exact', contains: 'contains' }

function suggestMetadata(
  condition: Extract<FieldCondition, { readonly path: MetadataPath }>,
  engine: Engine,
): FieldCondition | undefined {
  const { path, value, lookup } = condition
  const exists: FieldCondition = { field: 'metadata', path, lookup: 'exists', value: true }
  if (count({ where: [exists] }, engine) === 0) {
    const near = nearestPath(path, engine)
    return near && ({ ...condition, path: near } as FieldCondition)
  }
  const single = OF_VALUES[lookup]
  if (single === undefined) return undefined
  const index = lookup === 'contains' ? engine.indexes.items(path) : engine.indexes.scalars(path)
  const as = (value: Scalar) => ({ field: 'metadata', path, lookup: single, value }) as FieldCondition
  return nearestStored([value].flat()[0] as Scalar | undefined, index, as, engine)
}

/** So many values are tried that no row has any more. */
const MOST_TRIED = 8

/** The condition on the value of an index that is nearest and that a row has. */
function nearestStored(
  wanted: Scalar | undefined,
  index: TermIndex,
  as: (value: Scalar) => FieldCondition,
  engine: Engine,
): FieldCondition | undefined {
  if (wanted === undefined) return undefined
  run({ where: [] }, engine, () => engine.build(index))
  let values = index.dictionary.values.filter((value): value is Scalar => typeof value !== 'symbol')
  for (let tried = 0; tried < MOST_TRIED; tried++) {
    const near = nearestValue(wanted, values)
    if (near === undefined) return undefined
    if (count({ where: [as(near)] }, engine) > 0) return as(near)
    values = values.filter((value) => value !== near)
  }
  return undefined
}

/** The path in use that is nearest, or that ends in the same key. Reads all documents. */
function nearestPath(path: MetadataPath, engine: Engine): MetadataPath | undefined {
  const paths = new Map<string, MetadataPath>()
  for (const each of pathsOf(engine)) paths.set(String(pathText(each)), each)
  const near = nearest(String(pathText(path)), paths.keys())
  return near !== undefined ? paths.get(near) : [...paths.values()].find((each) => each.at(-1) === path.at(-1))
}

/** The keys that are in use, and those within them. */
type Keys = Map<string, Keys>

function pathsOf({ documents }: Engine): MetadataPath[] {
  const keys: Keys = new Map()
  for (const number of documents.numbers()) {
    const row = documents.read(number)
    if (row.is_deleted !== true) collect(row.metadata, keys)
  }
  return flatten(keys, [])
}

function collect(value: unknown, keys: Keys): void {
  if (!isPlain(value)) return
  for (const key of Object.keys(value)) {
    const inner: Keys = keys.get(key) ?? new Map()
    keys.set(key, inner)
    collect(value[key], inner)
  }
}

function flatten(keys: Keys, path: MetadataPath): MetadataPath[] {
  return Array.from(keys).flatMap(([key, inner]) => [[...path, key], ...flatten(inner, [...path, key])])
}
