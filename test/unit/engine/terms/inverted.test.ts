import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import type { Row } from '../../../../src/engine/segments/documents.ts'
import type { Segment } from '../../../../src/engine/segments/segment.ts'
import { nextFrom } from '../../../../src/engine/sets/rowset.ts'
import { type Extract, PostingsBuild, TermIndex } from '../../../../src/engine/terms/inverted.ts'
import { textIndex } from '../../../../src/engine/text/index.ts'
import { readConversation } from '../../../../src/row/read.ts'

function add(engine: Engine, id: number, device: string): void {
  const raw = { id, conversation_id: `c${id}`, started_at: '2026-01-05', device }
  const row = readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
  engine.writes.insert(row)
}

function purge(engine: Engine, id: number): void {
  engine.writes.remove(engine.documents.find(id)!)
}

/** The ids that an index has for a value. */
function idsOf(engine: Engine, index: TermIndex, value: string): number[] {
  engine.build(index)
  const found: number[] = []
  for (const segment of engine.segments) {
    const rows = index.postings(segment, engine.documents, engine.work).rows(index.dictionary.term(value))
    for (let slot = nextFrom(rows, 0); slot !== -1; slot = nextFrom(rows, slot + 1)) found.push(segment.ids[slot]!)
  }
  return found.sort((a, b) => a - b)
}

const device: Extract = (row, emit) => emit(row.device)

describe('TermIndex', () => {
  test('a segment is read once, a new one when it comes', () => {
    const engine = new Engine({ thresholds: { segmentRows: 65_536, fanOut: 100 }, text: textIndex })
    const index = new TermIndex('device', device)
    for (const id of [1, 2, 3]) add(engine, id, id === 2 ? 'tv' : 'mobile')
    expect([idsOf(engine, index, 'mobile'), idsOf(engine, index, 'tv'), idsOf(engine, index, 'x')]).toEqual([
      [1, 3],
      [2],
      [],
    ])
    expect(engine.work).toEqual({ indexed: 3, documentsRead: 0 })
    add(engine, 4, 'tv')
    expect([idsOf(engine, index, 'tv'), engine.work.indexed]).toEqual([[2, 4], 4])
    expect(engine.segments.every((segment) => index.isBuilt(segment))).toBe(true)
  })

  test('a value that a row has twice counts once', () => {
    const engine = new Engine({ text: textIndex })
    add(engine, 1, 'ab')
    const twice = new TermIndex('twice', (row, emit) => {
      emit(row.device)
      emit(row.device)
      emit('y')
    })
    expect([idsOf(engine, twice, 'ab'), idsOf(engine, twice, 'y'), twice.dictionary.size]).toEqual([[1], [1], 2])
  })

  test('terms are renumbered when most are in no segment any more, and the others keep their rows', () => {
    const engine = new Engine({ text: textIndex })
    const index = engine.indexes.field('device')
    for (let id = 1; id <= 300; id++) add(engine, id, `device ${id % 150}`)
    engine.build(index)
    const { generation } = index.dictionary
    for (let id = 1; id <= 280; id++) purge(engine, id)
    expect(idsOf(engine, index, 'device 145')).toEqual([295])
    expect(index.dictionary.generation).toBeGreaterThan(generation)
    expect([idsOf(engine, index, 'device 0'), idsOf(engine, index, 'device 1')]).toEqual([[300], []])
    expect(index.dictionary.size).toBe(20)
  })
})

describe('what is lacking', () => {
  test('the live rows of segments that have no postings', () => {
    const engine = new Engine({ thresholds: { segmentRows: 65_536, fanOut: 100 } })
    const index = new TermIndex('device', device)
    for (const id of [1, 2, 3, 4, 5]) add(engine, id, 'tv')
    const [first] = engine.segments
    add(engine, 6, 'tv')
    purge(engine, 2)
    expect(index.lacking(engine.segments)).toBe(5)
    index.postings(first!, engine.documents, engine.work)
    expect([index.lacking(engine.segments), index.isBuilt(first!)]).toEqual([1, true])
    engine.build(index)
    expect(index.lacking(engine.segments)).toBe(0)
    expect(index.lacking([])).toBe(0)
  })

  test('an index of plain values knows no row from one version to the next', () => {
    const engine = new Engine()
    add(engine, 1, 'tv')
    expect(new TermIndex('device', device).knows(engine.documents.row(0))).toBe(false)
  })
})

describe('bytes', () => {
  test('those of the dictionary and of the search', () => {
    const plain = new TermIndex('device', device)
    expect(plain.bytes).toBe(plain.dictionary.bytes)
    const search = { containing: () => [], reach: () => 0, prepare: () => true, bytes: 7 }
    expect(new TermIndex('device', device, () => search).bytes).toBe(plain.bytes + 7)
  })
})

describe('terms of no row', () => {
  /** An index with three values in rows, and so many that only rows had which are purged. */
  function compacted(gone: number): { size: number; generation: number } {
    const engine = new Engine({ thresholds: { segmentRows: 65_536, fanOut: 100 }, text: textIndex })
    const index = new TermIndex('device', device)
    for (let id = 1; id <= 3; id++) add(engine, id, `stays ${id}`)
    engine.build(index)
    for (let i = 0; i < gone; i++) index.dictionary.intern(`gone ${i}`)
    index.compact(engine.segments)
    expect(idsOf(engine, index, 'stays 2')).toEqual([2])
    return { size: index.dictionary.size, generation: index.dictionary.generation }
  }

  test('go when they are more than those of rows, and 64', () => {
    expect(compacted(3 + 64)).toEqual({ size: 70, generation: 0 })
    expect(compacted(3 + 65)).toEqual({ size: 3, generation: 1 })
  })
})

describe('PostingsBuild', () => {
  /** A segment of ten rows that stay and one of 200 that go, each with a device of its own. */
  function twoSegments() {
    const engine = new Engine({ thresholds: { segmentRows: 65_536, fanOut: 100 }, text: textIndex })
    for (let id = 1; id <= 200; id++) add(engine, id, `gone ${id}`)
    const [going] = engine.segments as [Segment]
    for (let id = 201; id <= 210; id++) add(engine, id, `stays ${id}`)
    const staying = engine.segments.find((segment) => segment !== going)!
    const index = engine.indexes.field('device')
    index.postings(going, engine.documents, engine.work)
    return { engine, index, going, staying }
  }

  test('comes to its end in steps of any size', () => {
    const { engine, index, staying } = twoSegments()
    const build = new PostingsBuild(index, staying, engine.documents, engine.work)
    expect([4, 4, 4].map((rows) => build.step(rows))).toEqual([false, false, true])
    expect(idsOf(engine, index, 'stays 207')).toEqual([207])
  })

  test('asks for no more memory than it needs where the first rows are far longer than the rest', () => {
    const engine = new Engine({ text: textIndex })
    for (let id = 1; id <= 20_000; id++) add(engine, id, 'mobile')
    const words = Array.from({ length: 2_000 }, (_, i) => `word ${i}`)
    const index = new TermIndex('words', (row, emit) => {
      if (row.id <= 16) for (const word of words) emit(word)
      else emit('word')
    })
    const [segment] = engine.segments as [Segment]
    const before = process.memoryUsage().arrayBuffers
    const build = new PostingsBuild(index, segment, engine.documents, engine.work)
    expect(build.step(16)).toBe(false)
    // 52,000 pairs of 6 bytes, and room to grow.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
    while (!build.step(20_000));
    expect([idsOf(engine, index, 'word 7').length, idsOf(engine, index, 'word').length]).toEqual([16, 19_984])
  })

  test('reads no more rows in a step than have so many units together', () => {
    const stepsOf = (units: number) => {
      const engine = new Engine()
      // Six units each.
      for (const id of [1, 2, 3]) add(engine, id, 'mobile')
      const build = new PostingsBuild(
        new TermIndex('device', device),
        engine.segments[0]!,
        engine.documents,
        engine.work,
      )
      let steps = 1
      while (!build.step(10, units)) steps++
      return steps
    }
    expect([1, 6, 7, 12, 13, 18].map(stepsOf)).toEqual([3, 3, 2, 2, 1, 1])
  })

  test('a value that is no string has no units', () => {
    const engine = new Engine()
    add(engine, 1, 'mobile')
    const index = new TermIndex('several', (row, emit) => {
      for (const value of [row.device, 7, null, 'ab']) emit(value)
    })
    const read = index.reader(index.builder('rows'))
    expect([read(engine.documents.row(0), 0), read(engine.documents.row(0), 1)]).toEqual([8, 8])
  })

  test('a long row is read in steps of its own, and is told when it is alone', () => {
    const told: unknown[] = []
    class Slow extends TermIndex {
      override builder(from: 'terms' | 'rows') {
        told.push(from)
        return super.builder(from)
      }

      override reader(...[builder, isAlone]: Parameters<TermIndex['reader']>) {
        told.push(isAlone)
        const { dictionary } = this
        return (row: Row, slot: number) => {
          if (row.device === 'short') {
            builder.add(dictionary.intern('short'), slot)
            return 1
          }
          return (function* () {
            yield 5
            builder.add(dictionary.intern(row.device), slot)
            yield 5
          })()
        }
      }
    }
    const stepsOf = (...devices: string[]) => {
      const engine = new Engine()
      devices.forEach((it, i) => {
        add(engine, i + 1, it)
      })
      const index = new Slow('slow', () => {})
      const build = new PostingsBuild(index, engine.segments[0]!, engine.documents, engine.work)
      let steps = 1
      while (!build.step(10, 5)) steps++
      expect(engine.work.indexed).toBe(devices.length)
      return [steps, ...new Set(devices)].map((it) => (typeof it === 'number' ? it : idsOf(engine, index, it)))
    }
    // Two steps of five units, and one that finds its end.
    expect(stepsOf('long')).toEqual([3, [1]])
    expect(told.slice(0, 2)).toEqual(['rows', true])
    expect(stepsOf('long', 'short', 'long')).toEqual([5, [1, 3], [2]])
    expect(told.slice(2, 4)).toEqual(['rows', false])
  })

  test('comes to nothing when terms are renumbered in between', () => {
    const { engine, index, staying } = twoSegments()
    const build = new PostingsBuild(index, staying, engine.documents, engine.work)
    expect(build.step(4)).toBe(false)
    for (let id = 1; id <= 200; id++) purge(engine, id)
    expect(engine.segments).toEqual([staying])
    expect([build.step(4), index.isBuilt(staying)]).toEqual([true, false])
    for (let id = 201; id <= 210; id++) expect(idsOf(engine, index, `stays ${id}`)).toEqual([id])
  })

  test('comes to nothing when its segment is merged in between', () => {
    const { engine, index, staying } = twoSegments()
    const build = new PostingsBuild(index, staying, engine.documents, engine.work)
    expect(build.step(2)).toBe(false)
    for (let id = 201; id <= 203; id++) purge(engine, id)
    expect(engine.segments).not.toContain(staying)
    purge(engine, 210)
    expect(build.step(100)).toBe(true)
    expect([idsOf(engine, index, 'stays 209'), idsOf(engine, index, 'gone 7')]).toEqual([[209], [7]])
  })

  test('reads the rows that are there when it comes to them', () => {
    const { engine, index, staying } = twoSegments()
    const build = new PostingsBuild(index, staying, engine.documents, engine.work)
    build.step(2)
    purge(engine, 205)
    add(engine, 900, 'new in the old number')
    expect(build.step(100)).toBe(true)
    expect(idsOf(engine, index, 'new in the old number')).toEqual([900])
    expect(idsOf(engine, index, 'stays 205')).toEqual([])
  })
})
