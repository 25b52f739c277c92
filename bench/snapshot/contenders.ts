/**
 * What answers a first question from bytes: a snapshot, and what a program could keep instead. Each makes its file once, of the
 * same rows. Deleted rows are left out where a package has no other way; texts are folded beforehand where it does not fold.
 */
import { ConversationStore } from '../../src/index.ts'
import { readSnapshotSync, writeSnapshot } from '../../src/snapshot.ts'
import type { Row } from '../compare/ask.ts'
import { foldedText, microseconds, newestFirst } from '../compare/entry.ts'
import { load } from '../compare/peer.ts'
import { eachLine } from '../compare/rows-file.ts'

/** The first answer: how many rows have a word, and the ids of the ten newest. */
export interface Answer {
  readonly count: number
  readonly ids: readonly number[]
}

type Ask = (word: string) => Answer | Promise<Answer>

/** One way to keep conversations. */
export interface Contender {
  /** What its file is made of; those without one are opened from the rows as NDJSON. */
  make?(rows: readonly Row[], path: string): Promise<Uint8Array | string | undefined>
  /** From the bytes (of a database its path) to what answers. */
  open(bytes: Buffer, path: string): Ask | Promise<Ask>
  /** It answers nothing: it is what cannot be saved. */
  readonly isLimit?: true
  /** Its file stays on the disk. */
  readonly isFile?: true
}

const PAGE = 10

const visible = (rows: readonly Row[]) => rows.filter(({ is_deleted }) => !is_deleted)
const timed = ({ id, started_at }: Row) => ({ id, started: microseconds(started_at) })
const newest = (found: readonly { readonly id: number; readonly started: number }[]): Answer => ({
  count: found.length,
  ids: [...found]
    .sort(newestFirst)
    .slice(0, PAGE)
    .map(({ id }) => id),
})

const asked = (store: ConversationStore, word: string): Answer => {
  const { count, results } = store.query().messageContains(word).pageSize(PAGE).fetch()
  return { count, ids: results.map(({ id }) => id) }
}

const ours = (text: boolean) => async (rows: readonly Row[]) => {
  const store = ConversationStore.from(rows as never, { onInvalid: 'throw' })
  return writeSnapshot(store, { text })
}

interface MiniSearchIndex {
  addAll(documents: readonly object[]): void
  search(text: string): readonly { readonly id: number; readonly started: number }[]
}
type MiniSearch = { new (options: object): MiniSearchIndex; loadJSON(json: string, options: object): MiniSearchIndex }
const MINISEARCH = { fields: ['text'], storeFields: ['started'] }

interface Orama {
  create(options: object): object
  insertMultiple(db: object, documents: readonly object[], batchSize: number): unknown
  save(db: object): unknown
  load(db: object, raw: unknown): void
  search(
    db: object,
    params: object,
  ): Promise<{ readonly count: number; readonly hits: readonly { readonly document: { readonly id: string } }[] }>
}
const ORAMA = { schema: { text: 'string', started: 'number' }, sort: { unsortableProperties: ['text'] } }

interface Items {
  search(input: object): {
    readonly pagination: { readonly total: number }
    readonly data: { readonly items: readonly { readonly id: number; readonly started: number }[] }
  }
  serializeAll(): { readonly fulltext: unknown; readonly facets: unknown }
}
type MakeItems = (items: readonly object[], configuration: object) => Items
const ITEMS = { searchableFields: ['text'], isExactSearch: true }

interface Database {
  exec(sql: string): unknown
  prepare(sql: string): { run(...values: unknown[]): unknown; all(...values: unknown[]): unknown[] }
  close(): void
}
const FOUND = 'c.is_deleted = 0 AND c.id IN (SELECT rowid FROM found WHERE found MATCH ?)'

const openDatabase = async (path: string) => {
  const { default: Sqlite } = await load<{ default: new (path: string) => Database }>('better-sqlite3')
  return new Sqlite(path)
}

/** By name, as the report has them. */
export const CONTENDERS: Readonly<Record<string, Contender>> = {
  snapshot: {
    make: ours(true),
    open(bytes) {
      const store = readSnapshotSync(bytes)
      return (word) => asked(store, word)
    },
  },
  'load + warm': {
    async open(bytes) {
      const store = new ConversationStore()
      await store.load(bytes)
      store.warm({ text: true })
      return (word) => asked(store, word)
    },
  },
  'JSON.parse': {
    isLimit: true,
    open(bytes) {
      const rows: unknown[] = []
      eachLine([bytes], (line) => rows.push(JSON.parse(line)))
      return () => ({ count: rows.length, ids: [] })
    },
  },
  minisearch: {
    async make(rows) {
      const { default: MiniSearch } = await load<{ default: MiniSearch }>('minisearch')
      const index = new MiniSearch(MINISEARCH)
      index.addAll(visible(rows).map((row) => ({ ...timed(row), text: foldedText(row) })))
      return JSON.stringify(index)
    },
    async open(bytes) {
      const { default: MiniSearch } = await load<{ default: MiniSearch }>('minisearch')
      const index = MiniSearch.loadJSON(bytes.toString(), MINISEARCH)
      return (word) => newest(index.search(word))
    },
  },
  orama: {
    async make(rows) {
      const { create, insertMultiple, save } = await load<Orama>('@orama/orama')
      const db = create(ORAMA)
      const documents = visible(rows).map((row) => ({ ...timed(row), id: String(row.id), text: foldedText(row) }))
      await insertMultiple(db, documents, 1_000)
      return JSON.stringify(save(db))
    },
    async open(bytes) {
      const orama = await load<Orama>('@orama/orama')
      const db = orama.create(ORAMA)
      orama.load(db, JSON.parse(bytes.toString()))
      return async (term) => {
        const sortBy = { property: 'started', order: 'DESC' }
        const { count, hits } = await orama.search(db, { term, limit: PAGE, sortBy })
        return { count, ids: hits.map(({ document }) => Number(document.id)) }
      }
    },
  },
  itemsjs: {
    async make(rows) {
      const { default: itemsjs } = await load<{ default: MakeItems }>('itemsjs')
      const items = visible(rows).map((row) => ({ ...timed(row), text: foldedText(row) }))
      const { fulltext, facets } = itemsjs(items, ITEMS).serializeAll()
      return JSON.stringify({ items: items.map(({ id, started }) => ({ id, started })), fulltext, facets })
    },
    async open(bytes) {
      const { default: itemsjs } = await load<{ default: MakeItems }>('itemsjs')
      const { items, fulltext, facets } = JSON.parse(bytes.toString())
      const engine = itemsjs(items, { ...ITEMS, fulltextSnapshot: fulltext, facetsSnapshot: facets })
      return (query) => newest(engine.search({ query, per_page: items.length }).data.items)
    },
  },
  'better-sqlite3': {
    isFile: true,
    async make(rows, path) {
      const db = await openDatabase(path)
      db.exec(`
        CREATE TABLE conversation (id INTEGER PRIMARY KEY, started INTEGER, is_deleted INTEGER, row TEXT, text TEXT);
        CREATE VIRTUAL TABLE found
          USING fts5(text, content='conversation', content_rowid='id', tokenize='trigram case_sensitive 1');
        BEGIN`)
      const insert = db.prepare('INSERT INTO conversation VALUES (?, ?, ?, ?, ?)')
      for (const row of rows) {
        const { id, started } = timed(row)
        insert.run(id, started, Number(row.is_deleted), JSON.stringify(row), foldedText(row))
      }
      db.exec(`COMMIT; INSERT INTO found (found) VALUES ('rebuild'); INSERT INTO found (found) VALUES ('optimize')`)
      db.close()
      return undefined
    },
    async open(_, path) {
      const db = await openDatabase(path)
      return (word) => {
        const all = db.prepare(`SELECT c.id, c.started FROM conversation c WHERE ${FOUND}`).all(word) as {
          readonly id: number
          readonly started: number
        }[]
        const answer = newest(all)
        // The rows of the page, as the others give them.
        const row = db.prepare('SELECT row FROM conversation WHERE id = ?')
        for (const id of answer.ids) JSON.parse((row.all(id)[0] as { readonly row: string }).row)
        return answer
      }
    },
  },
  'snapshot without strings': {
    make: ours(false),
    open(bytes) {
      const store = readSnapshotSync(bytes)
      return () => ({ count: store.query().count(), ids: [] })
    },
  },
}
