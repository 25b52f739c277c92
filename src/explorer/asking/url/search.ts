/** The query string of the page: the library's own parameters, which the HTTP API takes as they are. */
import type { Condition, Fault, QuerySpec } from 'conversation-store/core'
import { InvalidPageError, InvalidQueryError, Query } from 'conversation-store/core'
import type { Asked, Paging } from '../contract.ts'
import { conditionOf, partOf } from '../parts.ts'
import { NOTHING, queryOf } from '../query.ts'
import { inOrderOf, inOrderOfParams } from './places.ts'

type Param = [name: string, value: string]

/** The page's own parameters, which ask nothing: where conversations come from. */
const OF_PAGE: ReadonlySet<string> = new Set(['src'])

/** What a query string asks, and what is wrong with it. */
export interface ReadSearch {
  /** What the sound parameters ask. Where there are faults it is asked only once a person says so. */
  readonly asked: Asked
  readonly faults: readonly Fault[]
}

/** The query string of what is asked, without `?`; its parameters in the order of the pills. Parts that are off are left out. */
export function writeSearch(asked: Asked): string {
  const query = queryOf(asked)
  const params = [...query.toSearchParams()]
  const text = String(new URLSearchParams(inOrderOf(params, conditionsOf(asked))))
  return readable(text)
}

/** The same with the page's own parameters of another query string before it. */
export function withOwnParams(search: string, before: string): string {
  const own = paramsIn(before).filter(([name]) => OF_PAGE.has(name))
  const first = readable(String(new URLSearchParams(own)))
  return [first, search].filter((part) => part !== '').join('&')
}

/** What a query string asks, strictly: an unknown parameter and an invalid value are faults, in the library's words. */
export function readSearch(search: string): ReadSearch {
  let params = paramsIn(search).filter(([name]) => !OF_PAGE.has(name))
  const faults: Fault[] = []
  for (;;) {
    try {
      return { asked: askedOf(Query.fromSearchParams(params).spec, params), faults }
    } catch (error) {
      if (!(error instanceof InvalidQueryError || error instanceof InvalidPageError)) throw error
      faults.push(...error.faults)
      const wrong = new Set(error.faults.map(({ parameter }) => parameter))
      const left = params.filter(([name]) => !isOneOf(name, wrong))
      // What cannot be laid at the door of one parameter leaves nothing to ask.
      params = left.length < params.length ? left : []
    }
  }
}

/** What a spec asks, its conditions in the order in which parameters say them. */
export function askedOf(spec: QuerySpec, params: readonly Param[] = [...Query.fromSpec(spec).toSearchParams()]): Asked {
  const { where, orderBy = NOTHING.orderBy, includeDeleted = false, ...paging } = spec
  const isWords = (condition: Condition) =>
    'field' in condition && condition.field === 'search' && condition.value.trim() === condition.value
  const words = where.find(isWords)
  const others = inOrderOfParams(where, params).filter((condition) => condition !== words)
  return {
    parts: others.map(partOf),
    search: words !== undefined && 'field' in words ? String(words.value) : '',
    orderBy,
    includeDeleted,
    ...(Object.keys(paging).length > 0 && { paging: paging satisfies Paging }),
  }
}

/** The conditions of the parts that are on, in their order. */
function conditionsOf({ parts }: Asked): Condition[] {
  return parts.filter(({ isOff }) => !isOff).map(conditionOf)
}

function paramsIn(search: string): Param[] {
  return [...new URLSearchParams(search)]
}

/** Whether a parameter is among those that are wrong. A fault of a pair of parameters names one of them. */
function isOneOf(name: string, wrong: ReadonlySet<string>): boolean {
  if (wrong.has(name)) return true
  const isPage = name === 'page' || name === 'cursor'
  const isPair = name === 'metadata_key' || name === 'metadata_value'
  return (
    (isPage && (wrong.has('page') || wrong.has('cursor'))) ||
    (isPair && (wrong.has('metadata_key') || wrong.has('metadata_value')))
  )
}

/** Characters that a query string may hold as they are, so that a person can read it. */
const PLAIN: readonly (readonly [escaped: string, plain: string])[] = [
  ['%2C', ','],
  ['%3A', ':'],
  ['%2F', '/'],
  ['%40', '@'],
]

/** Keeps only what must be escaped escaped. */
export function readable(text: string): string {
  return PLAIN.reduce((soFar, [escaped, plain]) => soFar.replaceAll(escaped, plain), text)
}
