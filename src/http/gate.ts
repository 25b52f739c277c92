/** The parameter `include_tickets`, which narrows a list to what has a ticket. */
import { badField } from './answer.ts'

/** The parameter. */
export const GATE = 'include_tickets'

const SPELLINGS = new Map([
  ...['1', 'true', 'yes', 'on'].map((text) => [text, true] as const),
  ...['0', 'false', 'no', 'off'].map((text) => [text, false] as const),
])

/** Whether tickets are asked for. Throws the 400 of any other spelling, the empty one too: ignoring it would widen the answer. */
export function readGate(query: URLSearchParams): boolean {
  const given = query.getAll(GATE).at(-1)
  if (given === undefined) return false
  const isOpen = SPELLINGS.get(given.trim().toLowerCase())
  if (isOpen === undefined) throw badField(GATE, `Must be one of: ${[...SPELLINGS.keys()].join(', ')}.`)
  return isOpen
}
