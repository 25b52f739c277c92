/** Writing a snapshot: a copy of the store as it was at the call, its indexes, and its documents packed. */
import { throwIfAborted } from '../../base/abort.ts'
import type { AbortSignalLike } from '../../base/host.ts'
import { checkFlag, invalidOption } from '../../base/options.ts'
import { type EngineImage, imageOf, rowNumbersOf } from '../../engine/image/image.ts'
import type { TermValues } from '../../engine/terms/dictionary.ts'
import { pausing, warmAsync } from '../../engine/warm.ts'
import type { MetadataPath } from '../../query/spec.ts'
import type { StoreLike } from '../../store/inside.ts'
import { executorOf } from '../../store/inside.ts'
import type { GreatestIds, StoreBase } from '../../store/store.ts'
import { Characters } from './characters.ts'
import { fileOf, type Given } from './file.ts'
import { packRows, writeBlocks } from './pack.ts'
import { indexPaths } from './paths.ts'
import { SEARCH_RULES } from './searches.ts'
import { type CharacterClasses, TEXT_RULES } from './unicode.ts'
import { writeSearch } from './write-search.ts'
import { writeValues } from './write-values.ts'

/** What a snapshot has beside the rows and the fields' own indexes. */
export interface WriteSnapshotOptions {
  /** What finds strings by a piece of them, in messages, names and ids. About a third of the file. True where the store has a text index. */
  readonly text?: boolean
  /** The metadata paths with an index: a list, or `auto`, those that a hundredth of the rows have with at most 10,000 values, 64 at most. */
  readonly metadata?: 'auto' | readonly (string | MetadataPath)[]
  /** What the runs of actions were asked and answered. False. */
  readonly actions?: boolean
  /** Hears how many rows are packed. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  /** Stops the writing. */
  readonly signal?: AbortSignalLike
  /** @internal For tests: about how many bytes are packed together. */
  readonly blockBytes?: number
}

/** How a store pages and links. */
export interface Pages {
  readonly defaultPageSize: number
  readonly maxPageSize: number
  readonly baseUrl?: string
}

/** What a snapshot says of itself, beside its arrays. */
export interface Facts {
  /** When it was written, ISO 8601. */
  readonly date: string
  /** The rules by which strings were cut and folded, and how the characters of the rows are cut: see `unicode.ts`. */
  readonly text: string
  readonly characters: CharacterClasses
  /** The rules by which strings were joined to be searched. */
  readonly search: string
  readonly rows: number
  readonly deleted: number
  readonly pages: Pages
  readonly greatestIds: GreatestIds
  /** The keys of the indexes, in the order of their sections. */
  readonly indexes: readonly string[]
  /** The fields of the columns. */
  readonly columns: readonly string[]
  /** The bytes of a row's JSON, summed. */
  readonly jsonBytes: number
}

/** The pieces of a snapshot, in order. Rejects with the signal's reason. O(bytes), in slices of some 8 ms. */
export async function snapshotPieces(store: StoreLike, options: WriteSnapshotOptions): Promise<Uint8Array[]> {
  const executor = executorOf(store)
  const { actions = false, metadata = 'auto', signal, onProgress, blockBytes } = options
  checkFlag('text', options.text)
  checkFlag('actions', actions)
  if (metadata !== 'auto' && !Array.isArray(metadata))
    throw invalidOption('metadata', metadata, '"auto" or a list of paths')
  const text = options.text ?? executor.engine.indexes.messages() !== undefined
  throwIfAborted(signal, 'writing of the snapshot')
  // What is written to the store from here on is not in the snapshot.
  const engine = executor.engine.copied()
  const known = {
    pages: executor.settings as Pages,
    greatestIds: (store as StoreBase<unknown>).greatestIds,
    date: new Date().toISOString(),
  }
  const pause = pausing({ signal, what: 'writing of the snapshot' })
  const total = engine.documents.size
  await indexPaths(engine, metadata, pause)
  await warmAsync(() => engine, { text, actions, ...(signal && { signal }) })
  const numbers = rowNumbersOf(engine)
  const characters = new Characters()
  const hear = (json: string) => characters.add(json)
  const rowAt = (at: number) => engine.documents.read(numbers[at]!)
  const blocks = await packRows(total, { rowAt, pause, onProgress, blockBytes, hear })
  const image = imageOf(engine)
  const conversationIds = numbers.map((number) => engine.documents.conversationId(number))
  const facts: Facts = {
    date: known.date,
    text: TEXT_RULES,
    characters: characters.classes(),
    search: SEARCH_RULES,
    rows: total,
    deleted: total - engine.segments.reduce((sum, { visible }) => sum + visible.count, 0),
    pages: known.pages,
    greatestIds: known.greatestIds,
    indexes: image.indexes.map(({ key }) => key),
    columns: image.columns.map(({ field }) => field),
    jsonBytes: blocks.lengths.reduce((sum, length) => sum + length, 0),
  }
  return fileOf(facts, [
    ...sectionsOf(image, conversationIds),
    { name: 'blocks', arrays: writeBlocks(blocks) },
    { name: 'documents', arrays: [blocks.bytes] },
  ])
}

/**
 * What all segments have in common, then each segment by itself, the newest last: where rows are appended, most of the file is
 * as it was.
 */
function sectionsOf(image: EngineImage, conversationIds: readonly string[]): Given[] {
  const { sizes, order, indexes } = image
  let from = 0
  const ofSegments = sizes.flatMap((size, segment) => {
    const own = sectionsOfSegment(image, segment, from, conversationIds.slice(from, from + size))
    from += size
    return own.map(({ name, arrays }) => ({ name: `${name}/${segment}`, arrays }))
  })
  return [
    { name: 'rows', arrays: [Uint32Array.from(sizes), order] },
    ...indexes.map(({ key, values }) => {
      // Those of conversation ids stand with the rows.
      const isKnown = key === 'conversation_id' && areSame(values, conversationIds)
      return { name: `index ${key}`, arrays: writeValues(isKnown ? [] : values) }
    }),
    ...indexes.flatMap(({ key, search }) => {
      const arrays = search && writeSearch(search)
      return arrays === undefined ? [] : [{ name: `search ${key}`, arrays }]
    }),
    ...ofSegments,
  ]
}

function areSame(values: TermValues, strings: readonly string[]): boolean {
  return values.length === strings.length && strings.every((string, i) => values.at(i) === string)
}

/** The sections of a segment whose rows begin at `from`. */
function sectionsOfSegment(
  { sizes, ids, ms, us, bits, columns, indexes }: EngineImage,
  segment: number,
  from: number,
  conversationIds: readonly string[],
): Given[] {
  const to = from + sizes[segment]!
  const rows = [ids, ms, us].map((all) => all.subarray(from, to))
  return [
    { name: 'rows', arrays: [...rows, ...bits[segment]!] },
    { name: 'conversation ids', arrays: writeValues(conversationIds) },
    ...columns.map(({ field, segments }) => ({ name: `column ${field}`, arrays: segments[segment]! })),
    ...indexes.map(({ key, arrays }) => {
      // Of each segment there are as many.
      const count = arrays.length / sizes.length
      return { name: `index ${key}`, arrays: arrays.slice(segment * count, (segment + 1) * count) }
    }),
  ]
}
