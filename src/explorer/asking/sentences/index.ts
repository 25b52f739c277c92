/** What is asked, in sentences. */
import type { Condition, Group } from 'conversation-store/core'
import type { Paging, Part, Pill } from '../contract.ts'
import type { Sentence } from './say.ts'
import { sentenceOf } from './sentence.ts'
import type { Viewer } from './values.ts'
import { visible } from './visible.ts'

export type { Sentence } from './say.ts'
export { sentenceOf } from './sentence.ts'
export { shownInstant, shownScalar, type Viewer } from './values.ts'
export { visible } from './visible.ts'

/** A part in words. */
export interface PartInWords {
  /** `none of` before alternatives that are negated together, else empty. */
  readonly lead: '' | 'none of'
  /** One sentence for a pill, several with "or" between them for alternatives. */
  readonly alternatives: readonly Sentence[]
  /** All of it, for a label: `device is mobile or tablet`. At most 300 characters. */
  readonly text: string
}

const MOST_CHARACTERS = 300

/** A part in words. What pills cannot say is one sentence whose object is all of it. O(characters shown). */
export function partInWords(part: Part, viewer: Viewer = {}): PartInWords {
  const { lead, alternatives } = saidOf(part, viewer)
  const all = alternatives.map(textOf).join(' or ')
  return { lead, alternatives, text: visible(lead === '' ? all : `${lead}: ${all}`, MOST_CHARACTERS) }
}

/** A sentence as one string. */
export function textOf({ subject, verb, object }: Sentence): string {
  return [subject, verb, object].filter((word) => word !== '').join(' ')
}

/** Conditions that all hold, as one string of at most 300 characters. O(conditions). */
export function groupInWords(group: Group, viewer: Viewer = {}): string {
  return visible(saidGroup(group, viewer), MOST_CHARACTERS)
}

/** The page that a URL asks for: `page 2, 20 rows a page`. */
export function pagingInWords({ page, after, pageSize, lean }: Paging): string {
  const said = [
    page !== undefined && (page === 'last' ? 'the last page' : `page ${page}`),
    after !== undefined && 'the page after a cursor',
    pageSize !== undefined && `${pageSize} rows a page`,
    lean === true && 'rows without messages',
  ]
  return said.filter((each) => each !== false).join(', ')
}

function saidOf(part: Part, viewer: Viewer): Omit<PartInWords, 'text'> {
  const { isNegated } = part
  if ('condition' in part) return { lead: '', alternatives: [sentenceOf(part.condition, isNegated, viewer)] }
  if ('any' in part) return { lead: isNegated ? 'none of' : '', alternatives: merged(part.any, viewer) }
  const whole = saidCondition(part.clause, viewer)
  const object = visible(isNegated ? `not (${whole})` : whole, MOST_CHARACTERS)
  return { lead: '', alternatives: [{ subject: '', verb: '', object }] }
}

/** Alternatives that differ in their object alone are one sentence: `feedback is negative or neutral`. */
function merged(any: readonly Pill[], viewer: Viewer): readonly Sentence[] {
  const found: Sentence[] = []
  for (const { condition, isNegated } of any) {
    const said = sentenceOf(condition, isNegated, viewer)
    const last = found.at(-1)
    const isSame = !isNegated && said.object !== '' && last?.subject === said.subject && last.verb === said.verb
    if (isSame) found[found.length - 1] = { ...said, object: `${last.object} or ${said.object}` }
    else found.push(said)
  }
  return found
}

function saidCondition(condition: Condition, viewer: Viewer): string {
  if ('or' in condition) return condition.or.map((group) => within(group, viewer)).join(' or ')
  if ('field' in condition) return textOf(sentenceOf(condition, false, viewer))
  const [only] = condition.not
  if (condition.not.length === 1 && 'field' in only!) return textOf(sentenceOf(only, true, viewer))
  return `not (${saidGroup(condition.not, viewer)})`
}

function saidGroup(group: Group, viewer: Viewer): string {
  return group
    .map((each) =>
      'or' in each && group.length > 1 ? `(${saidCondition(each, viewer)})` : saidCondition(each, viewer),
    )
    .join(' and ')
}

/** A branch of an "or", in parentheses where it is more than a sentence. */
function within(group: Group, viewer: Viewer): string {
  const text = saidGroup(group, viewer)
  return group.length > 1 || 'or' in group[0]! ? `(${text})` : text
}
