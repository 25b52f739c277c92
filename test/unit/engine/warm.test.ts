import { describe, expect, test, vi } from 'vitest'
import { Engine } from '../../../src/engine/engine.ts'
import { count } from '../../../src/engine/run.ts'
import type { Thresholds } from '../../../src/engine/segments/segments.ts'
import { textIndex } from '../../../src/engine/text/index.ts'
import { warm, warmAsync } from '../../../src/engine/warm.ts'
import type { Group } from '../../../src/query/spec.ts'
import { readConversation } from '../../../src/row/read.ts'

function add(engine: Engine, from: number, count: number): void {
  for (let id = from; id < from + count; id++) {
    const raw = {
      id,
      conversation_id: `c${id}`,
      started_at: new Date(Date.UTC(2026, 0, 5) + id * 1000).toISOString(),
      device: `device ${id % 7}`,
      metadata: { order: { id } },
      messages: [{ sender: 'agent', content: `message number ${id}` }],
    }
    const row = readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
    engine.writes.insert(row)
  }
}

function purge(engine: Engine, id: number): void {
  engine.writes.remove(engine.documents.find(id)!)
}

function engineWith(count: number, thresholds?: Thresholds): Engine {
  const engine = new Engine({ thresholds, text: textIndex })
  add(engine, 1, count)
  return engine
}

const everything: Group = [
  { field: 'device', lookup: 'icontains', value: 'DEVICE 3' },
  { field: 'name', lookup: 'isnull', value: true },
  { field: 'message', lookup: 'icontains', value: 'number' },
  { field: 'metadata', path: ['order', 'id'], lookup: 'gt', value: 0 },
]

describe('warm', () => {
  test('queries that come after build nothing', () => {
    const engine = engineWith(50, { segmentRows: 16, fanOut: 2 })
    warm(engine, { metadata: ['order.id'] })
    expect(engine.isTextIndexed).toBe(true)
    const { indexed } = engine.work
    expect(count({ where: everything }, engine)).toBe(7)
    expect(engine.work).toEqual({ indexed, documentsRead: 0 })
  })

  test('without texts those are still read, and a path that nobody named is not indexed', () => {
    const engine = engineWith(20)
    warm(engine, { text: false })
    const before = engine.indexes.all().map(({ key }) => key)
    expect(before).not.toContain('message')
    const { indexed } = engine.work
    expect(count({ where: everything }, engine)).toBeGreaterThan(0)
    expect(engine.work.documentsRead).toBeGreaterThan(0)
    expect(engine.work.indexed - indexed).toBe(20)
  })

  test('paths may be lists of keys', () => {
    const engine = engineWith(5)
    warm(engine, { text: false, metadata: [['order', 'id']] })
    const { indexed } = engine.work
    count({ where: [{ field: 'metadata', path: ['order', 'id'], lookup: 'exact', value: 3 }] }, engine)
    expect(engine.work.indexed).toBe(indexed)
  })

  test('an empty engine', () => {
    const engine = new Engine({ text: textIndex })
    warm(engine, { metadata: ['a'] })
    add(engine, 1, 3)
    expect(count({ where: everything }, engine)).toBe(1)
  })
})

describe('warmAsync', () => {
  test('builds the same', async () => {
    const engine = engineWith(100, { segmentRows: 32, fanOut: 2 })
    await warmAsync(() => engine, { metadata: ['order.id'], sliceMs: 0 })
    const { indexed } = engine.work
    expect(count({ where: everything }, engine)).toBe(14)
    expect(engine.work).toEqual({ indexed, documentsRead: 0 })
  })

  test('leaves the thread free between slices', async () => {
    const engine = engineWith(200)
    let ticks = 0
    const timer = setInterval(() => ticks++, 0)
    try {
      await warmAsync(() => engine, { sliceMs: 0 })
    } finally {
      clearInterval(timer)
    }
    expect(ticks).toBeGreaterThan(3)
  })

  /** Rows with long messages: many words, one word, a script without spaces. */
  const long = [
    Array.from({ length: 20_000 }, (_, i) => `word${i}`).join(' '),
    `${'x'.repeat(300_000)} end`,
    '你好'.repeat(60_000),
    Array.from({ length: 8_000 }, (_, i) => `É${i}`).join(', '),
  ]
  const longRow = (engine: Engine, id: number, contents: readonly string[]) => {
    const messages = contents.map((content) => ({ sender: 'agent', content }))
    const raw = { id, conversation_id: `long ${id}`, started_at: '2026-01-05', messages }
    const row = readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } })
    engine.writes.insert(row)
  }

  test('pauses at least after each 16,384 units of a long message, and finds what it should', async () => {
    for (const contents of [...long.map((content) => [content]), long]) {
      const engine = new Engine({ text: textIndex })
      longRow(engine, 1, contents)
      let pauses = 0
      await warmAsync(() => engine, { sliceMs: 0, onProgress: () => pauses++ })
      const units = contents.reduce((sum, { length }) => sum + length, 0)
      expect(pauses).toBeGreaterThanOrEqual(Math.floor(units / 16_385))
      const { indexed } = engine.work
      for (const value of contents.flatMap((text) => [
        text.slice(-30),
        text.slice(16_380, 16_400),
        text.slice(0, 50),
      ])) {
        expect(count({ where: [{ field: 'message', lookup: 'icontains', value }] }, engine)).toBe(1)
        const none = [{ field: 'message', lookup: 'icontains', value: `${value}~` } as const]
        expect(count({ where: none }, engine)).toBe(0)
      }
      expect(engine.work.indexed).toBe(indexed)
    }
  })

  test('finds the same as the index that is built at once', async () => {
    const [stepped, whole] = [new Engine({ text: textIndex }), new Engine({ text: textIndex })]
    for (const engine of [stepped, whole]) {
      long.forEach((content, i) => {
        longRow(engine, i + 1, [content])
      })
      add(engine, 10, 500)
    }
    await warmAsync(() => stepped, { sliceMs: 0 })
    warm(whole, {})
    for (const value of ['word1999', 'word19999', 'x end', '好你', 'é7999', 'number 42', '7998, é', 'd1 word2 w']) {
      const where: Group = [{ field: 'message', lookup: 'icontains', value }]
      const counts = [stepped, whole].map((engine) => count({ where }, engine))
      expect([value, counts[0]]).toEqual([value, counts[1]])
      expect(counts[0]).toBeGreaterThan(0)
    }
  })

  test('tells of progress, which grows to the whole', async () => {
    const engine = engineWith(100)
    const told: { done: number; total: number }[] = []
    await warmAsync(() => engine, { sliceMs: 0, onProgress: (progress) => told.push(progress) })
    const total = 100 * engine.indexes.all().length
    expect(told.length).toBeGreaterThan(2)
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).sort((a, b) => a - b))
    expect(told.every((it) => it.total === total)).toBe(true)
    expect(told.at(-1)).toEqual({ done: total, total })
  })

  test('stops when aborted, before and in the middle, with the reason of the signal; what is built stays', async () => {
    const engine = engineWith(300)
    const before = AbortSignal.abort(new Error('enough'))
    await expect(warmAsync(() => engine, { signal: before })).rejects.toThrow('enough')
    expect(engine.work.indexed).toBe(0)

    const controller = new AbortController()
    const onProgress = vi.fn(() => {
      if (engine.work.indexed > 300) controller.abort(new Error('stop'))
    })
    await expect(warmAsync(() => engine, { signal: controller.signal, sliceMs: 0, onProgress })).rejects.toThrow('stop')
    const { indexed } = engine.work
    expect(indexed).toBeGreaterThan(300)
    await new Promise((resume) => setTimeout(resume, 10))
    expect(engine.work.indexed).toBe(indexed)
    expect(engine.isTextIndexed).toBe(false)
    await warmAsync(() => engine, {})
    expect(count({ where: everything }, engine)).toBe(43)
  })

  test('aborted during a pause it reads no more', async () => {
    const engine = engineWith(300)
    const controller = new AbortController()
    let indexed = 0
    const onProgress = () => {
      // This timer comes before the one that ends the pause.
      setTimeout(() => {
        if (engine.work.indexed < 100 || controller.signal.aborted) return
        indexed = engine.work.indexed
        controller.abort(new Error('stop'))
      }, 0)
    }
    await expect(warmAsync(() => engine, { signal: controller.signal, sliceMs: 0, onProgress })).rejects.toThrow('stop')
    expect(engine.work.indexed).toBe(indexed)
  })

  test('rejects with an error of its own when the signal has no reason', async () => {
    await expect(warmAsync(() => engineWith(1), { signal: { aborted: true } })).rejects.toThrow('aborted')
  })

  test('rows that are written in between are indexed too', async () => {
    const engine = engineWith(40, { segmentRows: 64, fanOut: 2 })
    let next = 41
    await warmAsync(() => engine, {
      metadata: ['order.id'],
      sliceMs: 0,
      onProgress: () => {
        if (next > 80) return
        add(engine, next++, 1)
        expect(count({ where: [] }, engine)).toBe(next - 1)
      },
    })
    expect(next).toBe(81)
    const { indexed } = engine.work
    count({ where: everything }, engine)
    count({ where: [{ field: 'message', lookup: 'icontains', value: '77' }] }, engine)
    expect(engine.work).toEqual({ indexed, documentsRead: 0 })
  })

  test('rows that are merged into another segment and then purged are no trouble', async () => {
    const engine = engineWith(100)
    let calls = 0
    const built = warmAsync(() => engine, {
      sliceMs: 0,
      onProgress: () => {
        if (++calls !== 3) return
        // The segment that is being read is merged away; then the rows that its reading would come to next are purged.
        const [reading] = engine.segments
        for (let id = 1; id <= 30; id++) purge(engine, id)
        add(engine, 101, 1)
        expect(engine.segments).not.toContain(reading)
        for (let id = 60; id <= 100; id++) purge(engine, id)
      },
    })
    await expect(built).resolves.toBeUndefined()
    const { indexed } = engine.work
    expect(count({ where: [{ field: 'message', lookup: 'icontains', value: 'number' }] }, engine)).toBe(30)
    expect(count({ where: [{ field: 'device', lookup: 'in', value: ['device 1'] }] }, engine)).toBe(4)
    expect(engine.work.indexed).toBe(indexed)
  })

  test('terms that are renumbered in between, too', async () => {
    const engine = engineWith(64, { segmentRows: 512, fanOut: 2 })
    let round = 0
    await warmAsync(() => engine, {
      sliceMs: 0,
      onProgress: () => {
        if (round++ > 30) return
        // Everything is replaced by rows with other terms, so that the old ones are dropped.
        const old = Array.from(engine.documents.numbers(), (number) => engine.documents.row(number).id)
        for (const id of old) purge(engine, id)
        add(engine, 1_000 * round, 64)
        count({ where: everything }, engine)
      },
    })
    const { indexed } = engine.work
    expect(count({ where: everything }, engine)).toBeGreaterThan(7)
    expect(engine.work.indexed).toBe(indexed)
    expect(engine.indexes.messages()!.dictionary.size).toBeLessThan(400)
  })

  test('comes to an end with more paths than are kept', async () => {
    const engine = engineWith(3)
    const metadata = Array.from({ length: 300 }, (_, i) => `path ${i}`)
    warm(engine, { text: false, metadata })
    let calls = 0
    const controller = new AbortController()
    const onProgress = () => {
      if (++calls > 2_000) controller.abort(new Error('It goes on for ever.'))
    }
    await warmAsync(() => engine, { text: false, metadata, sliceMs: 0, signal: controller.signal, onProgress })
    expect(calls).toBeLessThan(2_000)
  })

  test('goes on with another engine, should there be one', async () => {
    let engine = engineWith(60)
    let isSwapped = false
    await warmAsync(() => engine, {
      sliceMs: 0,
      onProgress: () => {
        if (!isSwapped) engine = engineWith(30)
        isSwapped = true
      },
    })
    const { indexed } = engine.work
    expect(count({ where: everything }, engine)).toBe(4)
    expect(indexed).toBeGreaterThan(0)
  })
})
