/** The peers, in the order of the tables. */
import type { MakePeer } from '../peer.ts'

/** One peer. */
export interface PeerEntry {
  readonly title: string
  /** `package`: what a user could install instead. `by hand`: what a user could write instead. `limit`: what the machine can do. */
  readonly kind: 'ours' | 'package' | 'by hand' | 'limit'
  /** How it is used, in a line. */
  readonly about: string
  readonly load: () => Promise<MakePeer>
  /** Only the first call of each question is wanted, in one round. */
  readonly isFirstOnly?: true
  /** Whether its cold start (W11) is taken. */
  readonly isStartedCold?: true
}

export const PEERS: Readonly<Record<string, PeerEntry>> = {
  ours: {
    title: 'this library',
    kind: 'ours',
    about: 'rows given with own: true, all indexes warmed',
    load: async () => (await import('./ours.ts')).make,
    isStartedCold: true,
  },
  'ours-cold': {
    title: 'this library, cold',
    kind: 'ours',
    about: 'nothing warmed: what the first call of each question builds is in its time',
    load: async () => (await import('./ours.ts')).makeOurs(false),
    isFirstOnly: true,
  },
  columns: {
    title: 'typed columns by hand',
    kind: 'by hand',
    about: 'typed arrays with dictionary codes, presorted by time, customers with lists of rows, folded texts',
    load: async () => (await import('./columns.ts')).make,
    isStartedCold: true,
  },
  arrays: {
    title: 'arrays of documents',
    kind: 'by hand',
    about: 'documents presorted by time, a Map of customers, `filter` with a closure, folded texts',
    load: async () => (await import('./arrays.ts')).make,
    isStartedCold: true,
  },
  'better-sqlite3': {
    title: 'better-sqlite3',
    kind: 'package',
    about:
      'in memory; partial indexes, indexed generated columns over JSON, FTS5 trigram, a table of runs; documents kept as objects',
    load: async () => (await import('./sqlite.ts')).make,
    isStartedCold: true,
  },
  'sql.js': {
    title: 'sql.js',
    kind: 'package',
    about: 'the same tables and indexes; its build has no FTS5, so texts are looked for in every row',
    load: async () => (await import('./sqljs.ts')).make,
  },
  duckdb: {
    title: 'duckdb',
    kind: 'package',
    about:
      'in memory; a column a field, lists, an index on customers; texts by contains, a table of runs; documents kept as objects',
    load: async () => (await import('./duckdb.ts')).make,
  },
  lokijs: {
    title: 'lokijs',
    kind: 'package',
    about: 'a collection with a binary index a field, texts by $contains',
    load: async () => (await import('./loki.ts')).make,
  },
  itemsjs: {
    title: 'itemsjs',
    kind: 'package',
    about: 'facets; customers, times and texts by its filter function; items given newest first',
    load: async () => (await import('./itemsjs.ts')).make,
  },
  crossfilter2: {
    title: 'crossfilter2',
    kind: 'package',
    about:
      'a dimension a field; texts and ORs by a function over a dimension of rows; groups that keep their numbers sorted',
    load: async () => (await import('./crossfilter.ts')).make,
  },
  arquero: {
    title: 'arquero',
    kind: 'package',
    about: 'a table of columns that is kept newest first, compiled expressions; no indexes',
    load: async () => (await import('./arquero.ts')).make,
  },
  orama: {
    title: 'orama',
    kind: 'package',
    about: 'enums, booleans and numbers, where and sortBy; no texts, which are tokens to it',
    load: async () => (await import('./orama.ts')).make,
  },
  'tanstack-db': {
    title: 'tanstack-db',
    kind: 'package',
    about: 'a local collection with a BTree index a field, asked by queryOnce: a count and a page',
    load: async () => (await import('./tanstack.ts')).make,
  },
  mingo: {
    title: 'mingo',
    kind: 'package',
    about: 'MongoDB queries over an array that is kept newest first; no indexes',
    load: async () => (await import('./mingo.ts')).make,
  },
  minisearch: {
    title: 'minisearch',
    kind: 'package',
    about: 'texts alone, and those as words: its nearest question is shown in brackets',
    load: async () => (await import('./minisearch.ts')).make,
  },
  roaring: {
    title: 'CRoaring',
    kind: 'limit',
    about: 'native AND and cardinality on ready sets, `roaring` from npm; no page, no documents',
    load: async () => (await import('../limits/roaring.ts')).make,
  },
  memmem: {
    title: 'a pass over the text',
    kind: 'limit',
    about: 'native search over the folded texts of all visible rows, 32 bytes at a time; no page, no documents',
    load: async () => (await import('../limits/memmem.ts')).make,
  },
}
