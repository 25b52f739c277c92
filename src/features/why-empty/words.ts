/** Conditions as the calls of the builder that ask for them. */
import { show } from '../../base/errors.ts'
import { FILTERS, type Filter, pairOf } from '../../query/filters.ts'
import { writePath } from '../../query/metadata-path.ts'
import type { Condition, Group, MetadataPath } from '../../query/spec.ts'

/** The methods of the builder by what they ask for. */
const METHODS: ReadonlyMap<string, string> = new Map([
  ...Object.entries<Filter>(FILTERS).map(([method, { field, lookup }]) => [pairOf(field, lookup), method] as const),
  ['action__matches', 'action'],
  ['metadata__exact', 'metadata'],
])

/** What has no method of its own is a part of what these take. */
const PARTS: { readonly [field: string]: readonly [method: string, part: string] } = {
  message_sender: ['message', 'sender'],
  action_failed: ['action', 'failed'],
}

/** A condition as it is asked for: `device("mobile")`. */
export function callOf(condition: Condition): string {
  if ('or' in condition) return `or(${condition.or.map(branchOf).join(', ')})`
  if ('not' in condition) return `not(${branchOf(condition.not)})`
  const { field, lookup, value } = condition
  const part = PARTS[field]
  if (part !== undefined) return `${part[0]}({ ${part[1]}: ${show(value)} })`
  const path = 'path' in condition ? condition.path : undefined
  const method = METHODS.get(pairOf(field, lookup === 'in' ? 'exact' : lookup))
  const values = lookup === 'in' && (value as readonly unknown[]).length > 0 ? (value as readonly unknown[]) : [value]
  const shown = values.map((each) => show(each)).join(', ')
  // Several values at a path are a lookup of its own.
  if (method === undefined || (path !== undefined && lookup === 'in'))
    return `where(${path === undefined ? show(field) : fieldAt(path)}, ${show(lookup)}, ${show(value)})`
  return path === undefined ? `${method}(${shown})` : `${method}(${show(pathText(path))}, ${shown})`
}

/** Conditions that all must hold, as a chain of calls. */
export function callsOf(group: Group): string {
  return group.map(callOf).join('.')
}

function branchOf(group: Group): string {
  return `(q) => q.${callsOf(group)}`
}

/** A metadata path as it is written. */
export function pathText(path: MetadataPath): string | MetadataPath {
  return writePath(path) ?? path
}

function fieldAt(path: MetadataPath): string {
  const text = pathText(path)
  return show(typeof text === 'string' ? `metadata.${text}` : ['metadata', ...text])
}
