/** MiniSearch: words and beginnings of words. It has no containment, so its nearest question stands in brackets. */
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, type Row, textOf } from '../ask.ts'
import { foldedText, microseconds, newestFirst } from '../entry.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'

interface MiniSearchIndex {
  addAll(documents: readonly object[]): void
  search(text: string, options: object): { readonly id: number }[]
}

export const make: MakePeer = async () => {
  const { default: MiniSearch } = await load<{ default: new (options: object) => MiniSearchIndex }>('minisearch')
  const index = new MiniSearch({ fields: ['text'], processTerm: fold })
  const documents = new Map<number, { readonly row: Row; readonly id: number; readonly started: number }>()
  return {
    version: await versionOf('minisearch'),
    cannot: (ask) =>
      textOf(ask) === undefined ? 'searches words only' : 'whole words and their beginnings, no containment',
    build(rows) {
      for (const row of rows) documents.set(row.id, { row, id: row.id, started: microseconds(row.started_at) })
    },
    buildText() {
      index.addAll(Array.from(documents.values(), ({ id, row }) => ({ id, text: foldedText(row) })))
    },
    ask() {
      throw new Error('MiniSearch cannot answer exactly.')
    },
    nearest(ask): Answer | undefined {
      const text = textOf(ask)
      if (text === undefined || ask.where.length > 1) return undefined
      const found = index
        .search(text, { prefix: true, combineWith: 'AND' })
        .map(({ id }) => documents.get(id)!)
        .filter(({ row }) => !row.is_deleted)
        .sort(newestFirst)
      const from = (ask.page - 1) * ask.pageSize
      return { count: found.length, rows: found.slice(from, from + ask.pageSize).map(({ row }) => row) }
    },
  }
}
