/**
 * What the slowest requests take: draws thousands of requests that are made to be slow, asks a handler with its default limits,
 * and prints how long the slowest answered ones held the thread, in milliseconds of CPU. Requests with the hosted API's
 * parameters alone, which are always answered, are listed apart.
 *
 * `tsx bench/costly.ts`, `tsx bench/costly.ts --requests 5000 --seed 7 --rows 100000`, `tsx bench/costly.ts --data FOLDER`
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { generate, Random } from '../src/features/generate/index.ts'
import { createHandler } from '../src/http/index.ts'
import { type Conversation, ConversationStore } from '../src/index.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    data: { type: 'string' },
    requests: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    work: { type: 'string' },
    only: { type: 'string' },
  },
})
const store = values.data === undefined ? generated(Number(values.rows)) : recorded(values.data)
const handler = createHandler(store, values.work === undefined ? {} : { maxWork: Number(values.work) })
await handler.warm()
const random = new Random(Number(values.seed))
const sample: readonly Conversation[] = Array.from({ length: 200 }, () => store.get(random.below(store.size) + 1)!)
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789']

function generated(rows: number): ConversationStore {
  return ConversationStore.from(generate({ count: rows }), { own: true })
}

function recorded(folder: string): ConversationStore {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson.gz'))
  const lines = files.flatMap((name) =>
    gunzipSync(readFileSync(join(folder, name)))
      .toString()
      .split('\n'),
  )
  const all = new ConversationStore()
  all.addMany(
    lines.filter((line) => line !== '').map((line) => JSON.parse(line)),
    { onInvalid: 'skip', onDuplicate: 'skip', own: true },
  )
  return all
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

interface Held {
  readonly ms: number
  readonly status: number
  readonly text: string
}

/** Asks, and says how long the thread was held at most, between two turns of the event loop. */
async function held(path: string): Promise<Held> {
  let [longest, last, isOn] = [0, cpuMs(), true]
  const tick = () => {
    const now = cpuMs()
    longest = Math.max(longest, now - last)
    last = now
    if (isOn) setImmediate(tick)
  }
  setImmediate(tick)
  await new Promise((resolve) => setImmediate(resolve))
  const response = await handler(new Request(`http://localhost${path}`))
  const text = await response.text()
  await new Promise((resolve) => setImmediate(resolve))
  isOn = false
  return { ms: longest, status: response.status, text }
}

const list = (parameters: string) => `/api/conversations/?page_size=1&full=false&${parameters}`
const said = (conditions: unknown) => list(`where=${encodeURIComponent(JSON.stringify(conditions))}`)

const many = (count: number, of: () => string): string[] => [...new Set(Array.from({ length: count }, of))]
const anyOf = <T>(all: readonly T[]): T => all[random.below(all.length)]!
const letters = (count: number) => Array.from({ length: count }, () => anyOf(LETTERS)).join('')
const content = () => anyOf(anyOf(sample).messages ?? [{ content: 'none' }])?.content ?? 'none'
const word = () => anyOf(content().split(' '))
const piece = (most: number) => {
  const text = content()
  const from = random.below(text.length)
  return text.slice(from, from + 1 + random.below(most)) || 'a'
}

/** Strings to look for, each kind costly in its own way. */
const STRINGS: readonly (() => string)[] = [
  () => letters(1),
  () => letters(2),
  () => letters(3),
  word,
  () => word().slice(0, 2),
  () => `${word()} `,
  () => ` ${word()}`,
  () => `${word()} ${word()}`,
  () => `${letters(1)} ${letters(1)}`,
  () => `${letters(1)} `,
  () => ' '.repeat(1 + random.below(30)),
  () => `${letters(1)}.`,
  () => piece(6),
  () => piece(60),
  () => piece(600),
  () => anyOf(['.', ',', '?', '. ', ', ', "'", '\n', '\t', '  ']),
]

const PATHS = [
  'plan',
  'vip',
  'channel',
  'tags',
  'wait_seconds',
  'order.id',
  'order.total',
  'analysis.topic',
  'a',
  'b.c',
]

/** Conditions, each kind costly in its own way, of one kind of string. */
const CONDITIONS: readonly ((text: () => string) => unknown)[] = [
  (text) => ({ field: 'message', lookup: 'icontains', value: text() }),
  (text) => ({ field: 'message', lookup: 'icontains', value: text() }),
  (text) => ({ field: 'search', lookup: 'icontains', value: many(1 + random.below(20), text).join(' ') }),
  (text) => ({ field: 'search', lookup: 'icontains', value: `"${text()}"` }),
  (text) => ({
    field: anyOf(['name', 'conversation_id', 'customer_id', 'customer_ip_address', 'action_name', 'language']),
    lookup: anyOf(['contains', 'icontains', 'startswith', 'istartswith', 'iexact']),
    value: text(),
  }),
  (text) => ({
    field: anyOf(['conversation_id', 'customer_id']),
    lookup: 'in',
    value: many(1 + random.below(400), text),
  }),
  () => ({ field: 'id', lookup: anyOf(['gt', 'lt']), value: random.below(store.size) }),
  () => ({ field: 'ended_at', lookup: anyOf(['gt', 'lte', 'isnull']), value: '2025-01-01' }),
  () => ({ field: 'metadata', path: anyOf(PATHS).split('.'), lookup: anyOf(['gt', 'lte']), value: random.below(1000) }),
  (text) => ({ field: 'metadata', path: [letters(2)], lookup: 'exact', value: text() }),
  () => ({ field: 'device', lookup: 'exact', value: anyOf(['mobile', 'desktop']) }),
]

function fixed(of: (text: () => string) => unknown): unknown {
  const condition = of(anyOf(STRINGS)) as { field: string; lookup: string; value: unknown }
  return condition.lookup === 'isnull' ? { ...condition, value: true } : condition
}

/** A query of some shape, with many conditions of one kind or of several. */
function costly(): string {
  const count = 1 + random.below(anyOf([4, 20, 80, 256]))
  const kind = anyOf(CONDITIONS)
  const isMixed = random.percent(40)
  const text = anyOf(STRINGS)
  const one = () => (isMixed ? fixed(anyOf(CONDITIONS)) : fixed(() => kind(text)))
  const conditions = Array.from({ length: count }, one)
  const shape = random.below(6)
  if (shape === 0) return said(conditions)
  if (shape === 1) return said([{ or: conditions.map((it) => [it]) }])
  if (shape === 2) return said(conditions.map((it) => ({ not: [it] })))
  if (shape === 3) return said([{ or: conditions.map((it) => [{ not: [it] }]) }])
  if (shape === 4) return said([{ not: [{ or: conditions.map((it) => [it]) }] }, fixed(CONDITIONS[0]!)])
  const pairs = conditions.slice(0, count >> 1).map((it, i) => [it, conditions[count - 1 - i]])
  return said([{ or: pairs.length > 1 ? pairs : [conditions] }])
}

const ORDERS = ['customer_id', '-ended_at', 'language', 'is_marked', '-customer_id', 'is_used', 'id']

/** Requests that are always answered. */
const HOSTED: Readonly<Record<string, () => string>> = {
  '36 single letters': () => list(`search=${LETTERS.join('+')}`),
  '1,296 pairs of letters': () => list(`search=${LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).join('+')}`),
  'pairs of letters of one row': () => {
    const text = anyOf(sample)
      .messages!.map((it) => it.content)
      .join(' ')
      .toLowerCase()
      .replaceAll(/[^a-z]/g, '')
    return list(`search=${[...new Set(Array.from(text, (_, i) => text.slice(i, i + 2)))].join('+')}`)
  },
  'words of one row': () => {
    const words = anyOf(sample).messages!.flatMap((it) => it.content.split(/\W+/))
    return list(`search=${[...new Set(words)].join('+').slice(0, 60_000)}`)
  },
  '10,000 words': () => list(`search=${many(10_000, word).map(encodeURIComponent).join('+').slice(0, 60_000)}`),
  '10,000 terms that are nowhere': () => list(`search=${many(10_000, () => letters(5)).join('+')}`),
  '40 phrases': () =>
    list(`search=${many(40, () => `%22${encodeURIComponent(piece(12).replaceAll('"', ''))}%22`).join('+')}`),
  'a phrase of white space': () => list(`search=%22${'+'.repeat(5)}%22`),
  'a message of one letter': () => list('message_contains=e'),
  'a message of two words': () => list(`message_contains=${encodeURIComponent(`${word()} ${word()}`)}`),
  '10,000 pairs of metadata': () => list(`metadata=${many(10_000, () => `${letters(3)}:1`).join(',')}`),
  '8,000 values of one path': () => list(`metadata=${Array.from({ length: 8_000 }, (_, i) => `plan:${i}`).join(',')}`),
  '9,000 ids': () => list(`conversation_id__in=${Array.from({ length: 6_000 }, (_, i) => `c${i}`).join(',')}`),
  'another order, first': () =>
    list(
      `ordering=${[...ORDERS]
        .sort(() => random.fraction() - 0.5)
        .slice(0, 3)
        .join(',')}`,
    ),
  'another order, a late page': () => list(`ordering=customer_id&page=${Math.floor(store.size / 2)}`),
  'all lookups of names': () =>
    list(
      ['name', 'conversation_id', 'customer_id', 'action_name']
        .flatMap((name) => ['contains', 'icontains', 'startswith'].map((it) => `${name}__${it}=e`))
        .join('&'),
    ),
  'feedback: e, 20,000 times': () => `/api/feedbacks/?search=${'e+'.repeat(20_000)}`,
  'feedback: pairs of letters': () =>
    `/api/feedbacks/?search=${LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).join('+')}`,
  'feedback: letters': () => `/api/feedbacks/?search=${LETTERS.slice(0, 26).join('+')}`,
}

console.log(`${store.size.toLocaleString('en')} conversations\n\nalways answered, the slowest of 6:`)
for (const [name, path] of Object.entries(HOSTED)) {
  if (values.only !== undefined && !name.includes(values.only)) continue
  const all: Held[] = []
  for (let round = 0; round < 6; round++) all.push(await held(path()))
  // The first has compiled and built what it needs.
  const [first, ...rest] = all
  const most = Math.max(...rest.map(({ ms }) => ms))
  console.log(`${most.toFixed(1).padStart(9)} ms  (first ${first!.ms.toFixed(1)})  ${first!.status}  ${name}`)
}

const asked: { readonly path: string; readonly held: Held }[] = []
for (let i = 0; i < Number(values.requests); i++) {
  const path = costly()
  if (path.length < 65_000) asked.push({ path, held: await held(path) })
}
const answered = asked.filter(({ held: { status } }) => status === 200)
const refused = asked.filter(({ held: { status, text } }) => status === 400 && text.includes('maxWork'))
console.log(`\n${asked.length} drawn: ${answered.length} answered, ${refused.length} refused as too costly`)
for (const [name, group] of [
  ['answered', answered],
  ['refused', refused],
] as const) {
  console.log(`\nthe slowest ${name}: at first, and the median of five more`)
  const slowest = group.toSorted((a, b) => b.held.ms - a.held.ms).slice(0, 8)
  for (const {
    path,
    held: { ms },
  } of slowest) {
    const more: number[] = []
    for (let round = 0; round < 5; round++) more.push((await held(path)).ms)
    more.sort((a, b) => a - b)
    const where = decodeURIComponent(path.slice(path.indexOf('where=') + 6))
    console.log(
      `${ms.toFixed(1).padStart(9)} ms ${more[2]!.toFixed(1).padStart(7)} ms  ${JSON.stringify(where).slice(1, 140)}`,
    )
  }
}
