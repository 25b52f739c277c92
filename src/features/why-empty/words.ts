/** Conditions as the calls of the builder that ask for them. */
import { show } from '../../base/errors.ts'
import { FILTERS, type Filter, pairOf } from '../../query/filters.ts'
import { writePath } from '../../query/metadata-path.ts'
import type { Condition, Group, MetadataPath } from '../../query/spec.ts'

/** How a value is written in a call. */
export type Write = (value: unknown) => string

/** The methods of the builder by what they ask for, and those that take several values. */
const METHODS: ReadonlyMap<string, string> = new Map([
  ...Object.entries<Filter>(FILTERS).map(([method, { field, lookup }]) => [pairOf(field, lookup), method] as const),
  ...Object.entries<Filter>(FILTERS).flatMap(([method, { field, takesSeveral }]) =>
    takesSeveral ? [[pairOf(field, 'in'), method] as const] : [],
  ),
  ['action__matches', 'action'],
  ['metadata__exact', 'metadata'],
])

/** What has no method of its own is a part of what these take. */
const PARTS: { readonly [field: string]: readonly [method: string, part: string] } = {
  message_sender: ['message', 'sender'],
  action_failed: ['action', 'failed'],
}

/** A condition as it is asked for: `device("mobile")`. Values are written to be read, long ones cut, unless `write` is given. */
export function callOf(condition: Condition, write: Write = show): string {
  if ('or' in condition) return `or(${condition.or.map((group) => branchOf(group, write)).join(', ')})`
  if ('not' in condition) return `not(${branchOf(condition.not, write)})`
  const { field, lookup, value } = condition
  const part = PARTS[field]
  if (part !== undefined) return `${part[0]}({ ${part[1]}: ${write(value)} })`
  const path = 'path' in condition ? condition.path : undefined
  const method = METHODS.get(pairOf(field, lookup))
  const values = lookup === 'in' && (value as readonly unknown[]).length > 0 ? (value as readonly unknown[]) : [value]
  const shown = values.map((each) => write(each)).join(', ')
  if (method === undefined || values.some((each) => isReadOtherwise(each, method)))
    return `where(${path === undefined ? write(field) : fieldAt(path, write)}, ${write(lookup)}, ${write(value)})`
  return path === undefined ? `${method}(${shown})` : `${method}(${write(pathText(path))}, ${shown})`
}

/** Whether a method makes another string of one: `environment('prod')` asks for `production`, where `prod` may be stored. */
function isReadOtherwise(value: unknown, method: string): boolean {
  const filter: Filter | undefined = (FILTERS as Readonly<Record<string, Filter>>)[method]
  return typeof value === 'string' && filter !== undefined && filter.value.fromCode(value) !== value
}

/** Conditions that all must hold, as a chain of calls. */
export function callsOf(group: Group, write: Write = show): string {
  return group.map((condition) => callOf(condition, write)).join('.')
}

function branchOf(group: Group, write: Write): string {
  return `(q) => q.${callsOf(group, write)}`
}

/** A metadata path as it is written. */
export function pathText(path: MetadataPath): string | MetadataPath {
  return writePath(path) ?? path
}

function fieldAt(path: MetadataPath, write: Write): string {
  const text = pathText(path)
  return write(typeof text === 'string' ? `metadata.${text}` : ['metadata', ...text])
}
