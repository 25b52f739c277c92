/** Reading a snapshot: views over its bytes become the segments and indexes of an empty store. */
import { checkChoice, checkInteger } from '../../base/options.ts'
import type { ColumnImage, EngineImage, IndexImage } from '../../engine/image/image.ts'
import { check, Damage, isAscending, Taken } from '../../engine/image/numbers.ts'
import { restoreEngine } from '../../engine/image/restore.ts'
import { BITS } from '../../engine/segments/segment.ts'
import type { OrderField } from '../../query/spec.ts'
import { executorOf, type StoreLike } from '../../store/inside.ts'
import type { GreatestIds } from '../../store/store.ts'
import { damaged, invalidSnapshot } from './fault.ts'
import { arraysOf, readDirectory, type Section } from './format.ts'
import { PackedDocuments, readBlocks } from './packed.ts'
import { textRules } from './unicode.ts'
import { readValues } from './values.ts'
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

/** An empty store, of either entry point. */
interface Restorable extends StoreLike {
  reserveIds(ids: GreatestIds): void
}

/** Sections whose bytes are checked block by block, when they are read. */
const DOCUMENTS = 'documents'

/** Bytes that begin at a multiple of 8: the same, or a copy. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
}

/** The sections of a snapshot by name, each read once. */
class Sections {
  readonly facts: Facts
  readonly isFull: boolean
  readonly #bytes: Uint8Array
  readonly #from: number
  readonly #sections = new Map<string, Section>()

  constructor(bytes: Uint8Array, isFull: boolean) {
    const { facts, sections, from } = readDirectory<Facts>(bytes)
    this.facts = facts
    this.isFull = isFull
    this.#bytes = bytes
    this.#from = from
    for (const section of sections) this.#sections.set(section.name, section)
  }

  /**
   * What `read` makes of the arrays of a section, which may be in several: `name`, `name/0`, `name/1`, one a segment. Throws
   * `INVALID_SNAPSHOT`, with the section, for a damaged one.
   */
  read<Result>(name: string, read: (taken: Taken) => Result): Result {
    const sections = this.#take(name)
    const arrays = sections.flatMap((section) => arraysOf(this.#bytes, this.#from, section, name !== DOCUMENTS))
    try {
      return read(new Taken(arrays, this.isFull))
    } catch (error) {
      throw error instanceof Damage ? damaged(name, this.#from + (sections[0]?.at ?? 0), error.message) : error
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
  const conversationIds = sections.read('conversation ids', (taken) =>
    image.sizes.flatMap((size) => readIds(taken, size)),
  )
  const packedBytes = sections.read(DOCUMENTS, (taken) => taken.next('u8'))
  const blocks = sections.read('blocks', (taken) => readBlocks(taken, image.ids.length, packedBytes))
  const all: EngineImage = {
    ...image,
    columns: facts.columns.map((field) => readColumn(field as OrderField, image.sizes.length, sections)),
    indexes: readIndexes(sections, conversationIds),
  }
  sections.end()
  const store = make(facts.pages)
  const { engine } = executorOf(store)
  const packed = new PackedDocuments(blocks, image.ids, conversationIds, { rowCache, isChecked: isFull })
  try {
    restoreEngine(engine, all, packed, { isFull })
  } catch (error) {
    throw error instanceof Damage ? damaged('rows or an index', 0, error.message) : error
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
      return BITS.slice(1).map(() => taken.next('i32', (size + 31) >>> 5))
    })
    check(taken.isEnd, 'it has more than it should')
    if (sections.isFull) {
      check(
        isAscending(ids.slice().sort(), 0, rows, true) && ids.every(Number.isSafeInteger),
        'ids are no ids, or twice',
      )
    }
    return { sizes, order, ids, ms, us, bits }
  })
}

/** The conversation ids of a segment. */
function readIds(taken: Taken, size: number): string[] {
  const ids = readValues(taken)
  check(ids.length === size && ids.every((id) => typeof id === 'string'), 'ids are missing, or no strings')
  return ids as string[]
}

function readColumn(field: OrderField, segments: number, sections: Sections): ColumnImage {
  const has = field === 'ended_at' ? 2 : 1
  const arrays = sections.read(`column ${field}`, (taken) => taken.all())
  return { field, segments: Array.from({ length: segments }, (_, i) => arrays.slice(i * has, (i + 1) * has)) }
}

/** The indexes, but not those of texts that were cut by other rules: these are built again on need. */
function readIndexes(sections: Sections, conversationIds: readonly string[]): IndexImage[] {
  const { facts } = sections
  const isSameText = facts.text === textRules()
  return facts.indexes.flatMap((key) => {
    const name = `index ${key}`
    if (!isSameText && TEXTS.includes(key)) {
      sections.skip(name)
      return []
    }
    return [
      sections.read(name, (taken) => {
        const values = readValues(taken)
        const areIds = key === 'conversation_id' && values.length === 0
        return { key, values: areIds ? conversationIds : values, arrays: taken.all() }
      }),
    ]
  })
}

const TEXTS = ['message', 'messages', 'action', 'runs']
