import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { buildSync } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fault, InvalidRowError } from '../../../src/base/errors.ts'
import { freezeRow } from '../../../src/row/freeze.ts'
import {
  type GreatestPartIds,
  readConversation,
  readFeedback,
  readMessage,
  readMetadataChanges,
  readPatch,
} from '../../../src/row/read.ts'

const MINIMUM = { conversation_id: 'c1', started_at: '2024-01-15T10:30:00Z' }
const MESSAGE = { sender: 'agent', content: 'Hello' }
const FULL_KEYS = [
  'id',
  'conversation_id',
  'name',
  'customer_id',
  'customer_ip_address',
  'device',
  'language',
  'environment',
  'is_marked',
  'is_deleted',
  'is_used',
  'started_at',
  'ended_at',
  'deleted_at',
  'metadata',
  'geo_location',
  'messages',
  'feedbacks',
]
const DEFAULTS = {
  id: 0,
  name: null,
  customer_id: null,
  customer_ip_address: null,
  device: null,
  language: null,
  environment: null,
  is_marked: false,
  is_deleted: false,
  is_used: true,
  ended_at: null,
  deleted_at: null,
  metadata: null,
  geo_location: null,
  messages: [],
  feedbacks: [],
}

const none = (): GreatestPartIds => ({ message: 0, feedback: 0 })
const read = (raw: unknown, own = false, greatest = none()) => readConversation(raw, { own, greatest })
const row = <More extends object>(more: More = {} as More) => ({ ...MINIMUM, ...more })
const withMessage = (more: object) => row({ messages: [{ ...MESSAGE, ...more }] })

/** The faults that a reading throws, by place. */
function faultsOf(reading: () => unknown): Record<string, Fault> {
  try {
    reading()
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRowError)
    const { faults } = error as InvalidRowError
    for (const { code, parameter, message } of faults) {
      expect(code).toBe('INVALID_ROW')
      expect(message.startsWith(`${parameter} is `)).toBe(true)
      expect(message).toContain('Expected ')
    }
    return Object.fromEntries(faults.map((fault) => [fault.parameter, fault]))
  }
  throw new Error('Nothing was thrown.')
}

/** The one place that is faulty in a row, on both roads. */
function faultyPlace(raw: unknown): string {
  const places = Object.keys(faultsOf(() => read(raw)))
  expect(Object.keys(faultsOf(() => read(raw, true)))).toEqual(places)
  expect(places).toHaveLength(1)
  return places[0]!
}

function nested(levels: number): unknown {
  let value: unknown = 'bottom'
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { in: value }
  return value
}

/** Deep equality by own keys alone, with `__proto__` as a key like any other. Object.is for scalars. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b)
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Reflect.ownKeys(a).sort()
  if (keys.length !== Reflect.ownKeys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key)))
}

const dangerous = (text: string) => JSON.parse(text) as object

describe('a conversation', () => {
  it.each([false, true])('is completed with every key as absent ones read (own: %s)', (own) => {
    expect(read(row(), own)).toEqual({ ...DEFAULTS, ...MINIMUM })
    expect(Object.keys(read(row(), own)).sort()).toEqual([...FULL_KEYS].sort())
  })

  it('has its known keys first, in one order, whatever order they came in', () => {
    const turned = Object.fromEntries(Object.entries(row({ zzz: 1, device: 'mobile', aaa: 2 })).reverse())
    expect(Object.keys(read(turned))).toEqual([...FULL_KEYS, 'aaa', 'zzz'])
  })

  it.each([false, true])('keeps what was given, null as well (own: %s)', (own) => {
    const given = {
      ...row(),
      id: Number.MAX_SAFE_INTEGER,
      ...Object.fromEntries(FULL_KEYS.slice(2).map((key) => [key, null])),
      started_at: '2024-1-5 9:30',
      agent: { id: 4, tags: ['x', null, -0, 1.5e300, ''] },
    }
    expect(read(structuredClone(given), own)).toEqual(given)
  })

  it('gives the lists of rows without messages to each row on its own', () => {
    expect(read(row()).messages).not.toBe(read(row()).messages)
  })

  it.each([false, true])('counts undefined as absent everywhere (own: %s)', (own) => {
    const given = {
      ...row(),
      id: undefined,
      device: undefined,
      messages: undefined,
      metadata: { a: undefined, b: { c: undefined } },
      other: undefined,
    }
    const stored = read(given, own)
    expect(isSame(stored, { ...DEFAULTS, ...MINIMUM, metadata: { b: {} } })).toBe(true)
  })

  it('adds nothing inside messages and feedbacks', () => {
    const given = {
      messages: [MESSAGE, { ...MESSAGE, action_name: null, extra: [1] }],
      feedbacks: [{ sentiment: 'neutral' }],
    }
    const { messages, feedbacks } = read(row(given))
    expect(isSame({ messages, feedbacks }, given)).toBe(true)
  })

  it.each([
    ['null', 'null', null],
    ['an object', '{"plan":"pro","deep":{"list":[1,null]}}', { plan: 'pro', deep: { list: [1, null] } }],
    ['reserved keys', '{"__proto__":{"x":1},"constructor":2}', dangerous('{"__proto__":{"x":1},"constructor":2}')],
  ])('parses metadata that is the JSON string of %s', (_, text, document) => {
    for (const own of [false, true]) expect(isSame(read(row({ metadata: text }), own).metadata, document)).toBe(true)
    expect(isSame(readPatch({ metadata: text }), { metadata: document })).toBe(true)
  })

  it('leaves metadata of messages as it came', () => {
    expect(read(withMessage({ metadata: '{"a":1}' })).messages[0]?.metadata).toBe('{"a":1}')
  })

  it.each([
    ['id', { id: 0 }],
    ['id', { id: -1 }],
    ['id', { id: 1.5 }],
    ['id', { id: 2 ** 53 }],
    ['id', { id: '5' }],
    ['id', { id: true }],
    ['conversation_id', { conversation_id: '' }],
    ['conversation_id', { conversation_id: 'x'.repeat(256) }],
    ['conversation_id', { conversation_id: '😊'.repeat(256) }],
    ['conversation_id', { conversation_id: 42 }],
    ['conversation_id', { conversation_id: null }],
    ['conversation_id', { conversation_id: undefined }],
    ['name', { name: 5 }],
    ['customer_id', { customer_id: 7 }],
    ['customer_ip_address', { customer_ip_address: {} }],
    ['device', { device: ['mobile'] }],
    ['language', { language: true }],
    ['environment', { environment: 1 }],
    ['is_marked', { is_marked: 'true' }],
    ['is_deleted', { is_deleted: 0 }],
    ['is_used', { is_used: 1 }],
    ['started_at', { started_at: null }],
    ['started_at', { started_at: undefined }],
    ['started_at', { started_at: 1705314600000 }],
    ['started_at', { started_at: '' }],
    ['started_at', { started_at: '2024-02-30' }],
    ['started_at', { started_at: 'yesterday' }],
    ['ended_at', { ended_at: '2024-01-15T24:00Z' }],
    ['deleted_at', { deleted_at: false }],
    ['metadata', { metadata: [] }],
    ['metadata', { metadata: 5 }],
    ['metadata', { metadata: '' }],
    ['metadata', { metadata: '{"a":' }],
    ['metadata', { metadata: '[1]' }],
    ['metadata', { metadata: '"text"' }],
    ['metadata.a[1]', { metadata: '{"a":[1,1e999]}' }],
    ['geo_location', { geo_location: 'Berlin' }],
    ['geo_location', { geo_location: [] }],
    ['messages', { messages: {} }],
    ['messages', { messages: 'none' }],
    ['feedbacks', { feedbacks: 1 }],
    ['messages[0]', { messages: [null] }],
    ['messages[1]', { messages: [MESSAGE, 'hello'] }],
    ['messages[0]', { messages: [[]] }],
    ['messages[0].content', { messages: [{ sender: 'agent' }] }],
    ['messages[0].content', { messages: [{ sender: 'agent', content: null }] }],
    ['messages[0].content', { messages: [{ sender: 'agent', content: 5 }] }],
    ['messages[0].sender', { messages: [{ content: '' }] }],
    ['messages[0].sender', { messages: [{ ...MESSAGE, sender: 'user' }] }],
    ['messages[0].action_name', { messages: [{ ...MESSAGE, action_name: 1 }] }],
    ['messages[0].attachments', { messages: [{ ...MESSAGE, attachments: {} }] }],
    ['messages[0].attachments[1]', { messages: [{ ...MESSAGE, attachments: [{}, 'file'] }] }],
    ['messages[0].action_logs[0]', { messages: [{ ...MESSAGE, action_logs: [null] }] }],
    ['feedbacks[0]', { feedbacks: [1] }],
    ['feedbacks[0].sentiment', { feedbacks: [{}] }],
    ['feedbacks[0].sentiment', { feedbacks: [{ sentiment: 'good' }] }],
    [
      'feedbacks[1].source',
      {
        feedbacks: [
          { sentiment: 'neutral', source: null },
          { sentiment: 'neutral', source: 'bot' },
        ],
      },
    ],
  ])('is refused for a faulty %s: %o', (place, more) => {
    expect(faultyPlace(row(more))).toBe(place)
  })

  it.each([
    { id: 1 },
    { id: Number.MAX_SAFE_INTEGER },
    { conversation_id: 'x'.repeat(255) },
    { conversation_id: '😊'.repeat(255) },
    { conversation_id: ' ' },
    { ended_at: '2024-01-15' },
    { metadata: {}, geo_location: {} },
    {
      messages: [{ sender: 'end_user', content: '', action_name: '', attachments: null, action_logs: null, id: 'any' }],
    },
    { messages: [{ ...MESSAGE, attachments: [{}, { id: [1] }], action_logs: [{ response: { a: 1 } }], button: [[]] }] },
    { feedbacks: [{ sentiment: 'positive', source: 'platform', id: { odd: true }, created_at: 5 }] },
  ])('may have %o', (more) => {
    for (const own of [false, true]) expect(read(structuredClone(row(more)), own)).toMatchObject(more)
  })

  it.each([[undefined], [null], [5], ['{}'], [[]], [() => 1], [new Date()]])('is no %o', (raw) => {
    expect(faultyPlace(raw)).toBe('row')
  })

  it('is refused with all its faults at once, each with its place and value', () => {
    const when = new Date(0)
    const faults = faultsOf(() =>
      read({
        id: -3,
        started_at: 'soon',
        is_marked: 1,
        metadata: { 'a.b': { c: Number.NaN }, '': [undefined], when },
        messages: [MESSAGE, {}, { sender: 'agnet', content: 2 }],
        feedbacks: [{ sentiment: 'postive' }],
      }),
    )
    expect(Object.keys(faults).sort()).toEqual(
      [
        'conversation_id',
        'feedbacks[0].sentiment',
        'id',
        'is_marked',
        'messages[1].content',
        'messages[1].sender',
        'messages[2].content',
        'messages[2].sender',
        'metadata["a.b"].c',
        'metadata[""][0]',
        'metadata.when',
        'started_at',
      ].sort(),
    )
    expect(faults['metadata.when']?.value).toBe(when)
    expect(faults.id?.value).toBe(-3)
    expect(faults['messages[2].content']?.value).toBe(2)
  })

  it('says what came, what was expected, and what was meant', () => {
    const message = (more: object) => Object.values(faultsOf(() => read(row(more))))[0]?.message
    expect(message({ started_at: 'soon' })).toBe(
      'started_at is "soon". Expected an ISO 8601 time such as 2024-01-15T10:30:00Z.',
    )
    expect(message({ conversation_id: undefined })).toBe(
      'conversation_id is missing. Expected a string of 1 to 255 characters.',
    )
    expect(message({ device: 5 })).toBe('device is 5. Expected a string or null.')
    expect(message({ feedbacks: [{ sentiment: 'postive' }] })).toBe(
      'feedbacks[0].sentiment is "postive". Expected "positive" or "neutral" or "negative". Did you mean "positive"?',
    )
    expect(message({ messages: [{ ...MESSAGE, sender: 'enduser' }] })).toContain('Did you mean "end_user"?')
    expect(message({ metadata: '{"a":' })).toContain('which is broken JSON')
    expect(message({ started_at: new Date(0) })).toBe(
      'started_at is a Date. Expected a string: "1970-01-01T00:00:00Z".',
    )
    expect(message({ metadata: { at: new Date(Number.NaN) } })).toBe(
      'metadata.at is a Date. Expected a string: in ISO 8601.',
    )
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(message({ metadata: { 酒店: value } })).toBe(
        `metadata.酒店 is ${value}. Expected a finite number or null: JSON has no other, though Python's json.dump writes NaN and Infinity unless it is told allow_nan=False.`,
      )
    expect(message({ id: 2n ** 64n })).toBe(
      'id is 18446744073709551616n, a bigint. Expected a number up to 2^53-1, or a string: "18446744073709551616".',
    )
    expect(message({ conversation_id: undefined, converstaion_id: 'a' })).toBe(
      'conversation_id is missing, though there is "converstaion_id". Expected a string of 1 to 255 characters.',
    )
    expect(message({ messages: [{ sender: 'agent', contnet: 'x' }] })).toContain('though there is "contnet"')
  })

  it.each([false, true])('refuses counts that do not agree with the lists, naming full=true (own: %s)', (own) => {
    const messages = [MESSAGE, MESSAGE]
    for (const more of [
      { message_count: 12 },
      { message_count: 12, messages: null },
      { message_count: 3, messages },
      { message_count: 0, messages },
      { message_count: '2', messages },
      { message_count: -1 },
    ]) {
      const faults = faultsOf(() => read(row(more), own))
      expect(Object.keys(faults)).toEqual(['message_count'])
      expect(faults.message_count!.message).toContain('full=true')
    }
    expect(Object.keys(faultsOf(() => read(row({ message_count: 1, feedback_count: 2 }), own)))).toEqual([
      'message_count',
      'feedback_count',
    ])
    for (const more of [
      { message_count: 0, feedback_count: 0 },
      { message_count: 2, messages },
      { message_count: null, messages },
    ])
      expect(read(row(more), own)).toMatchObject(more)
    expect(Object.keys(faultsOf(() => read(row({ message_count: 1, messages: 'x' }), own)))).toEqual(['messages'])
  })

  it('keeps the numbers of metadata given as a string, or refuses them with their place', () => {
    const metadata = '{"user":{"id":1234567890123456789,"n":[1,1e400]}}'
    const faults = faultsOf(() => read(row({ metadata })))
    expect(faults['metadata.user.id']?.message).toContain('1234567890123456789')
    const none = { message: 0, feedback: 0 }
    const as = (bigNumbers: 'string' | 'round') =>
      readConversation(row({ metadata }), { own: false, greatest: none, bigNumbers }).metadata
    expect(as('string')).toEqual({ user: { id: '1234567890123456789', n: [1, '1e400'] } })
    expect(faultyPlace(row({ metadata: '1234567890123456789' }))).toBe('metadata')
    expect(faultsOf(() => read(row({ metadata: '{"a":NaN}' }))).metadata?.message).toContain('json.dump')
  })

  it('raises the greatest ids by those that are safe integers, and only when it is good', () => {
    const greatest = { message: 5, feedback: 5 }
    const ids = [3, 9, '99', 2 ** 53, 7.5, null, -4]
    read(
      row({ messages: ids.map((id) => ({ ...MESSAGE, id })), feedbacks: [{ sentiment: 'neutral', id: 6 }] }),
      false,
      greatest,
    )
    expect(greatest).toEqual({ message: 9, feedback: 6 })
    expect(() => read(row({ id: 0, messages: [{ ...MESSAGE, id: 50 }] }), false, greatest)).toThrow(InvalidRowError)
    expect(greatest).toEqual({ message: 9, feedback: 6 })
    read(row({ messages: null, feedbacks: null }), false, greatest)
    expect(greatest).toEqual({ message: 9, feedback: 6 })
  })
})

describe('what is no JSON', () => {
  class Money {
    constructor(readonly amount: number) {}
    toJSON() {
      return this.amount
    }
  }
  class Tagged extends Array<number> {
    toJSON() {
      return 'tagged'
    }
  }

  it.each([
    [() => 1],
    [Symbol('s')],
    [10n],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY],
    [new Date()],
    [new Map([[1, 2]])],
    [new Set([1])],
    [new Float32Array(2)],
    [new ArrayBuffer(2)],
    [/x/],
    [new Error('x')],
    [Promise.resolve()],
    [new String('boxed')],
    [new Number(5)],
    [Buffer.from('x')],
    [new URL('http://localhost')],
    [new Money(5)],
    [Tagged.from([1])],
    [runInNewContext('new Date()')],
    [runInNewContext('new Map()')],
    [runInNewContext('() => 1')],
  ])('is a fault wherever it stands: %o', (value) => {
    expect(faultyPlace(row({ metadata: { a: [1, { b: value }] } }))).toBe('metadata.a[1].b')
    expect(faultyPlace(row({ other: value }))).toBe('other')
    expect(faultyPlace(row({ other: [value] }))).toBe('other[0]')
    expect(faultyPlace(row({ geo_location: value }))).toBe('geo_location')
    expect(faultyPlace(withMessage({ button: value }))).toBe('messages[0].button')
    expect(faultyPlace(withMessage({ attachments: [value] }))).toBe('messages[0].attachments[0]')
    expect(faultyPlace(row({ started_at: value }))).toBe('started_at')
  })

  it('is undefined in a list, and a hole', () => {
    expect(faultyPlace(row({ metadata: { a: [1, undefined] } }))).toBe('metadata.a[1]')
    const sparse: unknown[] = [1]
    sparse[4_000_000_000] = 2
    expect(faultyPlace(row({ metadata: { a: sparse } }))).toBe('metadata.a[1]')
    expect(faultsOf(() => read(row({ messages: sparse })))['messages[1]']?.message).toContain('a hole in the list')
  })

  it('is not an instance of a class with data alone: its own keys are read', () => {
    class Order {
      readonly total = 5
      get inherited() {
        return 1
      }
    }
    for (const own of [false, true]) {
      const { metadata } = read(row({ metadata: { order: new Order() } }), own)
      expect(isSame(metadata, { order: { total: 5 } })).toBe(true)
      expect(Object.getPrototypeOf(metadata?.order)).toBe(Object.prototype)
    }
  })

  it.each([false, true])('is no key that is inherited, hidden or a symbol (own: %s)', (own) => {
    const given = Object.assign(Object.create({ device: 'inherited', zzz: 1 }), row(), { [Symbol('s')]: 1 })
    Object.defineProperty(given, 'name', { value: 'hidden', enumerable: false })
    expect(isSame(read(given, own), { ...DEFAULTS, ...MINIMUM })).toBe(true)
    const root = Object.assign(Object.create(null), { device: 'inherited', metadata: { a: 1 } })
    expect(isSame(read(Object.assign(Object.create(root), row()), own), { ...DEFAULTS, ...MINIMUM })).toBe(true)
  })

  it('may nest 100 levels deep, the row being the first, and no deeper', () => {
    for (const own of [false, true]) {
      const metadata = { deep: nested(98) }
      expect(read(row({ metadata }), own).metadata).toEqual(metadata)
      expect(read(row({ metadata: JSON.stringify(metadata) }), own).metadata).toEqual(metadata)
    }
    expect(faultyPlace(row({ metadata: { deep: nested(99) } }))).toMatch(/^metadata\.deep(\[0\]|\.in){98}$/)
    expect(faultyPlace(row({ metadata: JSON.stringify({ deep: nested(99) }) }))).toMatch(/^metadata\.deep/)
    expect(Object.values(faultsOf(() => read(row({ other: nested(150) }))))[0]?.message).toContain('at most 100 levels')
  })

  it('may not nest deeper in one message or change than in a row with it', () => {
    expect(() => readMessage({ ...MESSAGE, button: nested(97) }, none())).not.toThrow()
    expect(() => readMessage({ ...MESSAGE, button: nested(98) }, none())).toThrow(InvalidRowError)
    expect(() => readMetadataChanges({ a: nested(98) }, [])).not.toThrow()
    expect(() => readMetadataChanges({ a: nested(99) }, [])).toThrow(InvalidRowError)
    expect(() => readPatch({ metadata: { a: nested(98) } })).not.toThrow()
    expect(() => readPatch({ metadata: { a: nested(99) } })).toThrow(InvalidRowError)
  })

  it('does not overflow the stack, however deep', () => {
    expect(faultyPlace(row({ metadata: { a: nested(200_000) } }))).toMatch(/^metadata\.a/)
    const text = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`
    expect(faultyPlace(row({ metadata: text }))).toMatch(/^metadata/)
  })

  it('is a cycle, and the text says where it leads', () => {
    const metadata: Record<string, unknown> = { list: [] }
    ;(metadata.list as unknown[]).push({ back: metadata })
    const raw = row({ metadata, id: -1 })
    const faults = faultsOf(() => read(raw))
    expect(Object.keys(faults).sort()).toEqual(['id', 'metadata.list[0].back'])
    expect(faults['metadata.list[0].back']?.message).toContain('a cycle, back to metadata.')
    const self: Record<string, unknown> = row()
    self.self = self
    expect(faultyPlace(self)).toBe('self')
    expect(faultsOf(() => read(self)).self?.message).toContain('a cycle, back to row.')
  })

  it('is found at once in a graph where everything leads to everything', () => {
    const nodes = Array.from({ length: 30 }, () => ({}) as Record<string, unknown>)
    for (const node of nodes) for (const [i, other] of nodes.entries()) node[`n${i}`] = other
    expect(Object.keys(faultsOf(() => read(row({ metadata: nodes[0] })))).length).toBeGreaterThan(30)
    expect(() => read(row({ metadata: nodes[0] }), true)).toThrow(InvalidRowError)
  })

  it('is not an object that stands at two places: each gets its copy', () => {
    const shared = { a: [1] }
    const { metadata } = read(row({ metadata: { one: shared, two: shared } }))
    expect(metadata).toEqual({ one: shared, two: shared })
    expect(metadata?.one).not.toBe(metadata?.two)
    const bad = { a: Number.NaN }
    expect(Object.keys(faultsOf(() => read(row({ x: bad, y: bad }))))).toEqual(['x.a', 'y.a'])
  })
})

describe('values from elsewhere', () => {
  it.each([false, true])('may be of another realm (own: %s)', (own) => {
    const given = runInNewContext(`({
      conversation_id: 'c1', started_at: '2024-01-15', metadata: { list: [1, { a: null }] },
      messages: [{ sender: 'agent', content: 'hi', attachments: [{}] }], feedbacks: [{ sentiment: 'neutral' }],
    })`) as object
    const plain = JSON.parse(JSON.stringify(given)) as object
    expect(JSON.parse(JSON.stringify(read(given, own)))).toEqual({ ...DEFAULTS, ...plain })
  })

  it('may throw in another realm what is faulty, too', () => {
    const faults = faultsOf(() => read(runInNewContext(`({ conversation_id: '', messages: [{ sender: 'x' }] })`)))
    expect(Object.keys(faults).sort()).toEqual(
      ['conversation_id', 'messages[0].content', 'messages[0].sender', 'started_at'].sort(),
    )
  })

  it.each([false, true])('may have no prototype (own: %s)', (own) => {
    const bare = (entries: object) => Object.assign(Object.create(null), entries) as object
    const given = bare(row({ metadata: bare({ a: bare({ b: 1 }) }), messages: [bare(MESSAGE)] }))
    expect(isSame(read(given, own), { ...DEFAULTS, ...row({ metadata: { a: { b: 1 } }, messages: [MESSAGE] }) })).toBe(
      true,
    )
  })

  it('are read once each, getters and proxies', () => {
    const reads = new Map<string, number>()
    const watched = (value: unknown, place: string): unknown => {
      if (typeof value !== 'object' || value === null) return value
      const parts = Array.isArray(value) ? [...value] : { ...value }
      for (const key of Object.keys(parts)) Reflect.set(parts, key, watched(Reflect.get(parts, key), `${place}.${key}`))
      return new Proxy(parts, {
        get(target, key) {
          if (Object.hasOwn(target, key))
            reads.set(`${place}.${String(key)}`, (reads.get(`${place}.${String(key)}`) ?? 0) + 1)
          return Reflect.get(target, key)
        },
      })
    }
    const given = row({
      name: 'n',
      metadata: { plan: 'pro', list: [1, { a: 2 }] },
      messages: [{ ...MESSAGE, id: 4, attachments: [{ id: 1 }] }],
      feedbacks: [{ sentiment: 'neutral', id: 1 }],
    })
    expect(read(watched(given, 'row'))).toEqual({ ...DEFAULTS, ...given })
    expect(reads.get('row.messages.0.content')).toBe(1)
    expect([...reads].filter(([, count]) => count !== 1)).toEqual([])
  })

  it('cannot change between the check and the copy', () => {
    const answers = ['agent', 'not a sender']
    const fickle = {
      content: 'x',
      get sender() {
        return answers.shift()
      },
    }
    expect(read(row({ messages: [fickle] })).messages[0]?.sender).toBe('agent')
    expect(answers).toEqual(['not a sender'])
  })

  it('may throw from a getter: their error comes through', () => {
    const given = Object.defineProperty(row(), 'name', {
      enumerable: true,
      get() {
        throw new RangeError('mine')
      },
    })
    expect(() => read(given)).toThrow(RangeError)
  })

  it('change nothing afterwards', () => {
    const given = row({
      metadata: { a: [{ b: 1 }] },
      messages: [{ ...MESSAGE, action_logs: [{ tools_used: { x: 1 } }] }],
      extra: [[1]],
    })
    const before = structuredClone(given)
    const stored = read(given)
    ;(given as Record<string, unknown>).conversation_id = 'other'
    given.metadata.a[0]!.b = 2
    given.messages[0]!.action_logs[0]!.tools_used.x = 2
    given.extra[0]!.push(2)
    given.messages.push(given.messages[0]!)
    expect(stored).toMatchObject(before)
    expect(stored.messages).toHaveLength(1)
  })
})

describe('reserved keys', () => {
  const levels = (json: string) => [
    row(dangerous(json)),
    row({ metadata: dangerous(json) }),
    row({ metadata: { deep: [dangerous(json)] } }),
    row({ geo_location: dangerous(json) }),
    row({ messages: [{ ...MESSAGE, ...dangerous(json) }] }),
    row({
      messages: [
        { ...MESSAGE, metadata: dangerous(json), attachments: [dangerous(json)], action_logs: [dangerous(json)] },
      ],
    }),
    row({ feedbacks: [{ sentiment: 'neutral', ...dangerous(json) }] }),
    row({ other: dangerous(json) }),
  ]

  it.each([
    '{"__proto__":{"polluted":true}}',
    '{"__proto__":null}',
    '{"__proto__":"text"}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"prototype":{"polluted":true},"toString":1,"valueOf":null,"hasOwnProperty":false,"toJSON":"text"}',
  ])('are data at every level: %s', (json) => {
    for (const own of [false, true]) {
      for (const given of levels(json)) {
        const copy = JSON.parse(JSON.stringify(given)) as object
        const stored = read(copy, own)
        expect(isSame(stored, { ...DEFAULTS, ...given })).toBe(true)
        expect(Object.getPrototypeOf(stored)).toBe(Object.prototype)
      }
    }
    expect(
      isSame(readMessage({ id: 1, ...MESSAGE, ...dangerous(json) }, none()), { id: 1, ...MESSAGE, ...dangerous(json) }),
    ).toBe(true)
    expect(isSame(readMetadataChanges(dangerous(json), undefined).changes, dangerous(json))).toBe(true)
    expect(isSame(readPatch({ metadata: dangerous(json) }), { metadata: dangerous(json) })).toBe(true)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('are data where the root of all objects is frozen', () => {
    const { outputFiles } = buildSync({
      entryPoints: [fileURLToPath(new URL('../../../src/row/read.ts', import.meta.url))],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'door',
      target: 'es2022',
    })
    const frozen = runInNewContext(`Object.freeze(Object.prototype); ${outputFiles[0]!.text}; door`) as {
      readConversation: typeof readConversation
    }
    for (const given of levels('{"constructor":1,"__proto__":2,"toString":3}')) {
      const stored = frozen.readConversation(given, { own: false, greatest: none() })
      expect(isSame(stored, { ...DEFAULTS, ...given })).toBe(true)
    }
  })

  it('are places in faults like any others', () => {
    expect(faultyPlace(row({ metadata: Object.fromEntries([['__proto__', { x: Number.NaN }]]) }))).toBe(
      'metadata.__proto__.x',
    )
    const patch = faultsOf(() => readPatch(dangerous('{"__proto__":1,"constructor":2}')))
    expect(Object.keys(patch)).toEqual(['__proto__', 'constructor'])
  })
})

describe('a row that is given away', () => {
  it('stays the same object, completed', () => {
    const given = row({ metadata: { a: [1] }, messages: [MESSAGE] })
    const stored = read(given, true)
    expect(stored).toBe(given)
    expect(stored).toEqual({ ...DEFAULTS, ...given })
  })

  it('is copied at its top where it is frozen or has metadata as text, and no deeper', () => {
    for (const given of [Object.freeze(row({ messages: [MESSAGE] })), row({ messages: [MESSAGE], metadata: '{}' })]) {
      const before = structuredClone(given)
      const stored = read(given, true)
      expect(stored).not.toBe(given)
      expect(stored.messages).toBe(given.messages)
      expect(given).toEqual(before)
    }
  })

  it('is not touched when it is refused', () => {
    const given = row({ id: 0, metadata: '{"a":1}' })
    expect(() => read(given, true)).toThrow(InvalidRowError)
    expect(given).toEqual(row({ id: 0, metadata: '{"a":1}' }))
  })
})

describe('a message, a feedback', () => {
  it('gets an id when it has none, and the next one another', () => {
    const greatest = { message: 41, feedback: 7 }
    expect(readMessage(MESSAGE, greatest)).toEqual({ ...MESSAGE, id: 42 })
    expect(readMessage({ ...MESSAGE, id: null }, greatest).id).toBe(43)
    expect(readFeedback({ sentiment: 'neutral', id: undefined }, greatest)).toEqual({ sentiment: 'neutral', id: 8 })
    expect(greatest).toEqual({ message: 43, feedback: 8 })
  })

  it('keeps an id of its own, which raises the greatest if it is a safe integer', () => {
    const greatest = none()
    expect(readMessage({ ...MESSAGE, id: 'm1' }, greatest).id).toBe('m1')
    expect(readMessage({ ...MESSAGE, id: 90 }, greatest).id).toBe(90)
    expect(readMessage({ ...MESSAGE, id: 5 }, greatest).id).toBe(5)
    expect(greatest).toEqual({ message: 90, feedback: 0 })
  })

  it('is refused when no id is left', () => {
    const greatest = { message: Number.MAX_SAFE_INTEGER, feedback: Number.MAX_SAFE_INTEGER - 1 }
    expect(Object.keys(faultsOf(() => readMessage(MESSAGE, greatest)))).toEqual(['id'])
    expect(readMessage({ ...MESSAGE, id: 1 }, greatest).id).toBe(1)
    expect(readFeedback({ sentiment: 'neutral' }, greatest).id).toBe(Number.MAX_SAFE_INTEGER)
    expect(Object.keys(faultsOf(() => readFeedback({ sentiment: 'neutral' }, greatest)))).toEqual(['id'])
  })

  it('names its faults from itself, and raises nothing then', () => {
    const greatest = none()
    const faults = faultsOf(() =>
      readMessage({ sender: 'x', attachments: [1], metadata: { a: [new Map()] } }, greatest),
    )
    expect(Object.keys(faults).sort()).toEqual(['attachments[0]', 'content', 'metadata.a[0]', 'sender'])
    expect(Object.keys(faultsOf(() => readMessage('hello', greatest)))).toEqual(['message'])
    expect(Object.keys(faultsOf(() => readFeedback(null, greatest)))).toEqual(['feedback'])
    expect(Object.keys(faultsOf(() => readFeedback({ sentiment: 'neutral', source: 'x', id: 9 }, greatest)))).toEqual([
      'source',
    ])
    expect(greatest).toEqual(none())
  })

  it('is a copy', () => {
    const given = { ...MESSAGE, metadata: { a: [1] } }
    const message = readMessage(given, none())
    given.metadata.a.push(2)
    expect(message.metadata).toEqual({ a: [1] })
    expect(given).not.toHaveProperty('id')
  })
})

describe('a patch', () => {
  it('has the given keys alone', () => {
    expect(Object.keys(readPatch({}))).toEqual([])
    expect(isSame(readPatch({ name: null, device: undefined, colour: undefined }), { name: null })).toBe(true)
    const all = { name: 'n', is_marked: true, customer_id: 'c', device: 'd', language: 'l', metadata: { a: 1 } }
    expect(isSame(readPatch(all), all)).toBe(true)
    expect(readPatch({ metadata: null })).toEqual({ metadata: null })
  })

  it('is a copy', () => {
    const metadata = { a: [1] }
    const patch = readPatch({ metadata })
    metadata.a.push(2)
    expect(patch.metadata).toEqual({ a: [1] })
  })

  it('is refused for every key that cannot be changed, and values of a wrong type', () => {
    const faults = faultsOf(() =>
      readPatch({ id: 5, started_at: '2024-01-15', messages: [], nmae: 'x', colour: 'x', device: 4, metadata: '[' }),
    )
    expect(Object.keys(faults).sort()).toEqual(['colour', 'device', 'id', 'messages', 'metadata', 'nmae', 'started_at'])
    expect(faults.started_at?.message).toContain('cannot be changed')
    expect(faults.nmae?.message).toContain('Did you mean "name"?')
    expect(faults.colour?.message).toContain('Expected name, customer_id, device, language, is_marked, metadata.')
    expect(faults.colour?.value).toBe('x')
    for (const raw of [null, undefined, 5, [], 'name']) {
      expect(Object.keys(faultsOf(() => readPatch(raw)))).toEqual(['patch'])
    }
  })
})

describe('changes of metadata', () => {
  it('are copied', () => {
    const changes = { a: { b: [1] }, gone: undefined, none: null }
    const remove = ['x', '__proto__', '']
    const read = readMetadataChanges(changes, remove)
    changes.a.b.push(2)
    remove.push('later')
    expect(isSame(read, { changes: { a: { b: [1] }, none: null }, remove: ['x', '__proto__', ''] })).toBe(true)
  })

  it('may be absent', () => {
    expect(readMetadataChanges(undefined, undefined)).toEqual({ changes: {}, remove: [] })
  })

  it('are refused with all faults', () => {
    const places = (changes: unknown, remove: unknown) =>
      Object.keys(faultsOf(() => readMetadataChanges(changes, remove)))
    expect(places({ a: { b: [10n] } }, ['x', 5, null])).toEqual(['metadata.a.b[0]', 'remove[1]', 'remove[2]'])
    expect(places(null, 'x')).toEqual(['metadata', 'remove'])
    expect(places([], [() => 1])).toEqual(['metadata', 'remove[0]'])
    expect(places('{"a":1}', [])).toEqual(['metadata'])
  })
})

describe('freezing', () => {
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))

  it('goes to the bottom and gives the row back', () => {
    const stored = read(
      row({ metadata: { a: [{ b: [] }] }, messages: [{ ...MESSAGE, action_logs: [{ tools_used: {} }] }], x: [[1]] }),
    )
    expect(freezeRow(stored)).toBe(stored)
    expect(isFrozen(stored)).toBe(true)
    expect(freezeRow(stored)).toBe(stored)
  })

  it('goes below what a caller froze', () => {
    const given = row({ metadata: Object.freeze({ a: { b: 1 } }), messages: Object.freeze([{ ...MESSAGE }]) })
    expect(isFrozen(freezeRow(read(given, true)))).toBe(true)
    expect(isFrozen(freezeRow(read(Object.freeze(row({ metadata: { a: { b: 1 } } })), true)))).toBe(true)
  })

  it('reaches the deepest that there can be, and reserved keys', () => {
    const stored = freezeRow(read(row({ metadata: { a: nested(98) } })))
    expect(isFrozen(stored)).toBe(true)
    const reserved = freezeRow(read(row({ metadata: dangerous('{"__proto__":{"a":{}}}') })))
    expect(isFrozen(reserved)).toBe(true)
    expect(Object.isFrozen(Object.getOwnPropertyDescriptor(reserved.metadata, '__proto__')?.value)).toBe(true)
    expect(Object.isFrozen(Object.prototype)).toBe(false)
  })
})

describe('any row', () => {
  const key = fc.oneof(fc.constantFrom('a', '__proto__', 'constructor', 'toString', '', 'a.b', '0'), fc.string())
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false, 0, -0, 1, 1e21, '', 'ß', '😊', '\ud800'),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string(),
      fc.array(tie('value')),
      tie('object'),
    ),
    object: fc.dictionary(key, tie('value')),
  }))
  const text = fc.option(fc.string())
  const flag = fc.option(fc.boolean())
  const time = fc.constantFrom('2024-01-15', '2024-01-15T10:30:00.123456Z', '0001-01-01 0:00')
  const id = fc.oneof(json.value, fc.maxSafeNat())
  /** Keys that have no rule, of rows, messages and feedback. `fc.string()` draws `name` too: every function has one. */
  const others = fc.dictionary(
    key.filter(
      (each) =>
        ![...FULL_KEYS, 'sender', 'content', 'attachments', 'action_logs', 'sentiment', 'source'].includes(each),
    ),
    json.value,
  )
  const message = fc
    .tuple(
      others,
      fc.record(
        {
          id,
          content: fc.string(),
          sender: fc.constantFrom('agent', 'end_user'),
          action_name: text,
          metadata: json.value,
          attachments: fc.option(fc.array(json.object)),
          action_logs: fc.option(fc.array(json.object)),
        },
        { requiredKeys: ['content', 'sender'] },
      ),
    )
    .map(merge)
  const feedback = fc
    .tuple(
      others,
      fc.record(
        {
          id,
          sentiment: fc.constantFrom('positive', 'neutral', 'negative'),
          source: fc.constantFrom('platform', null),
        },
        { requiredKeys: ['sentiment'] },
      ),
    )
    .map(merge)
  const conversation = fc
    .tuple(
      others,
      fc.record(
        {
          id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
          conversation_id: fc.string({ minLength: 1, maxLength: 255 }),
          started_at: time,
          ended_at: fc.option(time),
          deleted_at: fc.option(time),
          ...Object.fromEntries(
            ['name', 'customer_id', 'customer_ip_address', 'device', 'language', 'environment'].map((each) => [
              each,
              text,
            ]),
          ),
          is_marked: flag,
          is_deleted: flag,
          is_used: flag,
          metadata: fc.option(json.object),
          geo_location: fc.option(json.object),
          messages: fc.option(fc.array(message, { maxLength: 4 })),
          feedbacks: fc.option(fc.array(feedback, { maxLength: 3 })),
        },
        { requiredKeys: ['conversation_id', 'started_at'] },
      ),
    )
    .map(merge)

  /** The second object's keys over the first's, `__proto__` included. */
  function merge([first, second]: [object, object]): object {
    return { ...first, ...second }
  }

  const before = Object.getOwnPropertyDescriptors(Object.prototype)

  it('comes back as it was given and with its defaults, is its own, and changes nothing else', () => {
    fc.assert(
      fc.property(conversation, (given) => {
        const expected = { ...DEFAULTS, ...(structuredCopy(given) as object) }
        const raw = structuredCopy(given) as object
        const stored = read(raw)
        expect(isSame(stored, expected)).toBe(true)
        expect(isSame(raw, given)).toBe(true)
        spoil(raw)
        expect(isSame(stored, expected)).toBe(true)
        expect(isSame(read(structuredCopy(given), true), expected)).toBe(true)
        expect(isSame(freezeRow(stored), expected)).toBe(true)
        expect(isSame(read({ ...stored, id: 7 }, true), { ...expected, id: 7 })).toBe(true)
      }),
    )
    expect(Object.getOwnPropertyDescriptors(Object.prototype)).toEqual(before)
  })

  /** A deep copy that keeps what JSON text does not: -0 and lone surrogates. */
  function structuredCopy(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(structuredCopy)
    const copy = {}
    for (const name of Object.keys(value)) {
      const entry = structuredCopy(Reflect.get(value, name))
      Object.defineProperty(copy, name, { value: entry, writable: true, enumerable: true, configurable: true })
    }
    return copy
  }

  /** Changes everything in an object to its bottom. */
  function spoil(value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    for (const name of Object.keys(value)) {
      spoil(Reflect.getOwnPropertyDescriptor(value, name)?.value)
      Object.defineProperty(value, name, { value: 'spoilt' })
    }
  }
})
