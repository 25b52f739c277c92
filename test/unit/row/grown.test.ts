/** Long lists that the versions of a row share. */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../../src/index.ts'
import type { Conversation, Message } from '../../../src/row/conversation.ts'
import {
  changedRow,
  countOf,
  differing,
  eachValue,
  grownOf,
  hasItem,
  itemOf,
  splicedRow,
  withoutLists,
} from '../../../src/row/grown.ts'

const messageOf = (i: number): Message => ({ id: i, sender: 'agent', content: `message ${i}` })
const LONG = Array.from({ length: 300 }, (_, i) => messageOf(i))

/** A stored row with these messages. */
function rowWith(messages: readonly Message[], more: object = {}): Conversation {
  const store = new ConversationStore()
  return store.add({ conversation_id: 'a', started_at: '2026-01-05T10:00:00Z', messages, ...more })
}

const added = (row: Conversation, ...messages: Message[]) =>
  splicedRow(row, 'messages', countOf(row, 'messages'), 0, messages)

describe('a row with a long list that grew', () => {
  const before = rowWith(LONG, { message_count: 300, extra: { a: [1] } })
  const after = added(before, messageOf(300))

  test('is like any other: keys, values, JSON, copies, the console', () => {
    const expected = { ...JSON.parse(JSON.stringify(before)), messages: [...LONG, messageOf(300)], message_count: 301 }
    expect(Object.keys(after)).toEqual(Object.keys(before))
    expect(JSON.stringify(after)).toBe(JSON.stringify(expected))
    expect(after).toStrictEqual(expected)
    expect(structuredClone(after)).toStrictEqual(expected)
    expect({ ...after }).toStrictEqual(expected)
    expect(Object.getOwnPropertySymbols({ ...after })).toEqual([])
    const shallow = { depth: 0 }
    expect(inspect(after, shallow)).toBe(inspect(expected, shallow))
  })

  test('is frozen to the bottom, and its list is one array however often it is read', () => {
    expect([after, after.messages, after.messages[300], after.messages[0]].every((it) => Object.isFrozen(it))).toBe(
      true,
    )
    expect(after.messages).toBe(after.messages)
    expect(Array.isArray(after.messages)).toBe(true)
    expect(() => Object.assign(after, { messages: [] })).toThrow(TypeError)
  })

  test('leaves the versions before it as they were, read or not', () => {
    const versions = [before]
    for (let i = 300; i < 310; i++) versions.push(added(versions.at(-1)!, messageOf(i)))
    versions.forEach((version, i) => {
      expect(version.messages).toHaveLength(300 + i)
      expect(version.messages.at(-1)).toEqual(messageOf(299 + i))
    })
  })

  test('may be written to twice: what the one adds the other does not have', () => {
    const one = added(after, messageOf(301), messageOf(302))
    const other = added(after, messageOf(401))
    const third = added(other, messageOf(402))
    expect(one.messages.slice(300).map(({ id }) => id)).toEqual([300, 301, 302])
    expect(other.messages.slice(300).map(({ id }) => id)).toEqual([300, 401])
    expect(third.messages.slice(300).map(({ id }) => id)).toEqual([300, 401, 402])
  })

  test('shares its lists with a row of which another key is changed', () => {
    const renamed = changedRow(after, { name: 'new' })
    expect([renamed.name, after.name]).toEqual(['new', null])
    expect(renamed.messages).toBe(after.messages)
    expect(grownOf(renamed, 'messages')).toBe(grownOf(after, 'messages'))
  })

  test('is given to another store', () => {
    for (const own of [false, true]) {
      const store = new ConversationStore()
      store.addMany([after], { own })
      expect([...store]).toEqual([after])
      expect(store.addMessage('a', messageOf(999)).messages).toHaveLength(302)
      expect(after.messages).toHaveLength(301)
    }
  })

  test('keeps a key __proto__, as all rows do', () => {
    const row = rowWith(LONG, JSON.parse('{"__proto__": {"a": 1}}'))
    for (const one of [added(row, messageOf(1)), changedRow(added(row, messageOf(1)), { name: 'x' })]) {
      expect(JSON.stringify(one)).toContain('"__proto__":{"a":1}')
      expect(JSON.stringify(withoutLists(one))).toContain('"__proto__":{"a":1}')
      expect(Object.getPrototypeOf(one)).toBe(Object.prototype)
    }
  })

  test('loses and changes items in the middle', () => {
    const changed = splicedRow(after, 'messages', 5, 1, [messageOf(-5)])
    expect(changed.messages.map(({ id }) => id)).toEqual(LONG.map(({ id }) => (id === 5 ? -5 : id)).concat(300))
    const shorter = splicedRow(changed, 'messages', 0, 299, [])
    expect([shorter.messages.map(({ id }) => id), grownOf(shorter, 'messages')]).toEqual([[299, 300], undefined])
    expect((shorter as { message_count?: number }).message_count).toBe(2)
    expect(added(shorter, messageOf(7)).messages).toHaveLength(3)
  })
})

test('a list is long from 256 items or 16,384 units on; a short one is copied', () => {
  const grown = (messages: readonly Message[]) =>
    grownOf(added(rowWith(messages), messageOf(1)), 'messages') !== undefined
  const ofUnits = (units: number): Message[] => [{ sender: 'agent', content: 'x'.repeat(units) }]
  expect([grown(LONG.slice(0, 255)), grown(LONG.slice(0, 254))]).toEqual([true, false])
  expect([grown(ofUnits(16_375)), grown(ofUnits(16_374)), grown([])]).toEqual([true, false, false])
})

describe('what is worked out of a list that grew', () => {
  test('reads each item once, and answers for each version', () => {
    const before = rowWith(LONG)
    const [after, other] = [added(before, messageOf(300)), added(added(before, messageOf(300)), messageOf(-1))]
    let read = 0
    const isLast = ({ id }: Message) => {
      read++
      return id === 300
    }
    expect([after, other, changedRow(before, { name: 'x' })].map((row) => hasItem(row, 'messages', isLast))).toEqual([
      true,
      true,
      false,
    ])
    // The first, the other that branched off, and a list of the plain row: no more than all items of each.
    expect(read).toBe(301 + 301 + 300)
    const later = added(after, messageOf(301), messageOf(302))
    expect([later, after].map((row) => hasItem(row, 'messages', isLast))).toEqual([true, true])
    expect(read).toBe(902)
    const ids: unknown[] = []
    const parity = ({ id }: Message, emit: (value: number) => void) => emit(Number(id) % 150)
    eachValue(later, 'messages', parity, (value) => ids.push(value))
    eachValue(after, 'messages', parity, (value) => ids.push(value))
    expect(ids).toHaveLength(300)
    expect(itemOf(after, 'messages', 300)).toEqual(messageOf(300))
  })

  test('differences are what was added, and turned round what is gone', () => {
    const before = added(rowWith(LONG), messageOf(300))
    const after = added(before, messageOf(301))
    expect(differing(before, after, 'messages')).toEqual({ from: 301, gone: [], come: [messageOf(301)] })
    expect(differing(after, before, 'messages')).toEqual({ from: 301, gone: [messageOf(301)], come: [] })
    expect(differing(null, after, 'messages').come).toHaveLength(302)
    expect(differing(after, null, 'messages').gone).toHaveLength(302)
    expect(differing(after, after, 'messages')).toEqual({ from: 302, gone: [], come: [] })
    const middle = splicedRow(after, 'messages', 5, 1, [messageOf(-5)])
    expect(differing(after, middle, 'messages')).toEqual({ from: 5, gone: [messageOf(5)], come: [messageOf(-5)] })
  })
})
