/** Files that someone made, with correct checksums: each is refused, or does no harm. */
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { ConversationStoreError } from '../../../src/base/errors.ts'
import type { Numbers } from '../../../src/engine/image/numbers.ts'
import { ConversationStore } from '../../../src/index.ts'
import { type ReadSnapshotOptions, readSnapshotSync, writeSnapshot } from '../../../src/snapshot.ts'
import { plain } from '../../arbitraries/plain.ts'
import { numbers } from '../../arbitraries/rows.ts'
import { inSegments } from '../../in-segments.ts'
import {
  blocksOf,
  bodyStart,
  directoryOf,
  fileOf,
  headed,
  type Parts,
  partNamed,
  partsOf,
  putBlocks,
} from '../../snapshot-files.ts'
import { answersOf, MANY_ROWS, QUESTIONS, ROW_QUESTIONS, ROWS } from '../../snapshot-rows.ts'

const WRITTEN = {
  text: true,
  actions: true,
  metadata: ['plan', 'tags', 'nested.deep', 'nested."x.y"', 'zero'],
  blockBytes: 64,
}
const FULL = { verify: 'full' } as const
const ALL = { ...QUESTIONS, ...ROW_QUESTIONS }

const fewRows = ConversationStore.from(ROWS, inSegments(4, 2))
const manyRows = ConversationStore.from(MANY_ROWS)
const few = await writeSnapshot(fewRows, WRITTEN)
const many = await writeSnapshot(manyRows, WRITTEN)
const right = answersOf(manyRows)

/** The error of something that must throw `INVALID_SNAPSHOT`. */
function refused(task: () => unknown): ConversationStoreError {
  try {
    task()
  } catch (error) {
    if (!(error instanceof ConversationStoreError)) throw error
    expect(error.code).toBe('INVALID_SNAPSHOT')
    return error
  }
  throw new Error('Nothing was thrown.')
}

/** Opens a file and asks it everything. Gives whether each answer was given; throws for any error but `INVALID_SNAPSHOT`. */
function survives(bytes: Uint8Array, options: ReadSnapshotOptions): boolean {
  let store: ConversationStore
  try {
    store = readSnapshotSync(bytes, options)
  } catch (error) {
    if (!(error instanceof ConversationStoreError && error.code === 'INVALID_SNAPSHOT')) throw error
    return false
  }
  return Object.values(ALL).reduce((isWhole, ask) => {
    try {
      ask(store)
      return isWhole
    } catch (error) {
      if (!(error instanceof ConversationStoreError && error.code === 'INVALID_SNAPSHOT')) throw error
      return false
    }
  }, true)
}

const put =
  (name: string, at: number, edit: (array: Numbers) => Numbers | undefined) =>
  (parts: Parts): void => {
    const { arrays } = partNamed(parts, name)
    arrays[at] = edit(arrays[at]!) ?? arrays[at]!
  }
/** Sets one number, at a place from the end where it is negative. */
const set = (name: string, at: number, place: number, value: number) =>
  put(name, at, (array) => {
    array[place < 0 ? array.length + place : place] = value
    return undefined
  })
const swap = (name: string, at: number, one: number, other: number) =>
  put(name, at, (array) => {
    const [a, b] = [array[one]!, array[other]!]
    array[one] = b
    array[other] = a
    return undefined
  })
const bytesOf = (text: string) => new TextEncoder().encode(text)
const lines = (...rows: unknown[]) =>
  bytesOf(rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''))

// Places of arrays: rows are [sizes, order, ids, ms, us, visible, marked, unmarked], an index [starts, strings, places of
// others, others, terms, offsets, slots, places of bitmaps, words], one of texts goes on [tokens, starts, common terms, five of
// pairs], and a search is [spaces, and of each block text, starts, terms, masks].
const REFUSED: Readonly<Record<string, readonly [edit: (parts: Parts) => void, message: RegExp]>> = {
  'a segment of no rows': [put('rows', 0, () => Uint32Array.of(0, 72)), /"rows"/],
  'more rows than there are': [set('rows', 0, 0, 0xffff_ffff), /"rows"/],
  'fewer rows than there are': [set('rows', 0, 0, 71), /"rows"/],
  'an order that names a row twice': [set('rows', 1, 0, 5), /names one twice/],
  'an order that names no row': [set('rows', 1, 0, 72), /one that there is not/],
  'an id twice': [set('rows', 2, 0, 200), /twice/],
  'an id of 0': [set('rows', 2, 0, 0), /ids/],
  'an id that is no whole number': [set('rows', 2, 0, 1.5), /ids/],
  'an id beyond the greatest': [set('rows', 2, 0, 10_000), /greater id/],
  'a beginning that is NaN': [set('rows', 3, 0, Number.NaN), /no time/],
  'a beginning before year 1': [set('rows', 3, 0, -1e15), /no time/],
  'a beginning of half a millisecond': [set('rows', 3, -1, 1_785_542_400_000.5), /no time/],
  'a thousand microseconds': [set('rows', 4, 0, 1_000), /no time/],
  'rows in another order': [swap('rows', 3, 0, 20), /order/],
  'a visible row beyond the last': [set('rows', 5, -1, -1), /other bits/],
  'a row that is marked and not': [put('rows', 6, (words) => words.fill(-1, 0, 2)), /both marked and not/],
  'a column of infinity': [set('column duration', 0, -1, Number.POSITIVE_INFINITY), /"column duration"/],
  'a column that is shorter': [put('column ended_at', 0, (array) => array.slice(1)), /"column ended_at"/],
  'a conversation id too few': [put('conversation ids', 0, (lengths) => lengths.slice(1)), /"conversation ids"/],
  'conversation ids of other lengths': [set('conversation ids', 0, 0, 1_000), /"conversation ids"/],
  'a conversation id twice': [set('conversation ids', 1, 5, 48 + 2), /twice/],
  'a conversation id that is a number': [
    (parts) => {
      const { arrays } = partNamed(parts, 'conversation ids')
      const [starts, text] = [arrays[0]!, arrays[1] as Uint8Array]
      const end = starts[1]!
      arrays[0] = starts.map((start) => Math.max(0, start - end))
      arrays[1] = text.slice(end)
      arrays[2] = Uint32Array.of(0)
      arrays[3] = bytesOf('[7]')
    },
    /one for each row/,
  ],
  'strings that are not UTF-8': [set('index name', 1, 0, 0xff), /not UTF-8/],
  'values that are no JSON': [put('index language', 3, () => bytesOf('[nul]')), /not JSON/],
  'values that are no list': [put('index language', 3, () => bytesOf('null')), /not a list/],
  'a value that is an object': [put('index language', 3, () => bytesOf('[{"__proto__":{"present":1}}]')), /an object/],
  'a value that is a list': [put('index language', 3, () => bytesOf('[[1]]')), /a list/],
  'a value that is too many': [put('index language', 3, () => bytesOf('[null,null]')), /too many/],
  'values whose strings are longer than their text': [set('index name', 0, -1, 1_000), /other lengths/],
  'values that begin before others': [swap('index name', 0, 1, 3), /one after another/],
  'a value beside the strings that is one of them': [set('index language', 2, 0, 1), /something else/],
  'a value beside the strings that there is not': [set('index language', 2, 0, 1_000), /no order/],
  'a value that is missing': [put('index language', 3, () => bytesOf('[]')), /missing/],
  'a value of another type': [put('index language', 3, () => bytesOf('[7]')), /another type/],
  'a value twice': [put('index action_failed', 3, () => bytesOf('[false,false,true]')), /twice/],
  'a number that is infinite': [
    put('index metadata:["nested","deep"]', 3, (json) =>
      bytesOf(new TextDecoder().decode(json as Uint8Array).replace('2.75', '1e999')),
    ),
    /too large/,
  ],
  'a term beyond the values': [set('index device', 4, -1, 2), /none/],
  'terms that descend': [swap('index device', 4, 0, 1), /ascend/],
  'lists that end beyond their array': [set('index name', 5, -1, 1_000), /lists do not end/],
  'lists that descend': [swap('index name', 5, 3, 9), /lists do not ascend/],
  'a row beyond the segment': [set('index name', 6, -1, 72), /segment has not/],
  'a row twice in a list': [
    (parts) => {
      // The first term has the first two rows now, and they are one.
      set('index name', 5, 1, 2)(parts)
      set('index name', 6, 1, 0)(parts)
    },
    /ascend/,
  ],
  'a bitmap of no term': [set('index device', 7, -1, 2), /belong to no term/],
  'bitmaps that descend': [swap('index device', 7, 0, 1), /bitmaps/],
  'a bitmap with a row beyond the segment': [set('index device', 8, -1, 0x100), /segment has not/],
  'a bitmap that is cut': [put('index device', 8, (words) => words.slice(1)), /another length/],
  'an index with too much': [
    (parts) => partNamed(parts, 'index device').arrays.push(new Uint8Array(1)),
    /more than it should/,
  ],
  'an index with too little': [(parts) => partNamed(parts, 'index device').arrays.pop(), /missing/],
  'an array of another type': [put('index device', 8, (words) => Float64Array.from(words)), /another type/],
  'a token of no term': [set('index message', 9, 0, 3_000), /of no term/],
  'a token that is cut': [set('index message', 9, -1, 0xc000), /cut/],
  'rows of tokens that descend': [swap('index message', 10, 3, 9), /ascend/],
  'rows of tokens beyond all': [set('index message', 10, -1, 5_000), /do not end/],
  'a common term that is none': [set('index message', 11, 0, 24), /common term/],
  'a common term twice': [set('index message', 11, 0, 1), /twice/],
  'a pair that is none': [set('index message', 12, -1, 144), /none/],
  'a search of white space that is no term': [set('search message', 0, 0, 1_000), /"search message".*no term/],
  'a search of strings that are not UTF-8': [set('search message', 1, 3, 0xff), /not UTF-8/],
  'a search of other strings': [set('search message', 1, 3, 0x78), /not what its index is searched in/],
  'a search that has no line feed at its end': [set('search message', 1, -1, 0x78), /begin or end/],
  'a search whose strings begin within others': [set('search message', 2, 1, 3), /within another/],
  'a search whose strings descend': [swap('search message', 2, 1, 2), /one after another/],
  'a search whose strings begin beyond all': [set('search message', 2, -1, 100_000), /one after another/],
  'a search of a term that there is not': [set('search message', 3, 0, 1_000), /of no term/],
  'a search of terms that are others': [swap('search message', 3, 0, 1), /not what its index is searched in/],
  'a search of fewer terms': [put('search message', 3, (terms) => terms.slice(1)), /as many terms/],
  'a search with a sieve of another length': [put('search message', 4, () => new Int32Array(8)), /other masks/],
  'a search with a sieve that it has not': [put('search message', 4, () => new Int32Array(1 << 14)), /not what/],
  'a search without a block': [(parts) => partNamed(parts, 'search message').arrays.splice(1), /not what/],
  'a search that is cut': [(parts) => partNamed(parts, 'search message').arrays.pop(), /missing/],
  'a search of an index that has none': [
    (parts) => {
      partNamed(parts, 'search message').name = 'search device'
    },
    /later version/,
  ],
  'parts beyond all': [set('index messages', 5, -1, 145), /do not end/],
  'a name that is none': [set('index runs', 6, 0, 1), /no term/],
  'runs without names': [put('index runs', 6, () => new Uint32Array(0)), /another length/],
  'numbers of a row beyond the segment': [set('index numbers:["plan"]', 4, -1, 72), /no row/],
  'numbers of rows that descend': [swap('index numbers:["plan"]', 4, 0, 9), /no row/],
  'a number of a row that is NaN': [set('index numbers:["zero"]', 5, 0, Number.NaN), /none/],
  'a narrow number of a row that is none': [set('index numbers:["plan"]', 5, 0, 0xff), /none/],
  'fewer numbers than rows that have one': [put('index numbers:["plan"]', 5, (all) => all.slice(1)), /other numbers/],
  'no rows of numbers that not every row has': [
    put('index numbers:["plan"]', 4, () => new Uint16Array(0)),
    /other numbers/,
  ],
  'rows of numbers that are not there': [put('index numbers:["plan"]', 5, () => new Uint8Array(0)), /other numbers/],
  'blocks of other rows': [set('blocks', 1, 0, 1), /"blocks"/],
  'a block beyond the rows': [set('blocks', 1, -1, 72), /other rows/],
  'blocks that descend': [swap('blocks', 1, 3, 9), /ascend/],
  'a block beyond the documents': [set('blocks', 2, -1, 1_000_000), /do not end/],
  'a block that would unpack to 4 GB': [set('blocks', 3, 0, 0xffff_ffff), /too short/],
  'blocks without checksums': [(parts) => partNamed(parts, 'blocks').arrays.pop(), /missing/],
  'no section of blocks': [(parts) => parts.sections.splice(-2, 1), /no section "blocks"/],
  'no documents': [(parts) => parts.sections.pop(), /no section "documents"/],
  'no section that the facts name': [(parts) => parts.sections.splice(8, 1), /no section "index/],
  'an index that the facts name twice': [({ facts }) => facts.indexes.push('device'), /no section "index device"/],
  'an index of no path': [
    (parts) => {
      parts.facts.indexes = parts.facts.indexes.map((key: string) =>
        key === 'numbers:["plan"]' ? 'numbers:plan' : key,
      )
      partNamed(parts, 'index numbers:["plan"]').name = 'index numbers:plan'
    },
    /metadata path/,
  ],
  'a section that is not known': [(parts) => parts.sections.push({ name: 'new', arrays: [] }), /later version/],
}

describe('a hostile snapshot is refused', () => {
  test.each(Object.entries(REFUSED))('%s', (_, [edit, message]) => {
    const parts = partsOf(many)
    edit(parts)
    const file = fileOf(parts)
    expect(refused(() => readSnapshotSync(file, FULL)).message).toMatch(message)
    // Without the full check it may be opened; then it does no harm.
    survives(file, { verify: 'checksums' })
  })
})

/** What stands in the first block instead of its rows. */
const BLOCKS: Readonly<Record<string, (rows: readonly unknown[]) => Uint8Array>> = {
  'nothing at all': () => new Uint8Array(0),
  'no line feed at the end': (rows) => lines(...rows).slice(0, -1),
  'bytes that are not UTF-8': (rows) => lines(...rows).fill(0xff, 3, 5),
  'no JSON': (rows) => lines(...rows.map(() => '{')),
  null: (rows) => lines(...rows.map(() => null)),
  lists: (rows) => lines(...rows.map(() => [])),
  'rows with other ids': (rows) => lines(...rows.map((row) => ({ ...Object(row), id: 1 }))),
  'rows with another prototype': (rows) => lines(...rows.map((row) => `{"__proto__":${JSON.stringify(row)}}`)),
  'rows that are no conversations': (rows) => lines(...rows.map((row) => ({ ...Object(row), messages: 'none' }))),
  'rows without a beginning': (rows) => lines(...rows.map((row) => ({ ...Object(row), started_at: undefined }))),
}

describe.each(['the runtime', 'us'])('unpacked by %s, a row is not given out from', (unpacker) => {
  beforeEach(() => {
    if (unpacker === 'us') vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  test.each(Object.entries(BLOCKS))('%s', (_, blockOf) => {
    const parts = partsOf(many)
    const blocks = blocksOf(parts)
    const rows = new TextDecoder()
      .decode(blocks[0])
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    putBlocks(parts, [blockOf(rows), ...blocks.slice(1)])
    const file = fileOf(parts)
    const store = readSnapshotSync(file, FULL)
    for (const { id } of rows) expect(refused(() => store.get(id)).message).toMatch(`(id ${id}) cannot be unpacked`)
    // Others are, and all else is answered.
    expect(answersOf(store, QUESTIONS)).toEqual(answersOf(readSnapshotSync(many), QUESTIONS))
    expect(
      [...store.query().includeDeleted().ids()]
        .filter((id) => !rows.some((row) => row.id === id))
        .map((id) => store.get(id)?.id),
    ).toHaveLength(72 - rows.length)
    refused(() => readSnapshotSync(file, { documents: 'resident', ...FULL }))
  })

  test.each([1, 2, 100_000])(
    'a block that unpacks to %i bytes too many, with the right checksum of the beginning',
    (more) => {
      const parts = partsOf(many)
      const blocks = blocksOf(parts)
      putBlocks(parts, [Uint8Array.of(...blocks[0]!, ...new Uint8Array(more)), ...blocks.slice(1)])
      const [, , , lengths, crcs] = partNamed(parts, 'blocks').arrays
      const [, , , rightLengths, rightCrcs] = partNamed(partsOf(many), 'blocks').arrays
      lengths![0] = rightLengths![0]!
      crcs![0] = rightCrcs![0]!
      const store = readSnapshotSync(fileOf(parts), FULL)
      expect(refused(() => [...store]).message).toMatch('it unpacks to another length')
    },
  )

  test('a block whose dictionary is gone', () => {
    const parts = partsOf(many)
    put('blocks', 0, () => new Uint8Array(0))(parts)
    refused(() => [...readSnapshotSync<object>(fileOf(parts), FULL)])
  })
})

test('messages that lack what their texts say are no endless loop', () => {
  const parts = partsOf(many)
  put('index messages', 4, (kinds) => kinds.fill(0))(parts)
  expect(survives(fileOf(parts), FULL)).toBe(true)
})

/** A value of a directory, and what it can be replaced by. */
const JUNK: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e300,
  2 ** 53,
  '',
  'x',
  '__proto__',
  [],
  {},
  [null],
  { toString: 1, valueOf: 1 },
]

/** Each place in JSON, as the way to it. The first, the second and the last of a list stand for all. */
function* placesIn(value: unknown, way: readonly string[] = []): Generator<readonly string[]> {
  if (way.length > 0) yield way
  if (typeof value !== 'object' || value === null) return
  const keys = Object.keys(value)
  const some = Array.isArray(value) && keys.length > 3 ? [...keys.slice(0, 2), keys.at(-1)!] : keys
  for (const key of some) yield* placesIn(Reflect.get(value, key), [...way, key])
}

describe('a directory', () => {
  const places = [...placesIn(directoryOf(fileOf(partsOf(few))))]

  test('with anything anywhere is refused, or the answers are right', () => {
    const parts = partsOf(few)
    const expected = answersOf(readSnapshotSync(few))
    let opened = 0
    for (const way of places) {
      for (const junk of [...JUNK, undefined]) {
        const file = fileOf(parts, (directory) => {
          const last = way.at(-1)!
          const owner = way.slice(0, -1).reduce((value, key) => value[key], directory)
          if (junk === undefined && !Array.isArray(owner)) delete owner[last]
          else owner[last] = junk
        })
        let store: ConversationStore
        try {
          store = readSnapshotSync(file, FULL)
        } catch (error) {
          if ((error as ConversationStoreError).code !== 'INVALID_SNAPSHOT')
            throw new Error(`${way} = ${plain(junk)}`, { cause: error })
          continue
        }
        opened++
        // Page settings are the file's to say.
        if (way[1] !== 'pages')
          expect(answersOf(store, QUESTIONS), `${way} = ${plain(junk)}`).toEqual(plainAnswers(expected))
      }
    }
    expect(opened).toBeLessThan(places.length * 2)
  })

  test.each([
    ['no JSON', bytesOf('{"facts":')],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['null', bytesOf('null')],
    ['a number', bytesOf('7')],
    ['nothing', new Uint8Array(0)],
    ['deep lists', bytesOf('['.repeat(100_000) + ']'.repeat(100_000))],
  ])('that is %s is refused', (_, directory) => {
    refused(() => readSnapshotSync(headed(directory, many.slice(bodyStart(many))), FULL))
  })

  test('in which a section stands upon another is refused', () => {
    const overlapping = fileOf(partsOf(many), ({ sections }) => {
      sections[3].at = sections[2].at
    })
    expect(refused(() => readSnapshotSync(overlapping)).message).toMatch('does not stand where it should')
  })

  test('with a section twice is refused', () => {
    const parts = partsOf(many)
    parts.sections.push({ ...partNamed(parts, 'blocks') })
    expect(refused(() => readSnapshotSync(fileOf(parts))).message).toMatch('there are two of it')
  })

  test('says nothing of how a store works beside its pages', () => {
    const parts = partsOf(many)
    Object.assign(parts.facts.pages, { maxWork: 0, defaultPageSize: 7, onListenerError: 1, text: 'x' })
    const store = readSnapshotSync(fileOf(parts), FULL)
    expect(store.query().fetch().page_size).toBe(7)
    expect(store.query().messageContains('refund').count()).toBeGreaterThan(0)
  })

  test('of a later minor version, with sections, columns and facts that may be skipped, is read', () => {
    const parts = partsOf(many)
    parts.facts.columns.push('cost')
    parts.facts.indexes.push('vectors')
    parts.facts.more = { of: ['it'] }
    for (const name of ['column cost', 'index vectors', 'else'])
      parts.sections.push({ name, arrays: [Float64Array.of(1)], isOptional: true })
    const file = fileOf(parts)
    const later = headed(bytesOf(JSON.stringify(directoryOf(file))), file.slice(bodyStart(file)), [1, 9])
    expect(answersOf(readSnapshotSync(later, FULL))).toEqual(right)
  })

  test('of other rules for joining strings is read without what was joined', () => {
    const parts = partsOf(many)
    parts.facts.search = 'joined 0'
    partNamed(parts, 'search message').arrays.length = 0
    for (const verify of ['checksums', 'full'] as const)
      expect(answersOf(readSnapshotSync(fileOf(parts), { verify }))).toEqual(right)
    delete parts.facts.search
    parts.sections = parts.sections.filter(({ name }) => !name.startsWith('search '))
    expect(answersOf(readSnapshotSync(fileOf(parts), FULL))).toEqual(right)
  })

  test('of other rules for strings is read without its indexes of texts, which are built again', () => {
    const parts = partsOf(many)
    parts.facts.text = 'cutting 1, letters of Unicode 3.0, folding of Unicode 3.0'
    // What is not used is not looked at either.
    partNamed(parts, 'index message').arrays.length = 0
    const store = readSnapshotSync(fileOf(parts), FULL)
    expect(store.stats().terms.message).toBeUndefined()
    expect(answersOf(store)).toEqual(right)
    store.warm()
    expect(answersOf(store)).toEqual(right)
  })
})

const plainAnswers = (answers: Record<string, string>) =>
  Object.fromEntries(Object.keys(QUESTIONS).map((name) => [name, answers[name]]))

const EDGES = [0, 1, 2, 31, 32, 255, 65_535, 0xffff_ffff, -1, Number.NaN, Number.POSITIVE_INFINITY, -0, 1e300, 0.5]

/** Changes something of the arrays of a file. Says what it did. */
function spoil(parts: Parts, next: () => number): string {
  const pick = <Item>(list: readonly Item[]) => list[next() % list.length]!
  const section = pick(parts.sections.filter(({ arrays }) => arrays.length > 0))
  const at = next() % section.arrays.length
  const array = section.arrays[at]!
  const place = next() % Math.max(1, array.length)
  const how = next() % 8
  if (how < 2) array[place] = pick(EDGES)
  else if (how < 4) array[place] = array[place]! + pick([1, -1, 2, 256])
  else if (how === 4) swap(section.name, at, place, next() % Math.max(1, array.length))(parts)
  else if (how === 5) section.arrays[at] = array.slice(0, next() % 2 === 0 ? -1 : place)
  else if (how === 6) section.arrays.splice(at, 1)
  else section.arrays.splice(at, 0, pick(section.arrays).slice())
  return `${section.name}[${at}][${place}] ${how}`
}

describe('arrays with changed numbers and correct checksums are refused, or do no harm', () => {
  const { runs, seed } = inject('properties')
  test.each([
    ['few rows in segments, in full', few, 'full'],
    ['many rows, in full', many, 'full'],
    ['many rows, by checksums', many, 'checksums'],
  ] as const)('%s', (_, bytes, verify) => {
    const next = numbers(seed)
    const given = partsOf(bytes)
    for (let run = 0; run < runs; run++) {
      const parts = {
        facts: given.facts,
        sections: given.sections.map((part) => ({ ...part, arrays: part.arrays.map((array) => array.slice()) })),
      }
      const done = [spoil(parts, next)]
      if (run % 3 === 0) done.push(spoil(parts, next))
      try {
        survives(fileOf(parts), { verify })
      } catch (error) {
        throw new Error(done.join(', then '), { cause: error })
      }
    }
  })
})
