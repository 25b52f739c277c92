/** What the combobox offers, and what picking it asks. */
import { describe, expect, test } from 'vitest'
import { negate, setSearch, toggleValue } from '../../../src/explorer/asking/changes/index.ts'
import { commit, draftOf, type Ready } from '../../../src/explorer/asking/choices/draft.ts'
import { FIELDS, fieldChoice, findFields, metadataChoice } from '../../../src/explorer/asking/choices/fields.ts'
import { conditionFor, OPERATORS, type Operator } from '../../../src/explorer/asking/choices/operators.ts'
import {
  directOptions,
  fieldOptions,
  lastWord,
  operatorOptions,
  problemWith,
  valueOptions,
} from '../../../src/explorer/asking/choices/options.ts'
import { timePresets, typedNumber, typedScalar, typedTime } from '../../../src/explorer/asking/choices/typed.ts'
import type { Asked } from '../../../src/explorer/asking/contract.ts'
import { canonical, partOf } from '../../../src/explorer/asking/parts.ts'
import { NOTHING } from '../../../src/explorer/asking/query.ts'
import { partInWords } from '../../../src/explorer/asking/sentences/index.ts'

const words = ({ parts }: Asked) => parts.map((part) => partInWords(part).text)
const device = fieldChoice('device')!
const is = { field: device, operator: OPERATORS.text[0], at: null } satisfies Ready
const sources = (asked: Asked, values: readonly unknown[] = []) => ({ values: values as never, asked, now: 0 })
const value = (of: string | null, count: number) => ({ value: of, count, selected: false })

describe('fields', () => {
  test('are found by their names, then by other words', () => {
    const found = (word: string) => findFields(word, FIELDS).map(({ field }) => field)
    expect(found('dev')[0]).toBe('device')
    expect(found('sentiment')[0]).toBe('feedback_sentiment')
    expect(found('tool')).toEqual(['action_name', 'run', 'has_action'])
    expect(found('zzz')).toEqual([])
    expect(found('')).toHaveLength(FIELDS.length)
  })

  test('of the last word are offered, and picking one takes the word out of the free text', () => {
    const asked = setSearch(NOTHING, 'refund delet')
    expect(lastWord(asked.search)).toBe('delet')
    const [option, ...others] = fieldOptions(asked.search, FIELDS, asked)
    expect(others).toEqual([])
    expect(option!.change!(asked)).toEqual({ ...NOTHING, search: 'refund', includeDeleted: true })
  })

  test('metadata paths are fields, those of lists with operators of their own', () => {
    expect(fieldChoice('metadata."a.b".c')).toEqual(metadataChoice('"a.b".c'))
    const [includes] = operatorOptions({ field: metadataChoice('tags', true), at: null }, '')
    expect(includes!.label).toBe('includes')
  })

  test('every operator of every field makes a condition that the library takes', () => {
    const values = { value: 'positive', words: 'x', number: 3, time: '2026-01-05T00:00:00Z', nothing: null }
    const all = [...FIELDS, metadataChoice('plan'), metadataChoice('tags', true)].flatMap((field) =>
      OPERATORS[field.kind].map((operator: Operator) => ({ field, operator })),
    )
    expect(all.length).toBeGreaterThan(100)
    for (const { field, operator } of all) {
      const given =
        field.field === 'feedback_source'
          ? 'customer'
          : field.field === 'message_sender'
            ? 'agent'
            : values[operator.takes]
      expect(() => canonical(conditionFor(operator, field.field, given))).not.toThrow()
    }
  })
})

describe('a value', () => {
  test('of a field that has one a row joins the pill that there is', () => {
    const mobile = commit(NOTHING, is, 'mobile')
    expect(words(commit(mobile, is, 'tablet'))).toEqual(['device is mobile or tablet'])
    expect(commit(mobile, is, 'mobile')).toBe(mobile)
    const not = { ...is, operator: OPERATORS.text[1] }
    expect(words(commit(mobile, not, 'tablet'))).toEqual(['device is mobile', 'device is not tablet'])
  })

  test('of a field that has several a row is a pill of its own', () => {
    const called = { field: fieldChoice('action_name')!, operator: OPERATORS.action[0], at: null }
    expect(words(commit(commit(NOTHING, called, 'a'), called, 'b'))).toEqual([
      'the agent called a',
      'the agent called b',
    ])
  })

  test('is offered with its count, and what is typed after those that are stored', () => {
    const options = valueOptions(is, 'mob', sources(NOTHING, [value('mobile', 7), value(null, 2)]))
    expect(options.map(({ label, count, hint }) => [label, count, hint])).toEqual([
      ['mobile', 7, undefined],
      ['mob', undefined, 'as typed'],
    ])
    expect(words(options[1]!.change!(NOTHING))).toEqual(['device is mob'])
    expect(valueOptions(is, 'mobile', sources(NOTHING, [value('mobile', 7)]))).toHaveLength(1)
  })

  test('that a word finds is a whole condition', () => {
    const [option] = directOptions('refund mob', [{ field: device, values: [value('mobile', 7)] }])
    expect(option).toMatchObject({ label: 'device is mobile', count: 7 })
    const asked = option!.change!(setSearch(NOTHING, 'refund mob'))
    expect([words(asked), asked.search]).toEqual([['device is mobile'], 'refund'])
  })

  test('that is typed must be one', () => {
    const longer = { field: fieldChoice('run')!, operator: OPERATORS.run[1], at: null }
    expect(problemWith(longer, 'long')).toBe('"long" is not a number. Type digits: 500')
    expect(valueOptions(longer, 'long', sources(NOTHING))).toEqual([])
    expect(problemWith(longer, ' ')).toBeUndefined()
    const [option] = valueOptions(longer, '1,500', sources(NOTHING))
    expect(option!.label).toBe('1,500 ms')
    expect(words(option!.change!(NOTHING))).toEqual(['an action took longer than 1,500 ms'])
    const from = { field: fieldChoice('started_at')!, operator: OPERATORS.start[0], at: null }
    expect(problemWith(from, 'last week')).toMatch(/2026-01-05 10:00/)
    expect(valueOptions(from, '', sources(NOTHING)).map(({ label }) => label)).toContain('7 days ago')
  })
})

describe('a draft', () => {
  const edited = (asked: Asked, given: string | number) => {
    const draft = draftOf(asked, 0) as Ready
    return words(commit(asked, draft, given))
  }
  const asking = (condition: object): Asked => ({ ...NOTHING, parts: [partOf(canonical(condition as never))] })

  test.each<[object, string | undefined, string | number, string]>([
    [{ field: 'name', lookup: 'icontains', value: 'a' }, 'a', 'b', 'name contains b'],
    [{ field: 'name', lookup: 'iexact', value: 'a' }, 'a', 'b', 'name is, in any case, b'],
    [{ field: 'device', lookup: 'exact', value: 'a' }, undefined, 'b', 'device is b'],
    [{ field: 'message', lookup: 'icontains', value: 'a' }, 'a', 'b', 'someone said b'],
    [{ field: 'message', lookup: 'matches', value: { sender: 'agent', contains: 'a' } }, 'a', 'b', 'the agent said b'],
    [
      { field: 'action', lookup: 'matches', value: { name: ['x'], longerThan: 500 } },
      ...(['500', 600, 'x took longer than 600 ms'] as const),
    ],
    [{ field: 'message_count', lookup: 'gte', value: 3 }, '3', 4, 'message count is at least 4'],
    [{ field: 'metadata', path: ['n'], lookup: 'gt', value: 3 }, '3', 4, 'metadata n is over 4'],
    [{ field: 'metadata', path: ['n'], lookup: 'contains', value: 3 }, undefined, 'x', 'metadata n includes x'],
  ])('of %j begins at its value', (condition, text, given, said) => {
    const asked = asking(condition)
    expect(draftOf(asked, 0)!.text).toBe(text)
    expect(edited(asked, given)).toEqual([said])
    expect(draftOf(negate(asked, 0), 0)!.operator!.isNegated).toBe(true)
    expect(edited(negate(asked, 0), given)).not.toEqual([said])
  })

  test('of what has no value to give begins at its operator', () => {
    expect(draftOf(asking({ field: 'is_marked', lookup: 'exact', value: true }), 0)).toEqual({
      field: fieldChoice('is_marked'),
      at: 0,
    })
    expect(draftOf(asking({ field: 'device', lookup: 'isnull', value: true }), 0)!.operator).toBeUndefined()
    const device = { field: 'device', lookup: 'exact', value: 'a' }
    expect(draftOf(asking({ or: [[device], [{ not: [device] }]] }), 0)).toBeUndefined()
    expect(draftOf(NOTHING, 0)).toBeUndefined()
  })

  test('of several values takes them in and out, and the list stays', () => {
    const asked = toggleValue(toggleValue(NOTHING, 'device', 'mobile'), 'device', 'tablet')
    const draft = draftOf(asked, 0) as Ready
    const options = valueOptions(draft, '', sources(asked, [value('mobile', 1), value('tv', 2)]))
    expect(options.map(({ isSelected, staysOpen }) => [isSelected, staysOpen])).toEqual([
      [true, true],
      [false, true],
    ])
    expect(words(options[1]!.change!(asked))).toEqual(['device is mobile, tablet or tv'])
    expect(words(options[0]!.change!(asked))).toEqual(['device is tablet'])
  })
})

describe('what is typed', () => {
  test('as a number', () => {
    expect(['1,500', ' 1.5 ', '-3', '1e3', '', 'x', '1,5'].map(typedNumber)).toEqual([
      ...[1500, 1.5, -3, undefined, undefined, undefined, undefined],
    ])
  })

  test('as a value of any type', () => {
    expect(['true', 'null', '1.5', '"1.5"', ' pro ', '01'].map(typedScalar)).toEqual([true, null, 1.5, '1.5', 'pro', 1])
  })

  test('as a time, in the zone of the machine unless it has its own', () => {
    const local = (text: string) => new Date(text).toISOString()
    expect(typedTime('2026-01-05')).toBe(local('2026-01-05T00:00'))
    expect(typedTime('2026-1-5 9:30')).toBe(local('2026-01-05T09:30'))
    expect(typedTime('2026-01-05T09:30:15')).toBe(local('2026-01-05T09:30:15'))
    expect(typedTime('2026-01-05 09:30+02:00')).toBe('2026-01-05T07:30:00.000Z')
    for (const wrong of ['2026-02-30', '2026-01-05 24:00', '2026-01-05 10:60', 'today', '2026-01', '05.01.2026'])
      expect(typedTime(wrong)).toBeUndefined()
  })

  test('times that are asked for often are in the past, to the minute', () => {
    const now = Date.UTC(2026, 0, 5, 10, 30, 15, 500)
    const presets = timePresets(now)
    expect(presets.map(({ ms }) => ms < now && ms % 60_000 === 0)).not.toContain(false)
  })
})
