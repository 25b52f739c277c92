/** Sentences about what was done. */
import type {
  ActionMatchCondition,
  FailedCondition,
  IsNullCondition,
  TextCondition,
  TextInCondition,
} from 'conversation-store/core'
import type { Say, Sentence } from './say.ts'
import { listed, shownNumber, shownText } from './values.ts'

type ActionMatch = ActionMatchCondition['value']

/** How the lookups of an action's name are said, after `the agent`. */
const VERBS: { readonly [lookup: string]: string } = {
  exact: 'called',
  iexact: 'called, in any case,',
  icontains: 'called an action like',
  contains: 'called an action exactly like',
  istartswith: 'called an action starting with',
  startswith: 'called an action starting exactly with',
}

/** Says which action was called. */
export const called: Say<TextCondition | TextInCondition | IsNullCondition> = ({ lookup, value }, isNegated) => {
  const subject = 'the agent'
  if (lookup === 'isnull') return { subject, verb: 'called', object: value === isNegated ? 'an action' : 'no action' }
  if (lookup === 'in') {
    const verb = isNegated ? 'called none of' : 'called'
    return { subject, verb, object: listed(value.map(shownText), isNegated ? ',' : 'or') }
  }
  return { subject, verb: `${isNegated ? 'never ' : ''}${VERBS[lookup]}`, object: shownText(value) }
}

/** The parts of a run that are said, in this order: verb and object of each. */
const PARTS: { readonly [Part in Exclude<keyof ActionMatch, 'name'>]-?: (value: never) => readonly [string, string] } =
  {
    failed: (failed: boolean) => [failed ? 'failed' : 'worked', ''],
    longerThan: (ms: number) => ['took longer than', `${shownNumber(ms)} ms`],
    shorterThan: (ms: number) => ['took less than', `${shownNumber(ms)} ms`],
    input: (text: string) => ['its input has', shownText(text)],
    output: (text: string) => ['its output has', shownText(text)],
    error: (text: string) => ['its error has', shownText(text)],
  }

/** Says what one run has: `lookup_order` `took longer than` `500 ms and its input has order-17`. */
export const action: Say<ActionMatchCondition> = ({ value }, isNegated) => {
  const { name } = value
  const said = Object.entries(PARTS).flatMap(([part, say]) => {
    const given = value[part as keyof ActionMatch]
    return given === undefined ? [] : [say(given as never)]
  })
  const names = name === undefined ? undefined : listed(name.map(shownText), 'or')
  const subject =
    names === undefined ? (isNegated ? 'no action' : 'an action') : isNegated ? `no run of ${names}` : names
  const [first, ...others] = said
  if (first === undefined) return { subject, verb: 'ran', object: '' }
  const [verb, object] = first
  const isOwn = verb.startsWith('its ')
  const rest = others.map((each) => each.join(' ').trim())
  return {
    subject: isOwn ? `${subject} ran and` : subject,
    verb,
    object: [object, ...rest].filter((each) => each !== '').join(' and '),
  } satisfies Sentence
}

/** Says that some action failed. */
export const actionFailed: Say<FailedCondition> = ({ value }, isNegated) => ({
  subject: isNegated ? 'no action' : 'an action',
  verb: value ? 'failed' : 'worked',
  object: '',
})
