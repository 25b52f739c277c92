/** Attacks by single requests: conditions that cost much, bodies of many small values, words that collide. */
import { gzipSync } from 'node:zlib'
import type { Attack, Found } from './attack.ts'
import { collidingWords } from './colliding.ts'
import { MIB, wait } from './server.ts'
import { type Answer, send, tally, Wire } from './wire.ts'

const PATH = '/api/conversations/'
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789']

/** Conditions as a request that reads: no more letters are encoded than must be, so that many conditions fit in. */
function asking(where: object): string {
  const text = JSON.stringify(where).replace(/[%&#+]/g, encodeURIComponent)
  return `${PATH}?page_size=1&full=false&where=${text.replaceAll(' ', '+')}`
}

/** Conditions of which one must hold. */
function anyOf(conditions: readonly object[]): string {
  return asking([{ or: conditions.map((condition) => [condition]) }])
}

const message = (value: string) => ({ field: 'message', lookup: 'icontains', value })
const search = (value: string) => ({ field: 'search', lookup: 'icontains', value })

/** `many` of what there is, over and over. */
function cycle<Value>(many: number, values: readonly Value[]): Value[] {
  return Array.from({ length: many }, (_, i) => values[i % values.length]!)
}

/** Strings of lower-case letters, all different, none of them in a row. */
function strange(many: number, length: number): string[] {
  return Array.from({ length: many }, (_, i) => {
    let state = i + 1
    return Array.from({ length }, () => {
      state = (Math.imul(state, 0x41c64e6d) + 12_345) >>> 0
      return LETTERS[(state >>> 16) % 26]
    }).join('')
  })
}

const WORDS = 'the to of and a i you for is it that on in my we do be have not with this are was can'.split(' ')

/** Conditions one of which must hold: how many fit into a URL, and a function that makes some. */
const CONDITIONS: { readonly [name: string]: readonly [many: number, make: (many: number) => object[]] } = {
  'patterns of white space': [
    605,
    (many) => Array.from({ length: many }, (_, i) => message(' '.repeat(2 + (i % 20)) + '\t'.repeat(i % 7))),
  ],
  'searches of 17 letters': [577, (many) => strange(many, 17).map(search)],
  "patterns 'x y'": [
    776,
    (many) =>
      cycle(
        many,
        LETTERS.flatMap((a) => LETTERS.map((b) => message(`${a} ${b}`))),
      ),
  ],
  'pairs of letters': [
    776,
    (many) =>
      cycle(
        many,
        LETTERS.flatMap((a) => LETTERS.map((b) => message(a + b))),
      ),
  ],
  'pairs of common words': [
    745,
    (many) =>
      cycle(
        many,
        WORDS.flatMap((a) => WORDS.map((b) => message(`${a} ${b}`))),
      ),
  ],
  'metadata paths': [
    587,
    (many) => strange(many, 6).map((key) => ({ field: 'metadata', path: [key], lookup: 'exact', value: 1 })),
  ],
  'parts of names': [500, (many) => strange(many, 3).map((value) => ({ field: 'name', lookup: 'icontains', value }))],
  'patterns that must not be': [
    300,
    (many) => Array.from({ length: many }, (_, i) => ({ not: [message(' '.repeat(2 + (i % 30)))] })),
  ],
}

/** No more conditions than this may be asked at once: what is allowed must be cheap, and what is not is refused. */
const ALLOWED = 256

/** The requests that cost most, by name. */
const COSTLY: { readonly [name: string]: () => string } = {
  ...Object.fromEntries(
    Object.entries(CONDITIONS).flatMap(([name, [most, make]]) =>
      [most, ALLOWED].map((many) => [`${many} ${name}`, () => anyOf(make(many))]),
    ),
  ),
  '36 single letters in search': () => `${PATH}?page_size=1&full=false&search=${LETTERS.join('+')}`,
  'feedbacks, search=e+e+e...': () => `/api/feedbacks/?search=${Array(1_000).fill('e').join('+')}`,
}

/** An answer, or a refusal in the shape of the API: with a sentence that says why. */
function judged({ status, text }: Answer, allowed: readonly number[]): Found {
  const answered = `${status}${status >= 400 ? ` ${text.slice(0, 60)}` : ''}`
  if (!allowed.includes(status)) return { answered, wrong: `expected ${allowed.join(' or ')}` }
  const isMeant = status < 400 || (/^[{[]/.test(text.trim()) && /cost|work|at most|too many/i.test(text))
  return { answered, wrong: isMeant ? undefined : 'a refusal for another reason' }
}

const costly = Object.entries(COSTLY).map(
  ([name, path]): Attack => ({
    name,
    run: async ({ server }) => judged(await send(server.url, 'GET', path()), [200, 400]),
  }),
)

/** Each may take 50 ms, so 20 of them are a load that others notice: only answers and memory are judged. */
const again: Attack = {
  name: '20 costly requests at once',
  isApart: true,
  async run({ server }) {
    const paths = Object.values(COSTLY).map((path) => path())
    const answers = await Promise.all(cycle(20, paths).map((path) => send(server.url, 'GET', path)))
    const statuses = answers.map(({ status }) => status)
    const isRight = statuses.every((status) => [200, 400, 503].includes(status))
    return { answered: tally(statuses), wrong: isRight ? undefined : 'expected 200, 400 or 503' }
  },
}

/** A document of so many bytes, nearly all of which are empty lists. */
function emptyLists(bytes: number): Buffer {
  const head = `{"conversation_id":"lists","metadata":{"a":[[]`
  const body = Buffer.alloc(bytes, ',[]')
  body.write(head)
  // From the end of the head on, whole lists.
  const lists = Math.floor((bytes - head.length - 4) / 3)
  body.fill(',[]', head.length, head.length + 3 * lists)
  return Buffer.concat([body.subarray(0, head.length + 3 * lists), Buffer.from(']}}')])
}

const bodies: readonly Attack[] = [
  {
    name: '4 bodies of empty lists, 31.9 MiB each',
    async run({ server }) {
      const body = emptyLists(Math.floor(31.9 * MIB))
      const statuses: number[] = []
      for (let i = 0; i < 4; i++) statuses.push((await send(server.url, 'POST', PATH, body)).status)
      // A server that refuses before it has read all may cut the connection.
      const isRight = statuses.every((status) => [0, 400, 413, 503].includes(status)) && !server.ended
      return { answered: tally(statuses), wrong: isRight ? undefined : 'expected 400, 413 or 503' }
    },
  },
  {
    name: '8 batches of gzip, 400 kB each, that unpack to 400 MiB',
    async run({ server }) {
      const body = gzipSync(Buffer.alloc(400 * MIB, ' '))
      const headers = { 'content-encoding': 'gzip' }
      const asked = Array.from({ length: 8 }, () => send(server.url, 'POST', '/api/ingest/', body, headers))
      const statuses = (await Promise.all(asked)).map(({ status }) => status)
      const isRight = statuses.every((status) => [413, 503].includes(status)) && !server.ended
      return { answered: tally(statuses), wrong: isRight ? undefined : 'expected 413 or 503' }
    },
  },
  {
    name: '60 unfinished bodies of 31 MiB',
    async run({ server }) {
      const piece = Buffer.alloc(MIB, ' ')
      const head = `POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${31 * MIB + 1}\r\n\r\n`
      const wires = Array.from({ length: 60 }, () => new Wire(server.port))
      for (const wire of wires) wire.write(head)
      for (let i = 0; i < 31; i++) {
        for (const wire of wires) if (wire.status === 0) wire.write(piece)
        await wait(40)
      }
      await wait(1_500)
      const statuses = wires.map(({ status }) => status)
      for (const wire of wires) wire.end()
      const isRight = statuses.some((status) => status === 503 || status === 413)
      const retry = wires.some(({ received }) => /retry-after/i.test(received))
      const wrong = !isRight ? 'expected some 503' : retry || statuses.includes(413) ? undefined : 'no Retry-After'
      return { answered: tally(statuses), wrong }
    },
  },
  {
    name: 'words that collide, 1.8 MB, then a search',
    async run({ server }) {
      const content = collidingWords(32_768).join(' ')
      const body = JSON.stringify({ conversation_id: 'collide', sender: 'end_user', content })
      const { status } = await send(server.url, 'POST', '/api/track/', body)
      const begin = performance.now()
      const found = await send(server.url, 'GET', `${PATH}?search=anything&full=false`)
      const ms = Math.round(performance.now() - begin)
      return judgedMany([status, found.status], [200, 201, 400, 413], `, the search in ${ms} ms`)
    },
  },
  {
    name: '200 messages more in a conversation of 10,000',
    async run({ server }) {
      const statuses: number[] = []
      const begin = performance.now()
      for (let i = 0; i < 200; i++) {
        const body = JSON.stringify({ conversation_id: 'long', sender: 'end_user', content: `question ${i}` })
        statuses.push((await send(server.url, 'POST', '/api/track/', body)).status)
      }
      const ms = ((performance.now() - begin) / 200).toFixed(1)
      return judgedMany(statuses, [201], `, ${ms} ms a message`)
    },
  },
]

function judgedMany(statuses: readonly number[], allowed: readonly number[], more: string): Found {
  const isRight = statuses.every((status) => allowed.includes(status))
  return { answered: tally(statuses) + more, wrong: isRight ? undefined : `expected ${allowed.join(' or ')}` }
}

export const REQUESTS: readonly Attack[] = [...costly, again, ...bodies]
