import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Scratch } from '../../../../src/engine/sets/scratch.ts'

function listOf(scratch: Scratch, length: number): Uint16Array {
  const room = scratch.room(length)
  return scratch.slots.subarray(room, room + length)
}

describe('what is kept between queries', () => {
  test('is little, whatever was taken, and follows the largest segment', () => {
    const scratch = new Scratch(65_536)
    const take = () => {
      for (let i = 0; i < 500; i++) scratch.words()
      for (let i = 0; i < 500; i++) scratch.room(900)
    }
    for (const rows of [1_000, 60_000, 1_000, 0, 33]) {
      scratch.reset(rows)
      take()
      expect(scratch.bytes).toBeGreaterThan(24 * rows)
      scratch.trim()
      expect(scratch.bytes).toBeLessThanOrEqual(Math.max(24 * rows, 4 * 2 * 900 + 1_000))
      // What is kept is good for the next.
      const { bytes } = scratch
      scratch.reset(rows)
      expect(scratch.bytes).toBe(bytes)
    }
  })

  test('what was taken after a mark is taken again', () => {
    const scratch = new Scratch(64)
    const kept = scratch.words()
    const list = listOf(scratch, 40)
    const mark = scratch.mark()
    const [words, more] = [scratch.words(), listOf(scratch, 60)]
    scratch.release(mark)
    expect([scratch.words(), scratch.words() === kept]).toEqual([words, false])
    const again = listOf(scratch, 60)
    expect([again.buffer === more.buffer, again.byteOffset]).toEqual([true, more.byteOffset])
    expect([list.length, list.buffer === again.buffer]).toEqual([40, false])
  })
})

describe('bitmaps', () => {
  test('have room for every slot of a segment, and are different ones until all are given back', () => {
    const scratch = new Scratch(33)
    const [a, b] = [scratch.words(), scratch.words()]
    expect(a.length).toBe(2)
    expect(b).not.toBe(a)
    scratch.reset()
    expect(scratch.words()).toBe(a)
    expect(scratch.words()).toBe(b)
  })

  test('hold what was left in them, unless cleared', () => {
    const scratch = new Scratch(96)
    scratch.words().fill(7)
    scratch.reset()
    expect([...scratch.words()]).toEqual([7, 7, 7])
    scratch.reset()
    expect([...scratch.clearedWords(2)]).toEqual([0, 0, 7])
  })
})

describe('lists', () => {
  test('have exactly the length that was asked for, none too', () => {
    const scratch = new Scratch(8)
    expect([0, 1, 8, 0].map((length) => listOf(scratch, length).length)).toEqual([0, 1, 8, 0])
  })

  test('may be as long as a full segment, one after the other', () => {
    const scratch = new Scratch(65_536)
    const lists = [65_536, 65_536, 1, 65_535, 65_536].map((length) => listOf(scratch, length))
    lists.forEach((list, i) => {
      list.fill(i + 1)
    })
    expect(lists.map((list) => [list[0], list.at(-1)])).toEqual(lists.map((_, i) => [i + 1, i + 1]))
  })

  test('take the same memory after a reset', () => {
    const scratch = new Scratch(8)
    const before = listOf(scratch, 4)
    scratch.reset()
    const after = listOf(scratch, 8)
    expect([after.buffer === before.buffer, after.byteOffset]).toEqual([true, before.byteOffset])
  })

  test('never share a slot between two resets, whatever their lengths', () => {
    const length = fc.oneof(fc.nat(9), fc.nat(40_000), fc.constantFrom(65_535, 65_536))
    fc.assert(
      fc.property(fc.array(fc.array(length, { maxLength: 6 }), { maxLength: 3 }), (rounds) => {
        const scratch = new Scratch(65_536)
        for (const lengths of rounds) {
          scratch.reset()
          const lists = lengths.map((it) => listOf(scratch, it))
          lists.forEach((list, i) => {
            list.fill(i + 1)
          })
          lists.forEach((list, i) => {
            expect(list.length).toBe(lengths[i])
            expect(list.every((value) => value === i + 1)).toBe(true)
          })
        }
      }),
      { numRuns: 50 },
    )
  })
})
