/** Reading a snapshot: views over its bytes become the segments and indexes of an empty store. */
import { checkChoice, checkInteger, checkOptions } from '../../base/options.ts'
import {
  COLUMN_FIELDS,
  type ColumnImage,
  type EngineImage,
  type IndexImage,
  KEPT_BITS,
} from '../../engine/image/image.ts'
import { check, Damage, isAscending, Taken } from '../../engine/image/numbers.ts'
import { isIndexKey, isTextKey, restoreIndex, restoreRows, restoreSearch } from '../../engine/image/restore.ts'
import { executorOf, type StoreLike } from '../../store/inside.ts'
import { STORE_OPTIONS } from '../../store/options.ts'
import type { GreatestIds } from '../../store/store.ts'
import { readFacts } from './facts.ts'
import { damaged, invalidSnapshot } from './fault.ts'
import { arraysOf, readDirectory, type Section } from './format.ts'
import { PackedDocuments, readBlocks } from './packed.ts'
import { readSearch, SEARCH_RULES } from './searches.ts'
import { isCutAlike, TEXT_RULES } from './unicode.ts'
import { JoinedValues, readValues } from './values.ts'
import type { Facts, Pages } from './write.ts'

/** How a snapshot is opened. */
export interface ReadSnapshotOptions {
  /**
   * Where documents are: `packed` (the default) leaves them compressed, and unpacks one when it is given out, some 50 µs;
   * `resident` makes objects of all of them, several times the memory.
   */
  readonly documents?: 'packed' | 'resident'
  /** How many unpacked rows are kept. 512. */
  readonly rowCache?: number
  /**
   * What is checked: `checksums` (the default) notices damage, `full` also files that someone made to do harm: each number of
   * each index, and each row when it is unpacked. What comes from a URL is checked in full.
   */
  readonly verify?: 'checksums' | 'full'
}

/** The names of the options of opening: those of the full store, and of `ReadSnapshotOptions`. */
export const OPEN_OPTIONS = [...STORE_OPTIONS.filter((name) => name !== 'text'), 'documents', 'rowCache', 'verify']

/** The options of opening: those of the store, and those of reading. Throws `UNKNOWN_PARAMETER` for others. */
export function partReadOptions<Own extends object>(
  options: Own & ReadSnapshotOptions,
): [own: Omit<Own, keyof ReadSnapshotOptions>, reading: ReadSnapshotOptions] {
  checkOptions('readSnapshot', options, OPEN_OPTIONS)
  const { documents, rowCache, verify, ...own } = options
  const reading = Object.entries({ documents, rowCache, verify }).filter(([, value]) => value !== undefined)
  return [own, Object.fromEntries(reading)]
}

/** An empty store, of either entry point. */
interface Restorable extends StoreLike {
  reserveIds(ids: GreatestIds): void
}

/** Sections whose bytes are checked block by block, when they are read. */
const DOCUMENTS = 'documents'

/** Bytes that begin at a multiple of 8: the same, or a copy. (The `slice` of a Node `Buffer` is none.) */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
}

/** The sections of a snapshot by name, each read once. */
class Sections {
  readonly facts: Facts
  readonly isFull: boolean
  readonly #bytes: Uint8Array
  readonly #from: number
  readonly #sections = new Map<string, Section>()
  /** By section, its place in the file. */
  readonly #places = new Map<string, number>()

  constructor(bytes: Uint8Array, isFull: boolean) {
    const { facts, sections, from } = readDirectory<unknown>(bytes)
    this.facts = readFacts(facts)
    this.isFull = isFull
    this.#bytes = bytes
    this.#from = from
    for (const section of sections) {
      this.#sections.set(section.name, section)
      this.#places.set(section.name, from + section.at)
    }
  }

  /**
   * What `read` makes of the arrays of a section, which may be in several: `name`, `name/0`, `name/1`, one a segment. Throws
   * `INVALID_SNAPSHOT`, with the section, for a damaged one.
   */
  read<Result>(name: string, read: (taken: Taken) => Result): Result {
    const sections = this.#take(name)
    // A snapshot without rows has no segments.
    if (sections.length === 0 && this.facts.rows > 0)
      throw invalidSnapshot(name, `The snapshot has no section ${JSON.stringify(name)}.`)
    const arrays = sections.flatMap((section) => arraysOf(this.#bytes, this.#from, section, name !== DOCUMENTS))
    const taken = new Taken(arrays, this.isFull)
    return this.of(name, () => {
      const result = read(taken)
      check(taken.isEnd, 'it has more than it should')
      return result
    })
  }

  /** Does something with what stands in a section. Throws `INVALID_SNAPSHOT` with the section where it is damaged. */
  of<Result>(name: string, task: () => Result): Result {
    try {
      return task()
    } catch (error) {
      const place = this.#places.get(name) ?? this.#places.get(`${name}/0`) ?? 0
      throw error instanceof Damage ? damaged(name, place, error.message) : error
    }
  }

  /** The sections of a name, each once. */
  #take(name: string): Section[] {
    const taken: Section[] = []
    const take = (key: string) => {
      const section = this.#sections.get(key)
      if (section !== undefined) taken.push(section)
      return this.#sections.delete(key)
    }
    take(name)
    for (let segment = 0; take(`${name}/${segment}`); segment++);
    return taken
  }

  /** Whether there is a section of a name that was not read. */
  has(name: string): boolean {
    return this.#sections.has(name)
  }

  /** Leaves a section out. */
  skip(name: string): void {
    this.#take(name)
  }

  /** Throws where sections are left that are not optional. */
  end(): void {
    for (const { name, isOptional } of this.#sections.values()) {
      if (isOptional === true) continue
      const message = `The snapshot has a section ${JSON.stringify(name)}, which this version does not know. Open it with a later version of conversation-store.`
      throw invalidSnapshot(name, message)
    }
  }
}

/**
 * The store of a snapshot: `make` makes an empty one with its page settings. Throws `INVALID_SNAPSHOT`, with the section and its
 * place, and nothing was opened. O(rows + terms + bytes), the last for the checksums.
 */
export function openSnapshot<Store extends Restorable>(
  bytes: Uint8Array,
  make: (pages: Pages) => Store,
  options: ReadSnapshotOptions,
): Store {
  const { documents = 'packed', rowCache = 512, verify = 'checksums' } = options
  checkChoice('documents', documents, ['packed', 'resident'])
  checkChoice('verify', verify, ['checksums', 'full'])
  checkInteger('rowCache', rowCache, 0)
  const isFull = verify === 'full'
  const sections = new Sections(aligned(bytes), isFull)
  const { facts } = sections
  const image = readRows(sections)
  const conversationIds = readConversationIds(image.sizes, sections)
  const packedBytes = sections.read(DOCUMENTS, (taken) => taken.next('u8'))
  const blocks = sections.read('blocks', (taken) => readBlocks(taken, image.ids.length, packedBytes))
  const all: EngineImage = {
    ...image,
    columns: COLUMN_FIELDS.filter((field) => facts.columns.includes(field)).map((field) =>
      readColumn(field, image.sizes, sections),
    ),
    indexes: readIndexes(sections, conversationIds),
  }
  sections.end()
  const store = make(facts.pages)
  const { engine } = executorOf(store)
  const packed = new PackedDocuments(blocks, image.ids, conversationIds, { rowCache, isChecked: isFull })
  sections.of('rows', () => restoreRows(engine, all, packed, { isFull }))
  for (const index of all.indexes) {
    sections.of(`index ${index.key}`, () => restoreIndex(engine, index, { isFull }))
    sections.of(`search ${index.key}`, () => restoreSearch(engine, index, { isFull }))
  }
  engine.isTextIndexed = all.indexes.some(({ key }) => key === 'message')
  store.reserveIds(facts.greatestIds)
  if (documents === 'resident') engine.documents.unpackAll()
  return store
}

function readRows(sections: Sections): Pick<EngineImage, 'sizes' | 'order' | 'ids' | 'ms' | 'us' | 'bits'> {
  return sections.read('rows', (taken) => {
    const sizes = Array.from(taken.next('u32'))
    const rows = sizes.reduce((sum, size) => sum + size, 0)
    const order = taken.next('u32', rows)
    const [ids, ms, us] = [new Float64Array(rows), new Float64Array(rows), new Uint16Array(rows)]
    let from = 0
    const bits = sizes.map((size) => {
      ids.set(taken.next('f64', size), from)
      ms.set(taken.next('f64', size), from)
      us.set(taken.next('u16', size), from)
      from += size
      return KEPT_BITS.map(() => taken.next('i32', (size + 31) >>> 5))
    })
    let greatest = 0
    for (let row = 0; row < rows; row++) greatest = Math.max(greatest, ids[row]!)
    check(greatest <= sections.facts.greatestIds.conversation, 'a row has a greater id than there should be')
    check(rows === sections.facts.rows, `it has ${rows} rows, and should have ${sections.facts.rows}`)
    if (sections.isFull) {
      check(
        isAscending(ids.slice().sort(), 0, rows, true) && ids.every((id) => Number.isSafeInteger(id) && id > 0),
        'ids are no ids, or twice',
      )
    }
    return { sizes, order, ids, ms, us, bits }
  })
}

function readConversationIds(sizes: readonly number[], sections: Sections): JoinedValues {
  return sections.read('conversation ids', (taken) => {
    const lists = sizes.map((size) => {
      const own = readValues(taken)
      check(own.length === size && own.areNames, 'there is not one for each row')
      return own
    })
    const ids = new JoinedValues(lists)
    check(!sections.isFull || areDistinct(ids), 'one is there twice')
    return ids
  })
}

function areDistinct(values: JoinedValues): boolean {
  const seen = new Set<unknown>()
  for (let i = 0; i < values.length; i++) seen.add(values.at(i))
  return seen.size === values.length
}

function readColumn(field: ColumnImage['field'], sizes: readonly number[], sections: Sections): ColumnImage {
  return sections.read(`column ${field}`, (taken) => ({
    field,
    segments: sizes.map((size) => {
      const first = taken.numbers(size)
      check(
        !sections.isFull || first.every((number) => Math.abs(number) !== Number.POSITIVE_INFINITY),
        'it has no number',
      )
      return field === 'ended_at' ? [first, taken.next('u16', size)] : [first]
    }),
  }))
}

/** The indexes, but nothing of texts that were cut, or joined, by other rules: that is built again on need. */
function readIndexes(sections: Sections, conversationIds: JoinedValues): IndexImage[] {
  const { facts } = sections
  const isSameText = facts.text === TEXT_RULES && isCutAlike(facts.characters)
  return facts.indexes.filter(isIndexKey).flatMap((key) => {
    const [name, searchName] = [`index ${key}`, `search ${key}`]
    const isText = isTextKey(key)
    if (isText && !(isSameText && facts.search === SEARCH_RULES)) sections.skip(searchName)
    if (isText && !isSameText) {
      sections.skip(name)
      return []
    }
    const search = isText && sections.has(searchName) ? sections.read(searchName, readSearch) : undefined
    return [
      sections.read(name, (taken) => {
        const values = readValues(taken)
        const areIds = key === 'conversation_id' && values.length === 0
        return { key, values: areIds ? conversationIds : values, arrays: taken.all(), search }
      }),
    ]
  })
}
