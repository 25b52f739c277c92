import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { WAITING } from '../../../../src/engine/segments/documents.ts'
import type { Segment } from '../../../../src/engine/segments/segment.ts'
import type { Thresholds } from '../../../../src/engine/segments/segments.ts'
import { textIndex } from '../../../../src/engine/text/index.ts'
import { countOf, splicedRow } from '../../../../src/row/grown.ts'
import { type MutableRow, readConversation } from '../../../../src/row/read.ts'

/** An engine and the few writes that a store makes of it. */
class Writer {
  readonly engine: Engine
  #id = 0

  constructor(thresholds?: Thresholds) {
    this.engine = new Engine({ thresholds, text: textIndex })
  }

  add(second = 0, device = 'mobile'): number {
    return this.engine.writes.insert(rowOf(++this.#id, second, device))
  }

  replace(number: number, second: number, device = 'mobile'): void {
    const { documents, writes } = this.engine
    const { id, is_marked } = documents.row(number)
    writes.replace(number, { ...rowOf(id, second, device), is_marked })
  }

  mark(number: number): void {
    this.engine.writes.reflect(number, { ...this.engine.documents.row(number), is_marked: true })
  }

  purge(number: number): void {
    this.engine.writes.remove(number)
  }
}

function rowOf(id: number, second: number, device: string): MutableRow<unknown> {
  const started_at = new Date(Date.UTC(2026, 0, 5) + second * 1000).toISOString()
  const raw = { id, conversation_id: `c${id}`, started_at, device }
  return readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
}

/** The live ids of each segment, by slot. */
function liveIds(segments: readonly Segment[]): number[][] {
  return segments.map((segment) => [...segment.ids].filter((_, slot) => segment.live.has(slot)))
}

describe('settle', () => {
  test('rows that were written together are one segment, sorted; then nothing changes until the next write', () => {
    const writer = new Writer()
    for (const second of [3, 1, 2]) writer.add(second)
    const segments = writer.engine.segments
    expect(liveIds(segments)).toEqual([[2, 3, 1]])
    expect(writer.engine.segments).toBe(segments)
  })

  test('nothing written: no segment', () => {
    expect(new Writer().engine.segments).toEqual([])
  })

  test('a large batch is cut evenly, in order', () => {
    const writer = new Writer({ segmentRows: 4, fanOut: 8 })
    for (let second = 9; second >= 1; second--) writer.add(second)
    expect(liveIds(writer.engine.segments)).toEqual([
      [9, 8, 7],
      [6, 5, 4],
      [3, 2, 1],
    ])
  })

  test('a row that is written several times while it waits comes once, as it was last', () => {
    const writer = new Writer()
    const number = writer.add(1)
    writer.replace(number, 5)
    writer.mark(number)
    writer.replace(number, 7)
    const [segment] = writer.engine.segments
    expect(liveIds([segment!])).toEqual([[1]])
    expect([segment!.ms[0]! - Date.UTC(2026, 0, 5), segment!.marked.count]).toEqual([7_000, 1])
  })

  test('a row that is purged while it waits never comes, and its number serves the next', () => {
    const writer = new Writer()
    const number = writer.add(1)
    writer.add(2)
    writer.purge(number)
    expect(writer.add(3)).toBe(number)
    expect(liveIds(writer.engine.segments)).toEqual([[2, 3]])
    expect(writer.engine.documents.size).toBe(2)
  })

  test('a number that is used again in another segment leaves the old slot dead', () => {
    const writer = new Writer({ segmentRows: 64, fanOut: 64 })
    const number = writer.add(1)
    for (let i = 0; i < 9; i++) writer.add(i)
    const [first] = writer.engine.segments
    writer.purge(number)
    expect(writer.add(99)).toBe(number)
    writer.mark(number)
    expect(writer.engine.segments).toHaveLength(2)
    expect(liveIds([first!])[0]).not.toContain(1)
    expect([first!.marked.count, writer.engine.segments[1]!.marked.count]).toEqual([0, 1])
  })
})

describe('tiers', () => {
  test('segments of a size are merged as they pile up', () => {
    const writer = new Writer({ segmentRows: 1_000, fanOut: 4 })
    const counts: number[] = []
    for (let i = 0; i < 64; i++) {
      writer.add(i)
      counts.push(writer.engine.segments.length)
    }
    expect(counts.slice(0, 8)).toEqual([1, 2, 3, 1, 2, 3, 4, 2])
    expect(counts.at(-1)).toBe(1)
    expect(Math.max(...counts)).toBeLessThanOrEqual(9)
  })

  test('full segments are left alone', () => {
    const writer = new Writer({ segmentRows: 8, fanOut: 2 })
    for (let i = 0; i < 8; i++) writer.add(i)
    const [full] = writer.engine.segments
    for (let i = 0; i < 40; i++) {
      writer.add(i)
      expect(writer.engine.segments).toContain(full)
    }
  })
})

describe('bands', () => {
  /** The first and last second of each segment, and its band: those that overlap in time have one. */
  function bandsOf(...batches: number[][]): [number, number, number][] {
    const writer = new Writer({ segmentRows: 1_000, fanOut: 100 })
    for (const batch of batches) {
      for (const second of batch) writer.add(second)
      void writer.engine.segments
    }
    const { segments } = writer.engine
    const secondOf = (ms: number) => (ms - Date.UTC(2026, 0, 5)) / 1_000
    const newest = segments.at(-1)?.band ?? 0
    return segments.map(({ ms, band }) => [secondOf(ms[0]!), secondOf(ms.at(-1)!), band - newest])
  }

  test('segments stand by their ends; each that is older than all after it begins another band', () => {
    expect(bandsOf([7, 9], [1, 3], [4, 6])).toEqual([
      [1, 3, -2],
      [4, 6, -1],
      [7, 9, 0],
    ])
  })

  test('segments that overlap are of one band, if need be by others between', () => {
    expect(bandsOf([1, 5], [4, 9])).toEqual([
      [1, 5, 0],
      [4, 9, 0],
    ])
    // The long one joins the two that are apart.
    expect(bandsOf([4, 5], [1, 2], [0, 9])).toEqual([
      [1, 2, 0],
      [4, 5, 0],
      [0, 9, 0],
    ])
    expect(bandsOf([1, 2], [3, 6], [5, 9], [10, 11])).toEqual([
      [1, 2, -2],
      [3, 6, -1],
      [5, 9, -1],
      [10, 11, 0],
    ])
  })

  test('a band begins where the first of all its segments begins', () => {
    expect(bandsOf([8, 10], [3, 9], [4, 5], [1, 2])).toEqual([
      [1, 2, -1],
      [4, 5, 0],
      [3, 9, 0],
      [8, 10, 0],
    ])
  })

  test('of one instant the ids decide', () => {
    expect(bandsOf([1, 5], [5, 9])).toEqual([
      [1, 5, -1],
      [5, 9, 0],
    ])
    // The second 5 has a later id than the one that the other segment begins with.
    expect(bandsOf([5, 9], [1, 5])).toEqual([
      [1, 5, 0],
      [5, 9, 0],
    ])
  })

  test('are found anew when rows come', () => {
    const writer = new Writer({ segmentRows: 1_000, fanOut: 100 })
    writer.add(5)
    const [first] = writer.engine.segments
    writer.add(1)
    const [older, newer] = writer.engine.segments
    expect([newer, older!.band < newer!.band]).toEqual([first, true])
  })
})

describe('a long conversation that grows', () => {
  /** The rows of each segment once so many long conversations have got a message, beside two new rows. */
  function sizesWith(growing: number): number[] {
    const writer = new Writer({ segmentRows: 1_000, fanOut: 1_000 })
    const { documents, writes } = writer.engine
    const items = Array.from({ length: 256 }, (_, i) => ({ id: i + 1, sender: 'agent', content: '' }) as const)
    const numbers = Array.from({ length: growing }, () => writer.add(1))
    for (const number of numbers) {
      const row = documents.row(number)
      writes.replace(number, splicedRow({ ...row, messages: items }, 'messages', 256, 0, [{ ...items[0]!, id: 300 }]))
    }
    writer.add(2)
    writer.add(3)
    const { segments } = writer.engine
    const ids = liveIds(segments).flat()
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: growing + 2 }, (_, i) => i + 1))
    return segments.map(({ size }) => size).sort((a, b) => a - b)
  }

  test('is a segment of its own, beside the other rows that were written', () => {
    expect(sizesWith(1)).toEqual([1, 2])
    expect(sizesWith(3)).toEqual([1, 1, 1, 2])
    expect(sizesWith(64)).toEqual([...Array(64).fill(1), 2])
  })

  test('is put at once into the index that knows its messages, and into no other', () => {
    const writer = new Writer({ segmentRows: 1_000, fanOut: 1_000 })
    const { documents, indexes, writes } = writer.engine
    const number = writer.add(1)
    const [messages, device] = [indexes.messages()!, indexes.field('device')]
    const said = (id: number) => ({ id, sender: 'agent', content: `word ${id}` }) as const
    const items = Array.from({ length: 256 }, (_, i) => said(i))
    writes.replace(number, { ...documents.row(number), messages: items })
    const built: [messages: boolean, device: boolean][] = []
    for (const id of [300, 301]) {
      const row = documents.row(number)
      writes.replace(number, splicedRow(row, 'messages', countOf(row, 'messages'), 0, [said(id)]))
      const segment = writer.engine.segments.at(-1)!
      built.push([messages.isBuilt(segment), device.isBuilt(segment)])
      for (const index of [messages, device]) writer.engine.build(index)
    }
    // The first time its messages are not known yet.
    expect(built).toEqual([
      [false, false],
      [true, false],
    ])
  })

  test('is one row among others where there are many such', () => {
    expect(sizesWith(65)).toEqual([67])
  })
})

describe('marks', () => {
  test('of a row in a segment are flipped there', () => {
    const writer = new Writer()
    const numbers = [writer.add(1), writer.add(2)]
    const [segment] = writer.engine.segments
    writer.mark(numbers[1]!)
    expect([segment!.marked.has(0), segment!.marked.has(1)]).toEqual([false, true])
    expect(writer.engine.segments).toEqual([segment])
  })
})

describe('segments that are merged away', () => {
  test('are gone, so that nothing more is made of them; more than half full ones are left alone', () => {
    const writer = new Writer({ segmentRows: 8, fanOut: 2 })
    writer.add(1)
    const [small] = writer.engine.segments
    writer.add(2)
    expect([writer.engine.segments.includes(small!), small!.isGone]).toEqual([false, true])
    const full = new Writer({ segmentRows: 8, fanOut: 2 })
    for (let i = 0; i < 5; i++) full.add(i)
    const [first] = full.engine.segments
    for (let i = 0; i < 5; i++) full.add(i)
    expect([full.engine.segments.includes(first!), first!.isGone]).toEqual([true, false])
  })
})

describe('dead rows', () => {
  test('a segment that is a quarter dead is merged alone when the next row comes, and one with fewer dead is not', () => {
    const writer = new Writer({ segmentRows: 1_000, fanOut: 100 })
    const numbers = Array.from({ length: 40 }, (_, i) => writer.add(i))
    const [first] = writer.engine.segments
    for (const number of numbers.slice(0, 10)) writer.purge(number)
    writer.add(0)
    expect(writer.engine.segments).toContain(first)
    writer.purge(numbers[10]!)
    writer.add(0)
    expect(writer.engine.segments).not.toContain(first)
    expect(writer.engine.segments.map(({ size }) => size).sort()).toEqual([1, 1, 29])
  })

  test('a segment without live rows is dropped when the next row comes', () => {
    const writer = new Writer()
    const numbers = [writer.add(1), writer.add(2)]
    expect(writer.engine.segments).toHaveLength(1)
    for (const number of numbers) writer.purge(number)
    writer.add(3)
    expect(liveIds(writer.engine.segments)).toEqual([[3]])
  })

  test('purging alone, with queries between and no row added, gives the memory back too', () => {
    const writer = new Writer()
    const numbers = Array.from({ length: 1_000 }, (_, i) => writer.add(i))
    expect(writer.engine.segments).toHaveLength(1)
    for (const number of numbers.slice(10)) writer.purge(number)
    expect(writer.engine.segments.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(20)
    for (const number of numbers.slice(0, 10)) writer.purge(number)
    expect(writer.engine.segments).toEqual([])
  })
})

describe('memory', () => {
  test('dictionaries follow the rows that are there', () => {
    const writer = new Writer()
    const { indexes } = writer.engine
    const numbers = Array.from({ length: 500 }, (_, i) => writer.add(i, `device ${i}`))
    writer.engine.build(indexes.field('device'))
    expect(indexes.field('device').dictionary.size).toBe(500)
    // The last twenty stay, so that their terms get other numbers.
    for (const number of numbers.slice(0, 480)) writer.purge(number)
    writer.add(0, 'another')
    expect(writer.engine.segments.length).toBeGreaterThan(0)
    writer.engine.build(indexes.field('device'))
    expect(indexes.field('device').dictionary.size).toBeLessThanOrEqual(2 * 21 + 64)
    for (const segment of writer.engine.segments) {
      const postings = segment.postings.get(indexes.field('device'))!
      const values = Array.from(postings.terms, (term) => indexes.field('device').dictionary.value(term))
      const rows = Array.from(segment.rows, (number) => writer.engine.documents.row(number).device)
      expect(values.sort()).toEqual(rows.sort())
    }
  })

  test('one row that is written over and over takes no more than one', () => {
    const writer = new Writer()
    const { indexes } = writer.engine
    const number = writer.add(0)
    for (let i = 0; i < 1_000; i++) {
      writer.replace(number, i, `device ${i}`)
      writer.engine.build(indexes.field('device'))
    }
    expect(writer.engine.segments.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(4)
    expect(indexes.field('device').dictionary.size).toBeLessThan(70)
  })

  test('numbers of rows and of segments are used again', () => {
    const writer = new Writer({ segmentRows: 8, fanOut: 2 })
    for (let i = 0; i < 2_000; i++) {
      const number = writer.add(i)
      expect(number).toBeLessThan(2)
      expect(writer.engine.segments.length).toBeLessThan(4)
      expect(Math.max(...writer.engine.segments.map((it) => it.number))).toBeLessThan(8)
      if (i % 2 === 0) writer.purge(number)
      else for (const it of [0, 1]) if (!writer.engine.documents.isFree(it)) writer.purge(it)
    }
  })
})

describe('any history', () => {
  type Write = ['add' | 'settle'] | ['replace' | 'purge' | 'mark', number]
  const write = fc.oneof(
    { arbitrary: fc.constant<Write>(['add']), weight: 4 },
    fc.constant<Write>(['settle']),
    fc.tuple(fc.constantFrom('replace' as const, 'purge' as const, 'mark' as const), fc.nat()),
  )
  const thresholds = fc.record({ segmentRows: fc.integer({ min: 1, max: 9 }), fanOut: fc.integer({ min: 2, max: 4 }) })

  test('every row is in one segment, in one slot, in order, with its bits', () => {
    fc.assert(
      fc.property(thresholds, fc.array(write, { maxLength: 60 }), (sizes, writes) => {
        const writer = new Writer(sizes)
        const { documents } = writer.engine
        const numbers: number[] = []
        writes.forEach(([what, which], i) => {
          const at = numbers.length === 0 ? -1 : (which ?? 0) % numbers.length
          if (what === 'add') numbers.push(writer.add(i % 5))
          else if (what === 'settle') writer.engine.segments.forEach(check)
          else if (at === -1) return
          else if (what === 'replace') writer.replace(numbers[at]!, i % 7)
          else if (what === 'mark') writer.mark(numbers[at]!)
          else writer.purge(numbers.splice(at, 1)[0]!)
        })
        const { segments } = writer.engine
        segments.forEach(check)
        const live = liveIds(segments).flat()
        const ascending = (a: number, b: number) => a - b
        expect(live.sort(ascending)).toEqual(numbers.map((it) => documents.row(it).id).sort(ascending))

        function check(segment: Segment): void {
          expect(segment.size).toBeLessThanOrEqual(sizes.segmentRows)
          for (const [slot, number] of segment.rows.entries()) {
            if (slot > 0) expect(segment.compareSlots(slot - 1, segment, slot)).toBeLessThan(0)
            if (!segment.live.has(slot)) continue
            const row = documents.row(number)
            expect(documents.place(number)).not.toBe(WAITING)
            expect([...writer.engine.slotsOf([row.id])]).toEqual([[segment, [slot]]])
            expect([segment.ids[slot], segment.marked.has(slot)]).toEqual([row.id, row.is_marked])
            expect(segment.ms[slot]).toBe(Date.parse(row.started_at))
          }
        }
      }),
    )
  })

  test('there are never as many segments of a tier as are merged, beside the full ones', () => {
    fc.assert(
      fc.property(thresholds, fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 30 }), (sizes, batches) => {
        const writer = new Writer(sizes)
        for (const [i, batch] of batches.entries()) {
          for (let j = 0; j < batch; j++) writer.add(i)
          const small = writer.engine.segments.map(({ size }) => size).filter((it) => it * 2 <= sizes.segmentRows)
          const tiers = small.map((size) => Math.floor(Math.log(size) / Math.log(sizes.fanOut) + 1e-9))
          for (const tier of tiers) expect(tiers.filter((it) => it === tier).length).toBeLessThan(sizes.fanOut)
        }
      }),
    )
  })
})
