/** The orders of the list. */
import type { OrderTerm } from 'conversation-store'

type Field = Exclude<OrderTerm, `-${string}`>

interface Order {
  readonly label: string
  /** What the two directions are called: ascending and descending. */
  readonly ways: readonly [up: string, down: string]
  /** The direction that it begins with. */
  readonly isDown: boolean
}

const TIMES = { ways: ['oldest first', 'newest first'], isDown: true } as const
const NUMBERS = { ways: ['fewest first', 'most first'], isDown: true } as const
const WORDS = { ways: ['A to Z', 'Z to A'], isDown: false } as const

export const ORDERS: Readonly<Record<Field, Order>> = {
  started_at: { label: 'Started', ...TIMES },
  ended_at: { label: 'Ended', ...TIMES },
  id: { label: 'Id', ways: ['lowest first', 'highest first'], isDown: true },
  customer_id: { label: 'Customer', ...WORDS },
  language: { label: 'Language', ...WORDS },
  is_marked: { label: 'Mark', ways: ['unmarked first', 'marked first'], isDown: true },
  is_used: { label: 'Used', ways: ['unused first', 'used first'], isDown: true },
  message_count: { label: 'Turns', ...NUMBERS },
  action_count: { label: 'Actions', ...NUMBERS },
  feedback_count: { label: 'Feedbacks', ...NUMBERS },
  attachment_count: { label: 'Files', ...NUMBERS },
  duration: { label: 'Duration', ways: ['shortest first', 'longest first'], isDown: true },
}

/** A field and its direction, of the first term of an order. */
export function orderOf(terms: readonly OrderTerm[]): { readonly field: Field; readonly isDown: boolean } {
  const [term = '-started_at'] = terms
  const isDown = term.startsWith('-')
  return { field: (isDown ? term.slice(1) : term) as Field, isDown }
}

/** The term that asks for it. */
export function termOf(field: Field, isDown: boolean): OrderTerm {
  return isDown ? `-${field}` : field
}
