/** The hash of the page: the parts that are switched off, and the view. Whatever is as at the beginning is left out. */
import type { HistogramUnit } from 'conversation-store'
import { Query } from 'conversation-store/core'
import type { Asked, Part, View } from '../contract.ts'
import { conditionOf } from '../parts.ts'
import { askedOf, readable } from './search.ts'

/** What is looked at in the beginning. */
export const FIRST_VIEW: View = { open: null, message: null, every: null, pane: 'list', numbers: null }

const UNITS: readonly HistogramUnit[] = ['hour', 'day', 'week', 'month']
const PANES: readonly View['pane'][] = ['facets', 'list', 'conversation']

/** A part that is off, and its place among all parts. */
const OFF = /^(\d{1,4})~(.*)$/s

/** The hash, without `#`: `open=order-17&message=3&every=week&off=1~device=mobile`. */
export function writeHash({ parts }: Asked, view: View): string {
  const said: [string, string | null | undefined | false][] = [
    ['open', view.open],
    ['message', view.message === null ? null : String(view.message)],
    ['every', view.every !== FIRST_VIEW.every && view.every],
    ['pane', view.pane !== FIRST_VIEW.pane && view.pane],
    ['numbers', view.numbers?.measure],
    ['of', view.numbers?.of],
    ['by', view.numbers?.by],
    ...parts.flatMap((part, at): [string, string][] => (part.isOff ? [['off', `${at}~${searchOf(part)}`]] : [])),
  ]
  const given = said.filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return readable(String(new URLSearchParams(given)))
}

/** The view of a hash. What it does not say, or what there is not, is as at the beginning. */
export function readView(hash: string): View {
  const said = new URLSearchParams(hash.replace(/^#/, ''))
  const measure = said.get('numbers')
  const message = said.get('message') ?? ''
  return {
    open: said.get('open') || null,
    message: /^\d{1,9}$/.test(message) ? Number(message) : null,
    every: UNITS.find((unit) => unit === said.get('every')) ?? FIRST_VIEW.every,
    pane: PANES.find((pane) => pane === said.get('pane')) ?? FIRST_VIEW.pane,
    numbers: measure ? { measure, of: said.get('of'), by: said.get('by') } : null,
  }
}

/** What is asked, with the parts that a hash says are off in their places. One that cannot be read is left out: it asks for nothing. */
export function withOff(asked: Asked, hash: string): Asked {
  const parts = [...asked.parts]
  for (const text of new URLSearchParams(hash.replace(/^#/, '')).getAll('off')) {
    const [, at = '', search = ''] = OFF.exec(text) ?? []
    const part = partIn(search)
    if (part !== undefined) parts.splice(Number(at), 0, { ...part, isOff: true })
  }
  return parts.length === asked.parts.length ? asked : { ...asked, parts }
}

function searchOf(part: Part): string {
  return readable(String(Query.fromSpec({ where: [conditionOf(part)] }).toSearchParams()))
}

function partIn(search: string): Part | undefined {
  try {
    const { search: words, parts } = askedOf(Query.fromSearchParams(search).spec)
    // Words that are off are a pill.
    if (parts.length === 0 && words !== '')
      return { condition: { field: 'search', lookup: 'icontains', value: words }, isNegated: false, isOff: true }
    return parts.length === 1 ? parts[0] : undefined
  } catch {
    return undefined
  }
}
