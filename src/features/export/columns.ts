/** The columns of CSV: those that every conversation has, then one for each path to a value in the metadata. */

import { compareCodePoints } from '../../base/text/compare.ts'
import { writePath } from '../../query/metadata-path.ts'
import type { MetadataPath } from '../../query/spec.ts'
import { type Conversation, type LeanConversation, open } from '../../row/conversation.ts'
import { STORED_FIELDS } from '../../row/fields.ts'
import { ROW_NUMBERS } from '../../row/numbers.ts'
import { object } from '../../row/types.ts'
import type { Cell } from './csv.ts'

/** A row as a query gives it. */
export type ExportRow = Conversation<unknown> | LeanConversation<unknown>

/** A column and what it says of a row. */
type Fixed = readonly [title: string, cell: (row: ExportRow) => Cell]

/** The columns of what is stored. Metadata has columns of its own. */
const STORED: readonly Fixed[] = STORED_FIELDS.filter(([name]) => name !== 'metadata').map(
  ([name, { type, count }]) => {
    // A lean row has the number of a list instead of it.
    if (count !== undefined)
      return [count, (row) => (open(row)[name] as readonly unknown[])?.length ?? Number(open(row)[count] ?? 0)]
    if (type !== object) return [name, (row) => open(row)[name] as Cell]
    // A null is an empty cell, an object its JSON.
    return [name, (row) => (open(row)[name] === null ? null : JSON.stringify(open(row)[name]))]
  },
)

/** The numbers that are not lengths of stored lists. A lean row has no messages to count in: its cell is empty. */
const NUMBERS = Object.entries(ROW_NUMBERS).map(
  ([name, of]): Fixed => [
    name,
    (row) => (name === 'duration' || 'messages' in row ? of(row as Conversation<unknown>) : null),
  ],
)

/** The columns that are always there, in their order. */
const FIXED = [...STORED, ...NUMBERS.filter(([name]) => STORED.every(([title]) => title !== name))]

/** A key of the metadata, or the root: what may stand under it, and the place of its column if any row has a value there. */
interface Node {
  readonly path: MetadataPath
  readonly inner: Map<string, Node>
  column: number
}

const NO_COLUMN = -1
const UNPLACED = -2

/**
 * The dictionary of the paths that some rows have, and the cells of a row under it. A path leads to a scalar, a list or an
 * empty object, as in `store.metadataKeys()`; an object with anything in it is listed by that.
 */
export class Columns {
  readonly #root: Node = { path: [], inner: new Map(), column: NO_COLUMN }
  readonly #leaves: Node[] = []

  /** Notes the paths that a row has. O(values). */
  add({ metadata }: ExportRow): void {
    if (isObject(metadata)) this.#note(metadata, this.#root)
  }

  /** The titles; with this the columns are decided. Paths are sorted by code point. O(paths × log paths). */
  titles(): string[] {
    const leaves = this.#leaves.map((node) => ({ node, title: titleOf(node.path) }))
    leaves.sort((a, b) => compareCodePoints(a.title, b.title))
    for (const [at, { node }] of leaves.entries()) node.column = FIXED.length + at
    return [...FIXED.map(([title]) => title), ...leaves.map(({ title }) => title)]
  }

  /** The cells of a row that was added. O(columns + values). */
  cells(row: ExportRow): Cell[] {
    const cells: Cell[] = FIXED.map(([, cell]) => cell(row))
    for (let left = this.#leaves.length; left > 0; left--) cells.push(null)
    if (isObject(row.metadata)) fill(cells, row.metadata, this.#root)
    return cells
  }

  /** Documents are at most 100 levels deep, so this may call itself. */
  #note(object: object, { path, inner }: Node): void {
    for (const [key, value] of Object.entries(object)) {
      let node = inner.get(key)
      if (node === undefined) {
        node = { path: [...path, key], inner: new Map(), column: NO_COLUMN }
        inner.set(key, node)
      }
      if (hasInside(value)) this.#note(value, node)
      else if (node.column === NO_COLUMN) {
        node.column = UNPLACED
        this.#leaves.push(node)
      }
    }
  }
}

function fill(cells: Cell[], object: object, { inner }: Node): void {
  for (const [key, value] of Object.entries(object)) {
    const node = inner.get(key)!
    if (hasInside(value)) fill(cells, value, node)
    else cells[node.column] = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
  }
}

/** `metadata.a."b.c"`; where text cannot say the path, the list of its keys as JSON: `metadata["\"a"]`. */
function titleOf(path: MetadataPath): string {
  const text = writePath(path)
  return text === undefined ? `metadata${JSON.stringify(path)}` : `metadata.${text}`
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasInside(value: unknown): value is object {
  return isObject(value) && Object.keys(value).length > 0
}
