/** What a combobox offers: fields, then operators, then values. Picking an option leads to a draft, or changes what is asked. */
import type { FacetValue, Scalar } from 'conversation-store'
import { setIncludeDeleted, setSearch } from '../changes/index.ts'
import type { Asked } from '../contract.ts'
import { canonical } from '../parts.ts'
import { sentenceOf, shownInstant, shownScalar, textOf, visible } from '../sentences/index.ts'
import { commit, type Draft, type Ready, valuesOf } from './draft.ts'
import { type FieldChoice, findFields } from './fields.ts'
import { conditionFor, OPERATORS, type Operator } from './operators.ts'
import { timePresets, typedNumber, typedScalar, typedTime } from './typed.ts'

/** One option. Picking it gives `draft`, or else `change`. */
export interface Option {
  readonly key: string
  readonly label: string
  /** Rows that have the value. */
  readonly count?: number
  /** Said quietly beside the label. */
  readonly hint?: string
  readonly isSelected?: boolean
  readonly draft?: Draft
  readonly change?: (asked: Asked) => Asked
  /** Whether the list stays, for more values to be picked. */
  readonly staysOpen?: boolean
}

/** Options that are offered at once. */
const MOST = 60

/** The word that the caret is in, for which fields are found: the last one. */
export function lastWord(text: string): string {
  return /\S*$/.exec(text)![0]
}

/** The fields that the last word finds, and the same question with deleted conversations. Picking one takes the word out of the free text. */
export function fieldOptions(
  text: string,
  fields: readonly FieldChoice[],
  { includeDeleted }: Asked,
): readonly Option[] {
  const word = lastWord(text)
  const found = findFields(word, fields)
    .slice(0, MOST)
    .map((field) => ({ key: field.field, label: visible(field.label), draft: { field, at: null } }))
  const deleted = { key: 'deleted', label: includeDeleted ? 'Leave out deleted' : 'Include deleted' }
  const isDeletedFound = deleted.label
    .toLowerCase()
    .split(' ')
    .some((each) => each.startsWith(word.toLowerCase()))
  const change = (asked: Asked) => setIncludeDeleted(withoutLastWord(asked, word), !asked.includeDeleted)
  return [...found, ...(isDeletedFound ? [{ ...deleted, change }] : [])]
}

/** The free text without the word that found a field. */
export function withoutLastWord(asked: Asked, word: string): Asked {
  return word === '' ? asked : setSearch(asked, asked.search.slice(0, -word.length).trimEnd())
}

/** Values that contain the last word, as whole conditions. */
export function directOptions(
  text: string,
  found: readonly { readonly field: FieldChoice; readonly values: readonly FacetValue[] }[],
): readonly Option[] {
  const word = lastWord(text)
  return found.flatMap(({ field, values }) =>
    values.map(({ value, count }): Option => {
      const ready: Ready = { field, operator: OPERATORS[field.kind][0], at: null }
      const label = textOf(sentenceOf(canonical(conditionFor(ready.operator, field.field, value))))
      return {
        key: `${field.field}=${JSON.stringify(value)}`,
        ...{ label, count },
        change: (asked) => commit(withoutLastWord(asked, word), ready, value),
      }
    }),
  )
}

/** The operators of a field whose label contains the text. */
export function operatorOptions(draft: Draft, text: string): readonly Option[] {
  const wanted = text.trim().toLowerCase()
  const operators: readonly Operator[] = OPERATORS[draft.field.kind]
  return operators
    .filter(({ label }) => label.includes(wanted))
    .map((operator): Option => {
      const ready = { ...draft, operator }
      const option = { key: operator.label, label: operator.label }
      if (operator.takes !== 'nothing') return { ...option, draft: ready }
      return { ...option, change: (asked) => commit(asked, ready, null) }
    })
}

/** What the values of a draft are made of. */
export interface ValueSources {
  /** Values of the field with their counts, where the operator takes one. */
  readonly values: readonly FacetValue[]
  readonly asked: Asked
  readonly now: number
}

/** The values of an operator: those that are stored, times that are asked for often, and what is typed. */
export function valueOptions(draft: Ready, text: string, sources: ValueSources): readonly Option[] {
  const { takes } = draft.operator
  if (takes === 'value') return storedOptions(draft, text, sources)
  const typed = typedOption(draft, text)
  const times = takes === 'time' && text.trim() === '' ? timeOptions(draft, sources.now) : []
  return [...(typed === undefined ? [] : [typed]), ...times]
}

/** Why what is typed is no value of a draft; undefined where it is one, or nothing is typed. */
export function problemWith({ operator, field }: Ready, text: string): string | undefined {
  const typed = text.trim()
  if (typed === '') return undefined
  if (operator.takes === 'number' && typedNumber(typed) === undefined) {
    return isOfMetadata(field) ? undefined : `"${visible(typed, 20)}" is not a number. Type digits: 500`
  }
  if (operator.takes === 'time' && typedTime(typed) === undefined) return 'Type a day or a time: 2026-01-05 10:00'
  return undefined
}

/** What an empty field asks for. */
export function placeholderOf({ operator }: Ready): string {
  const { takes, unit } = operator
  if (takes === 'number') return unit === undefined ? 'a number' : `a number of ${unit}`
  return { value: 'a value', words: 'words', time: '2026-01-05 10:00', nothing: '' }[takes]
}

function storedOptions(draft: Ready, text: string, { values, asked }: ValueSources): readonly Option[] {
  const several = draft.at === null ? undefined : valuesOf(asked.parts[draft.at]!)
  const isSeveral = several !== undefined
  const stored = values
    // Rows without a value have operators of their own.
    .filter(({ value, missing }) => value !== null || (isOfMetadata(draft.field) && !missing))
    .slice(0, MOST)
    .map(({ value, count }): Option => {
      const option = optionOf(draft, value, JSON.stringify(value), shownScalar(value))
      return { ...option, count, ...(isSeveral && { isSelected: several.includes(value), staysOpen: true }) }
    })
  const typed = typedOption(draft, text)
  const isStored = typed !== undefined && stored.some(({ key }) => key === typed.key)
  return [...stored, ...(typed === undefined || isStored ? [] : [typed])]
}

/** What is typed as a value, if it can be one. */
function typedOption(draft: Ready, text: string): Option | undefined {
  const typed = text.trim()
  const value = typed === '' ? undefined : typedValue(draft, typed)
  if (value === undefined) return undefined
  const { takes, unit } = draft.operator
  const label = takes === 'time' ? shownInstant(String(value), {}) : [visible(typed), unit].filter(Boolean).join(' ')
  return { ...optionOf(draft, value, JSON.stringify(value), label), ...(takes === 'value' && { hint: 'as typed' }) }
}

function typedValue({ field, operator }: Ready, typed: string): Scalar | undefined {
  const { takes } = operator
  if (isOfMetadata(field) && takes === 'number') return typedNumber(typed) ?? typed
  if (takes === 'number') return typedNumber(typed)
  if (takes === 'time') return typedTime(typed)
  if (takes === 'value' && isOfMetadata(field)) return typedScalar(typed)
  return field.kind === 'choice' ? undefined : typed
}

/** Whether values of several types stand in a field. */
function isOfMetadata({ kind }: FieldChoice): boolean {
  return kind === 'metadata' || kind === 'list'
}

function timeOptions(draft: Ready, now: number): readonly Option[] {
  return timePresets(now).map(({ label, ms }) => {
    const at = new Date(ms).toISOString()
    return { ...optionOf(draft, at, label, label), hint: shownInstant(at, {}) }
  })
}

function optionOf(draft: Ready, value: Scalar, key: string, label: string): Option {
  return { key, label, change: (asked) => commit(asked, draft, value) }
}
