import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import type { Row } from '../../../../src/engine/segments/documents.ts'
import { mergeSegments } from '../../../../src/engine/segments/merge.ts'
import { type Bits, compareEntries, entry, type Segment, segmentOf } from '../../../../src/engine/segments/segment.ts'
import { nextFrom, type RowSet } from '../../../../src/engine/sets/rowset.ts'
import type { TermIndex } from '../../../../src/engine/terms/inverted.ts'
import { textIndex } from '../../../../src/engine/text/index.ts'
import type { RunIndex } from '../../../../src/engine/text/run-index.ts'
import { SequencesBuilder } from '../../../../src/engine/text/sequences-builder.ts'
import { textRuns } from '../../../../src/engine/text/substring.ts'
import { readConversation } from '../../../../src/row/read.ts'

interface Given {
  readonly segment: number
  readonly day: number
  readonly device: string | null
  readonly plan: number | string | undefined
  readonly isDead: boolean
  readonly isDeleted: boolean
  readonly isMarked: boolean
}

function row(id: number, { day, device, plan, isDeleted, isMarked }: Given): Row {
  const raw = {
    id,
    conversation_id: `c${id}`,
    started_at: `2026-01-0${day}`,
    device,
    metadata: plan === undefined ? {} : { plan },
    is_deleted: isDeleted,
    is_marked: isMarked,
    messages: [{ sender: 'agent', content: `hello ${device} on day ${day}` }],
  }
  return readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
}

/** Segments made by hand, beside those of the engine, with their dead rows gone from the documents. */
function segmentsOf(given: readonly Given[], engine: Engine): Segment[] {
  const { documents } = engine
  const numbers = given.map((it, i) => documents.add(row(i + 1, it)))
  const segments = [0, 1, 2].map((number) => {
    const mine = numbers.filter((_, i) => given[i]!.segment === number)
    const entries = mine.map((it) => entry(it, documents.row(it))).sort(compareEntries)
    return segmentOf(entries, number, documents)
  })
  return segments
}

function kill(given: readonly Given[], segments: readonly Segment[], engine: Engine): void {
  for (const [i, it] of given.entries()) {
    if (!it.isDead) continue
    const number = engine.documents.find(i + 1)!
    const place = engine.documents.place(number)
    segments[place >>> 16]!.kill(place & 0xffff)
    engine.documents.remove(number)
  }
}

/** The ids of the rows in a set that are in `among`. */
function ids(segment: Segment, rows: RowSet, among: Bits): number[] {
  const found: number[] = []
  for (let slot = nextFrom(rows, 0); slot !== -1; slot = nextFrom(rows, slot + 1)) {
    if (among.has(slot)) found.push(segment.ids[slot]!)
  }
  return found
}

/** What an index answers over segments: the live ids of each value. */
function answers(index: TermIndex, segments: readonly Segment[]): Map<unknown, number[]> {
  const found = new Map<unknown, number[]>()
  for (const segment of segments) {
    const postings = segment.postings.get(index)!
    postings.terms.forEach((term, place) => {
      const more = ids(segment, postings.at(place), segment.live)
      const value = index.dictionary.size === 0 ? term : index.dictionary.value(term)
      found.set(value, [...(found.get(value) ?? []), ...more])
    })
  }
  for (const [value, list] of found) {
    if (list.length === 0) found.delete(value)
    list.sort((a, b) => a - b)
  }
  return found
}

const given = fc.record<Given>({
  segment: fc.nat(2),
  day: fc.integer({ min: 1, max: 4 }),
  device: fc.constantFrom('mobile', 'desktop', null),
  plan: fc.constantFrom(1, '1', undefined),
  isDead: fc.boolean(),
  isDeleted: fc.boolean(),
  isMarked: fc.boolean(),
})

describe('mergeSegments', () => {
  test('the live rows of all, in order, with the same bits and the same answers, in pieces of a size', () => {
    fc.assert(
      fc.property(
        fc.array(given, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (all, pieces, isAll) => {
          fc.pre(all.filter((it) => !it.isDead).length >= pieces)
          const engine = new Engine({ text: textIndex })
          const { indexes, documents, work } = engine
          const inputs = segmentsOf(all, engine)
          const messages = indexes.messages() as RunIndex
          const built = [indexes.field('device'), indexes.scalars(['plan']), messages]
          const lacking = indexes.field('language')
          // What any input has, the results have; the first input alone is enough to start with.
          for (const index of built) for (const it of isAll ? inputs : [inputs[0]!]) index.postings(it, documents, work)
          kill(all, inputs, engine)
          const tokensOf = (row: Row) => {
            const { dictionary } = messages
            const builder = new SequencesBuilder()
            builder.begin(0)
            textRuns(row.messages!, {
              term: (text, from, to) => dictionary.term(text.slice(from, to)),
              next: (token) => builder.add(token),
              add: () => undefined,
              space: () => undefined,
            })
            return [...builder.build(1).row(0)]
          }
          const expected = built.map((index) => {
            const found = new Map<unknown, number[]>()
            for (const segment of inputs) {
              for (const [slot, number] of segment.rows.entries()) {
                if (!segment.live.has(slot)) continue
                const emit = (value: unknown) => found.set(value, [...(found.get(value) ?? []), segment.ids[slot]!])
                const values = new Set<unknown>()
                const add = (value: unknown) => values.add(value)
                index.extract(documents.row(number), add)
                if (index === messages)
                  textRuns(documents.row(number).messages!, {
                    term: (text, from, to) => {
                      add(text.slice(from, to))
                      return 0
                    },
                    next: () => undefined,
                    add: () => undefined,
                    space: () => add(' '),
                  })
                values.forEach(emit)
              }
            }
            for (const list of found.values()) list.sort((a, b) => a - b)
            return found
          })

          const makers = mergeSegments(inputs, pieces, indexes, documents, work)
          const merged = makers.map((make, i) => make(10 + i))

          const live = all.flatMap((it, i) => (it.isDead ? [] : [{ id: i + 1, ...it }]))
          const sorted = live.toSorted((a, b) => a.day - b.day || a.id - b.id)
          expect(merged.flatMap((it) => [...it.ids])).toEqual(sorted.map(({ id }) => id))
          const sizes = merged.map(({ size }) => size)
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
          const flags = (of: (segment: Segment) => Bits) => merged.flatMap((it) => ids(it, of(it).set, it.live))
          const wanted = (passes: (it: Given) => boolean) => sorted.filter(passes).map(({ id }) => id)
          expect(flags((it) => it.live)).toEqual(wanted(() => true))
          expect(flags((it) => it.visible)).toEqual(wanted((it) => !it.isDeleted))
          expect(flags((it) => it.marked)).toEqual(wanted((it) => it.isMarked))
          for (const segment of merged) {
            for (const [slot, number] of segment.rows.entries()) {
              expect(documents.place(number)).toBe(segment.number * 65_536 + slot)
              expect([...messages.postings(segment, documents, work).sequences.row(slot)]).toEqual(
                tokensOf(documents.row(number)),
              )
              expect(documents.row(number).id).toBe(segment.ids[slot])
            }
            expect(segment.postings.has(lacking)).toBe(false)
          }
          expect(built.map((index) => answers(index, merged))).toEqual(expected)
        },
      ),
    )
  })

  test('reads documents only for an index that an input lacks', () => {
    const engine = new Engine({ text: textIndex })
    const { indexes, documents, work } = engine
    const one = { day: 1, device: 'mobile', plan: 1, isDead: false, isDeleted: false, isMarked: false }
    const inputs = segmentsOf(
      [
        { ...one, segment: 0 },
        { ...one, segment: 1 },
        { ...one, segment: 1 },
      ],
      engine,
    )
    for (const it of inputs) indexes.field('device').postings(it, documents, work)
    indexes.field('name').postings(inputs[0]!, documents, work)
    const before = work.indexed
    mergeSegments(inputs, 1, indexes, documents, work)[0]!(5)
    expect(work.indexed - before).toBe(2)
    expect(work.documentsRead).toBe(0)
  })
})
