/**
 * What native set algebra takes for the counts: a CRoaring bitmap a condition, made before, smallest first, and at last
 * the cardinality of an AND with the rows that are not deleted. No page, no documents.
 */
import { type Ask, asksAgents, asksText, type Condition, type Row } from '../ask.ts'
import { passes, seen } from '../naive.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'

interface Bitmap {
  readonly size: number
  add(value: number): unknown
  runOptimize(): boolean
  shrinkToFit(): number
  andCardinality(other: Bitmap): number
  andNotCardinality(other: Bitmap): number
}

interface Roaring {
  readonly RoaringBitmap32: {
    new (): Bitmap
    and(a: Bitmap, b: Bitmap): Bitmap
    andNot(a: Bitmap, b: Bitmap): Bitmap
    orMany(bitmaps: readonly Bitmap[]): Bitmap
  }
}

/** Sets that must hold together; for an OR, groups of them. */
interface Sets {
  readonly all: readonly Bitmap[]
  readonly none: readonly Bitmap[]
  readonly any: readonly (readonly Sets[])[]
}

export const make: MakePeer = async (plan) => {
  const module = await load<Roaring & { default?: Roaring }>('roaring')
  const { RoaringBitmap32 } = module.default ?? module
  const visible = new RoaringBitmap32()
  const bitmaps = new Map<string, Bitmap>()
  const sets = new Map<Ask, Sets>()

  function setsOf(conditions: readonly Condition[]): Sets {
    const all: Bitmap[] = []
    const none: Bitmap[] = []
    const any: Sets[][] = []
    for (const condition of conditions) {
      // A NOT of one condition is all that is asked.
      if ('not' in condition) none.push(bitmaps.get(JSON.stringify(condition.not[0]))!)
      else if ('or' in condition) any.push(condition.or.map(setsOf))
      else all.push(bitmaps.get(JSON.stringify(condition))!)
    }
    return { all: all.sort((a, b) => a.size - b.size), none, any }
  }

  function united(groups: readonly Sets[]): Bitmap {
    return RoaringBitmap32.orMany(groups.map((group) => intersected(group.all)))
  }

  function intersected(all: readonly Bitmap[]): Bitmap {
    let left = all[0]!
    for (let i = 1; i < all.length; i++) left = RoaringBitmap32.and(left, all[i]!)
    return left
  }

  function count({ all, none, any }: Sets): number {
    let left = all.length === 0 ? undefined : intersected(all)
    for (const groups of any) {
      const union = united(groups)
      left = left === undefined ? union : RoaringBitmap32.and(left, union)
    }
    for (const without of none) left = RoaringBitmap32.andNot(left ?? visible, without)
    return left === undefined ? visible.size : left.andCardinality(visible)
  }

  return {
    version: await versionOf('roaring'),
    countsOnly: true,
    cannot: (ask) => (asksText(ask) || asksAgents(ask) || ask.order !== undefined ? 'no sets of this kind' : undefined),
    build(rows: readonly Row[]) {
      // Slots in the order of time, as an engine that walks pages along the order must have them.
      const ordered = rows.map(seen).sort((a, b) => a.started - b.started || a.row.id - b.row.id)
      const tests = new Map<string, (slot: number) => void>()
      const want = (condition: Condition) => {
        const key = JSON.stringify(condition)
        if ('not' in condition) condition.not.forEach(want)
        else if ('or' in condition) condition.or.flat().forEach(want)
        else if (condition.field !== 'message' && condition.field !== 'failed_run' && !tests.has(key)) {
          const bitmap = new RoaringBitmap32()
          bitmaps.set(key, bitmap)
          const test = passes({ where: [condition], page: 1, pageSize: 1 })
          tests.set(key, (slot) => {
            const one = ordered[slot]!
            // The sets hold deleted rows too: an index does, and the answer leaves them out.
            if (test(one.row.is_deleted ? { ...one, row: { ...one.row, is_deleted: false } } : one)) bitmap.add(slot)
          })
        }
      }
      const asks = plan.questions.flatMap(({ variants }) => variants.map(({ ask }) => ask))
      for (const { where } of asks) where.forEach(want)
      ordered.forEach(({ row }, slot) => {
        if (!row.is_deleted) visible.add(slot)
        for (const add of tests.values()) add(slot)
      })
      for (const bitmap of [visible, ...bitmaps.values()]) {
        bitmap.runOptimize()
        bitmap.shrinkToFit()
      }
      for (const ask of asks) {
        if (asksText(ask) || asksAgents(ask)) continue
        sets.set(ask, setsOf(ask.where))
      }
    },
    ask(ask) {
      return { count: count(sets.get(ask)!), rows: [] }
    },
  }
}
