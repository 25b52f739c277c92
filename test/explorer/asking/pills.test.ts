/** Changes of single parts: what they do to the rows that match, and to the other parts. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addCondition,
  canJoin,
  canTakeApart,
  clearAll,
  edit,
  isEverything,
  joinWithNext,
  move,
  negate,
  remove,
  setOrder,
  setSearch,
  switchOff,
  takeApart,
  toggleOrder,
  toggleValue,
} from '../../../src/explorer/asking/changes/index.ts'
import type { Asked, Part } from '../../../src/explorer/asking/contract.ts'
import { conditionOf } from '../../../src/explorer/asking/parts.ts'
import { NOTHING, queryOf } from '../../../src/explorer/asking/query.ts'
import { partInWords } from '../../../src/explorer/asking/sentences/index.ts'
import { askedOf } from '../../../src/explorer/asking/url/index.ts'
import { ConversationStore, type QuerySpec } from '../../../src/index.ts'
import { conversations, querySpec } from '../../../src/testing/arbitraries/index.ts'

const runs = { numRuns: Number(process.env.FC_RUNS ?? 100) }
const words = ({ parts }: Asked) => parts.map((part) => partInWords(part).text)
const two = toggleValue(toggleValue(NOTHING, 'device', 'mobile'), 'language', 'de')
const marked = { field: 'is_marked', lookup: 'exact', value: true } as const

test('are negated, switched off, edited, removed and moved in their place', () => {
  expect(words(negate(two, 0))).toEqual(['device is not mobile', 'language is de'])
  expect(negate(negate(two, 0), 0)).toEqual(two)
  expect(queryOf(switchOff(two, 0)).spec.where).toHaveLength(1)
  expect(switchOff(switchOff(two, 0), 0)).toEqual(two)
  expect(words(edit(negate(two, 1), 1, { field: 'language', lookup: 'exact', value: 'en' }))[1]).toBe(
    'language is not en',
  )
  expect(words(remove(two, 0))).toEqual(['language is de'])
  expect(words(move(two, 0, 1))).toEqual(['language is de', 'device is mobile'])
  for (const change of [negate, switchOff, remove, joinWithNext, takeApart]) expect(change(two, 7)).toBe(two)
  expect(move(two, 0, 7)).toBe(two)
})

test('one that is asked for already is not added again', () => {
  const asked = addCondition(NOTHING, marked)
  expect(addCondition(asked, marked)).toBe(asked)
  expect(addCondition(asked, marked, { isNegated: true }).parts).toHaveLength(2)
  expect(() => addCondition(NOTHING, { ...marked, value: 'x' as never })).toThrow(/true or false/)
})

describe('joining by "or"', () => {
  test('makes one part of two, which can be taken apart again', () => {
    const joined = joinWithNext(two, 0)
    expect(words(joined)).toEqual(['device is mobile or language is de'])
    expect(words(takeApart(joined, 0))).toEqual(['device is mobile', 'language is de'])
    const three = joinWithNext(addCondition(joined, marked), 0)
    expect(words(three)).toEqual(['device is mobile or the conversation is marked or language is de'])
  })

  test('of values of one field makes one pill', () => {
    const asked = addCondition(addCondition(NOTHING, { field: 'action_name', lookup: 'exact', value: 'a' }), {
      ...{ field: 'action_name', lookup: 'exact', value: 'b' },
    } as const)
    const joined = joinWithNext(asked, 0)
    expect(words(joined)).toEqual(['the agent called a or b'])
    expect(takeApart(joined, 0)).toEqual(asked)
  })

  test('is for parts that are on and are pills or alternatives', () => {
    expect(canJoin(two, 1)).toBe(false)
    expect(canJoin(switchOff(two, 1), 0)).toBe(false)
    expect(canJoin(negate(two, 0), 0)).toBe(true)
    expect(canJoin(addCondition(negate(joinWithNext(two, 0), 0), marked), 0)).toBe(false)
    expect(canTakeApart(two, 0)).toBe(false)
  })
})

test('joined, negated and taken apart, parts hold for the rows that they say', () => {
  fc.assert(
    fc.property(conversations({ maxLength: 8 }), querySpec(), fc.nat(), (rows, spec, pick) => {
      const store = ConversationStore.from(rows)
      const idsOf = (parts: readonly Part[]) =>
        new Set(store.query({ where: parts.map(conditionOf) } as QuerySpec).ids())
      const all = [...store.query().ids()]
      const asked = askedOf(spec)
      const { parts } = asked
      const at = parts.length === 0 ? 0 : pick % parts.length
      if (parts[at] === undefined) return
      const [part] = [parts[at]]
      const holds = idsOf([part])
      const not = idsOf([negate(asked, at).parts[at]!])
      for (const id of all) expect(holds.has(id)).toBe(!not.has(id))
      if (canJoin(asked, at)) {
        const either = idsOf([joinWithNext(asked, at).parts[at]!])
        const next = idsOf([parts[at + 1]!])
        for (const id of all) expect(either.has(id)).toBe(holds.has(id) || next.has(id))
      }
      if (canTakeApart(asked, at)) {
        const pieces = takeApart({ ...NOTHING, parts: [part] }, 0).parts
        const every = idsOf(pieces)
        for (const id of every) expect(holds.has(id)).toBe(true)
        // What excludes alternatives, or says that conditions hold, says just what its pieces say.
        if (part.isNegated && !('condition' in part)) expect(every).toEqual(holds)
      }
    }),
    runs,
  )
})

test('words, order and all of it', () => {
  const asked = setOrder(setSearch(two, 'refund'), 'id')
  expect(clearAll(asked)).toEqual({ ...NOTHING, orderBy: ['id'] })
  expect([isEverything(asked), isEverything(clearAll(asked))]).toEqual([false, true])
  expect(toggleOrder(NOTHING, 'id').orderBy).toEqual(['-id'])
  expect(toggleOrder(toggleOrder(NOTHING, 'id'), 'id').orderBy).toEqual(['id'])
  expect(setOrder(asked)).toMatchObject({ orderBy: ['-started_at'] })
})
