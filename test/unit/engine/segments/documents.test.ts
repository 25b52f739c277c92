import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Documents, NOWHERE, type Row, WAITING } from '../../../../src/engine/segments/documents.ts'
import { readConversation } from '../../../../src/row/read.ts'

function row(id: number, conversation_id = `c${id}`): Row {
  const raw = { id, conversation_id, started_at: '2026-01-05' }
  return readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
}

describe('Documents', () => {
  test('rows are found by id and by conversation id, and nothing else finds them', () => {
    const documents = new Documents()
    const [a, b] = [documents.add(row(7, '42')), documents.add(row(42, '7'))]
    expect([documents.find(7), documents.find('7'), documents.find(42), documents.find('42')]).toEqual([a, b, b, a])
    expect([documents.find(1), documents.find('x'), documents.find(Number.NaN), documents.find(7.5)]).toEqual(
      Array(4).fill(undefined),
    )
    expect([documents.row(a).id, documents.size, documents.isFree(a), documents.place(a)]).toEqual([
      7,
      2,
      false,
      NOWHERE,
    ])
  })

  test('a document in the stead of another keeps its number, its place and its turn', () => {
    const documents = new Documents()
    const [a, b] = [documents.add(row(1)), documents.add(row(2))]
    documents.moveTo(a, 65_537)
    documents.replace(a, { ...row(1), name: 'other' })
    expect([documents.row(a).name, documents.place(a), documents.find(1)]).toEqual(['other', 65_537, a])
    expect([...documents.numbers()]).toEqual([a, b])
  })

  test('each of many numbers has a place of its own', () => {
    const documents = new Documents()
    for (let id = 1; id <= 130; id++) {
      const number = documents.add(row(id))
      expect(documents.place(number)).toBe(NOWHERE)
      documents.moveTo(number, id)
    }
    expect(Array.from({ length: 130 }, (_, number) => documents.place(number))).toEqual(
      Array.from({ length: 130 }, (_, number) => number + 1),
    )
  })

  test('a removed row is nowhere, unless its number still waits', () => {
    const documents = new Documents()
    const [a, b] = [documents.add(row(1)), documents.add(row(2))]
    documents.moveTo(a, 7)
    documents.moveTo(b, WAITING)
    documents.remove(a)
    documents.remove(b)
    expect([documents.place(a), documents.place(b)]).toEqual([NOWHERE, WAITING])
  })

  test('bytes: 8 a number, and places of both tables and of the order in which rows came', () => {
    const documents = new Documents()
    // 64 places of 4 bytes, 8 of each table, 64 of the order and as many of the places there.
    const tables = 64 * 4 + 2 * 8 * 4 + 2 * 64 * 4
    expect(documents.bytes).toBe(tables)
    const number = documents.add(row(1))
    documents.add(row(2))
    expect(documents.bytes).toBe(tables + 2 * 8)
    documents.remove(number)
    expect(documents.bytes).toBe(tables + 2 * 8)
  })

  test('any history: a number is one row’s until that is removed, rows come in the order of their adding', () => {
    const step = fc.record({ isAdded: fc.boolean(), id: fc.integer({ min: 1, max: 90 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 250 }), (steps) => {
        const documents = new Documents()
        const expected = new Map<number, number>()
        let most = 0
        for (const { isAdded, id } of steps) {
          const number = expected.get(id)
          if (isAdded && number === undefined) expected.set(id, documents.add(row(id)))
          else if (!isAdded && number !== undefined) {
            documents.remove(number)
            expected.delete(id)
            expect([documents.find(id), documents.find(`c${id}`), documents.isFree(number)]).toEqual([
              undefined,
              undefined,
              true,
            ])
          }
          most = Math.max(most, expected.size)
          expect(documents.size).toBe(expected.size)
        }
        expect([...documents.numbers()]).toEqual([...expected.values()])
        for (const [id, number] of expected) {
          expect([documents.find(id), documents.find(`c${id}`), documents.row(number).id]).toEqual([number, number, id])
        }
        // Numbers are used again: there are never more than there were rows at once.
        expect(Math.max(-1, ...expected.values())).toBeLessThan(most)
        expect(new Set(expected.values()).size).toBe(expected.size)
      }),
    )
  })
})
