/** `conversation-store serve` as a process: its options, what it prints, what it keeps, and how it ends. */
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { request as httpRequest } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/command.ts'
import { Progress } from '../../src/cli/progress.ts'
import { openBacking } from '../../src/cli/serve-backing.ts'
import { reportingIgnored } from '../../src/cli/serve-ignored.ts'
import { withoutKeys } from '../../src/cli/serve-key.ts'
import { readSettings } from '../../src/cli/serve-options.ts'
import type { Streams } from '../../src/cli/streams.ts'
import { AgentState, createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { buildCommand, Client, Serving, type StartOptions } from './serving.ts'

const KEY = 'ags_00112233445566778899aabbccddeeff_001122'
const READ_KEY = 'ags_ffeeddccbbaa99887766554433221100_aabbcc'
const WELL_FORMED = /ags_[0-9a-f]{32}_[0-9a-f]{6}/

let command: string
let folder: string
let files = 0
const running: Serving[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-serve-'))
  command = await buildCommand('serve-test')
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.end('SIGKILL')))
})

afterAll(() => {
  for (const path of [folder, command]) rmSync(path, { recursive: true, force: true })
})

function start(args: readonly string[], options?: StartOptions): Serving {
  const server = new Serving(command, args, options)
  running.push(server)
  return server
}

/** Starts a server on a free port and gives a client of it. */
async function serve(
  args: readonly string[],
  options?: StartOptions,
): Promise<{ server: Serving; client: Client; url: string }> {
  const server = start(['--port', '0', ...args], options)
  const url = await server.listening()
  return { server, url, client: new Client(url, KEY) }
}

/** What the command says that does not come as far as to listen. Run in this process, which is faster. */
async function refused(args: readonly string[]): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const streams = { stdin: process.stdin, stdout, stderr } as unknown as Streams
  expect(await runCommand(['serve', '--port', '0', ...args], streams)).toBe(2)
  expect(stdout.read()).toBe(null)
  const [, text] = /^(?:\w+: \d+ %.*\n)*error: (.*)\n$/.exec(String(stderr.read())) ?? []
  return text!
}

function path(name = 'rows.ndjson'): string {
  return join(folder, `${++files}-${name}`)
}

function write(rows: readonly object[], file = path()): string {
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return file
}

function row(id: string, more: object = {}): object {
  return { conversation_id: id, started_at: '2026-01-05T10:00:00Z', ...more }
}

const NEW = { timestamp: '2026-01-05T10:00:00+00:00' }

describe('what it prints', () => {
  test('where it is, how to point an SDK at it with a key of the right form; and a page that links to the routes', async () => {
    const { server, url } = await serve([write([row('a'), row('b')])])
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(server.stdout).toContain('2 conversations')
    expect(server.stdout).toContain(`AGENTSIGHT_API_ENDPOINT=${url}\n`)
    expect(server.stdout).toMatch(new RegExp(`AGENTSIGHT_API_KEY=${WELL_FORMED.source}\n`))
    expect(server.stdout).toContain(`fetch('${url}/api/conversations/'`)
    for (const word of ['agentsight 0.0.x and 0.1.x', 'agentsight.init()', 'agentsight.flush()'])
      expect(server.stdout).toContain(word)
    expect(server.stderr).toMatch(/^Reading: 100 %, 2 conversations\n/)
    expect(server.stdout + server.stderr).not.toContain('\u001b')

    // The page for people.
    const answer = await fetch(`${url}/`)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const page = await answer.text()
    const links = Array.from(page.matchAll(/href="([^"]+)"/g), ([, href]) => href!)
    expect(links).toContain('/api/conversations/')
    for (const link of links) expect([link, (await fetch(url + link)).status]).toEqual([link, 200])
    for (const route of ['/api/track/', '/api/action_logs/', '/api/feedbacks/']) expect(page).toContain(route)
    expect(await server.end('SIGINT')).toEqual({ code: 0, signal: null })
  })

  test('with --log each request, without keys', async () => {
    const { server, url, client } = await serve(['--log', '--key', KEY, '--key', 'hush hush'.replace(' ', '-')])
    await client.get(`/api/conversations/?search=${READ_KEY}&name=hush-hush`)
    await fetch(`${url}/nowhere`)
    await server.printed(() => server.stderr.includes('/nowhere'))
    expect(server.stderr).toMatch(/Z GET \/api\/conversations\/\?search=\*\*\*&name=\*\*\* 200 [\d.]+ ms\n/)
    expect(server.stderr).toMatch(/Z GET \/nowhere 404 [\d.]+ ms\n/)
    expect(server.stdout + server.stderr).not.toMatch(new RegExp(`${KEY}|${READ_KEY}|hush-hush`))
    expect(server.stderr).toContain('warning: 1 of 2 keys')
  })
})

test.each<[target: string, keys: string[], shown: string]>([
  ['/api/me/?k=abcdefSECRET', ['abc', 'abcdefSECRET'], '/api/me/?k=***'],
  ['/api/me/?k=xabcdef&l=abc', ['xabc', 'abcdef'], '/api/me/?k=***&l=abc'],
  ['/api/me/?k=%61bcdef%53ECRET!', ['abc', 'abcdefSECRET'], '/api/me/?k=***!'],
  ['/api/me/?k=a%2Bb&l=a+b&m=a%2bb', ['a+b'], '/api/me/?k=***&l=***&m=***'],
  ['/api/me/?k=a%41b&l=a%2541b', ['a%41b'], '/api/me/?k=***&l=***'],
  [`/api/me/?k=${KEY.replace('_', '%5F')}`, [], '/api/me/?k=***'],
  [`/api/me/?k=${KEY.replace('_', '%255F')}&l=${KEY.replace('a', '%252561')}`, [], '/api/me/?k=***&l=***'],
  [`/api/me/?k=${KEY.replace('ags', '%%36%31gs')}`, [], '/api/me/?k=***'],
  ['/api/me/?k=%2541bcdef%25252541!&l=%25%34%31bcdefa', ['abcdefa'], '/api/me/?k=***!&l=***'],
  [`/api/me/?k=${KEY.slice(0, 5)}&l=${KEY.slice(0, 20)}&m=${KEY.slice(0, -1)}`, [], '/api/me/?k=***&l=***&m=***'],
  ['/api/me/?k=abcd&l=abcde%2566x&m=abc', ['abcdefSECRET'], '/api/me/?k=***&l=***x&m=abc'],
  ['/api/me/?k=%4abcdef', ['abcdef'], '/api/me/?k=%4***'],
  ['/api/me/?k=two+words&l=two%20words&m=two%2520words', ['two words'], '/api/me/?k=***&l=***&m=***'],
  [`/api/me/?k=${KEY.replaceAll('0', '%30').toUpperCase()}x`, [], '/api/me/?k=***x'],
  [`/api/me/?k=${KEY}SECRET`, ['ags', `${KEY}SECRET`], '/api/me/?k=***'],
  ['/api/me/?k=%zz%&l=%ff%0a%C3%BC', ['abc'], '/api/me/?k=%zz%&l=%ff%0a%C3%BC'],
  ['/api/me/?k=a\tb\u009b', ['abc'], '/api/me/?k=a%09b%9b'],
])('%j with the keys %j is logged as %j', (target, keys, shown) => {
  expect(withoutKeys(target, keys)).toBe(shown)
})

describe('progress', () => {
  const at = (isTTY: boolean) =>
    Object.assign(new PassThrough(), { isTTY, columns: 80 }) as unknown as NodeJS.WriteStream

  test.each([
    ['a bar on a terminal, taken away in the end', true, /Reading ■+ +50 %, 1 row/, '\u001b[2K'],
    ['plain lines elsewhere', false, /^Reading: 50 %, 1 row\nReading: 100 %, 2 rows\n$/, '\n'],
  ])('%s', async (_, isTTY, expected, end) => {
    const stream = at(isTTY)
    const progress = await Progress.of({ stderr: stream }, 'Reading')
    progress.show(0, 2)
    progress.show(1, 2, '1 row')
    // The bar is drawn ten times a second.
    await sleep(isTTY ? 150 : 0)
    progress.show(2, 2, '2 rows')
    progress.stop()
    const shown = String(stream.read())
    expect(shown).toMatch(expected)
    expect(shown.slice(-end.length)).toBe(end)
  })

  test('nothing to show, nothing shown', async () => {
    const stream = at(true)
    const progress = await Progress.of({ stderr: stream }, 'Reading')
    progress.stop()
    const lines = at(false)
    ;(await Progress.of({ stderr: lines }, 'Reading')).show(0, 0)
    expect([stream.read(), lines.read()]).toEqual([null, null])
  })
})

describe('options', () => {
  test('keys that write and keys that read, from options and the environment', async () => {
    const env = { CONVERSATION_STORE_KEY: ' from-env , ', CONVERSATION_STORE_READ_KEY: READ_KEY }
    const { url } = await serve(['--key', KEY, '--key', 'second', '--read-key', 'reader'], { env })
    const status = async (key: string | undefined, method: string) =>
      (
        await new Client(url, key).send(
          method,
          '/api/conversations/',
          method === 'POST' ? { ...NEW, conversation_id: 'a' } : undefined,
        )
      ).status
    for (const key of [KEY, 'second', 'from-env'])
      expect([key, await status(key, 'POST')]).toEqual([key, expect.toSatisfy((it) => it < 300)])
    for (const key of ['reader', READ_KEY])
      expect([await status(key, 'GET'), await status(key, 'POST')]).toEqual([200, 403])
    expect([await status('other', 'GET'), await status(undefined, 'GET')]).toEqual([401, 401])
    // The page says what this is, not what is in it.
    expect(await (await fetch(url)).text()).not.toContain('conversations now')
  })

  test('page size, environments, strictness, links, hosts, origins', async () => {
    const rows = [row('a', { environment: 'staging' }), row('b'), row('c')]
    const args = ['--page-size', '2', '--environment', 'staging', '--strict', '--base-url', 'https://links.example']
    const hosts = ['--allow-host', 'api.test', '--cors', 'https://app.example', '--trust-proxy']
    const { url, client } = await serve([write(rows), ...args, ...hosts])

    const { body } = await client.get('/api/conversations/')
    expect(body).toMatchObject({ page_size: 2, next: 'https://links.example/api/conversations/?page=2' })
    expect(await client.list('&environment=staging')).toEqual(['a'])
    expect(await client.get('/api/conversations/?devise=x')).toMatchObject({
      status: 400,
      body: { devise: [expect.stringContaining('device')] },
    })

    const status = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(`${url}/api/conversations/`, { headers }, (answer) => {
          answer.resume()
          resolve(answer.statusCode!)
        })
        sent.on('error', reject).end()
      })
    expect(await status({ host: 'api.test' })).toBe(200)
    expect(await status({ host: 'other.test' })).toBe(421)
    expect(await status({ 'x-forwarded-host': 'other.test' })).toBe(421)
    expect(await status({ origin: 'https://app.example', 'sec-fetch-site': 'cross-site' })).toBe(200)
    expect(await status({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).toBe(403)
  })

  test('an address that others reach needs a key', async () => {
    expect(await refused(['--default-environment', 'qa'])).toBe(
      '--default-environment qa is not a known environment. Add --environment qa, or name another one.',
    )
    expect(await refused(['--host', '0.0.0.0'])).toMatch(
      new RegExp(`^--host 0\\.0\\.0\\.0 .*needs a key.*--key ${WELL_FORMED.source}`),
    )
    const { client } = await serve(['--host', '0.0.0.0'], { env: { CONVERSATION_STORE_KEY: KEY } })
    expect(await client.list()).toEqual([])
  })

  test.each<[name: string, args: string[], text: RegExp]>([
    ['a port that is none', ['--port', '70000'], /--port.*from 0 to 65535/],
    ['a page size that is none', ['--page-size', '101'], /--page-size.*from 1 to 100/],
    ['a host that is no address', ['--host', 'example.com'], /--host example\.com is not an IP address/],
    ['a host name with a scheme', ['--allow-host', 'http://a'], /--allow-host http:\/\/a is not a host name/],
    ['an origin with a path', ['--cors', 'https://a.example/x'], /not an origin\..*https:\/\/a\.example/],
    ['all origins without a key', ['--cors', '*'], /--cors.*needs a key/],
    ['a base of links that is none', ['--base-url', 'a.example'], /--base-url a\.example/],
    ['--watch with --save', ['--watch', '--save', 'x', 'y'], /--watch and --save exclude each other/],
    ['--watch without files', ['--watch'], /--watch needs a FILE/],
    ['--watch of standard input', ['--watch', '-'], /--watch cannot watch standard input/],
    ['--repair without --save', ['--repair'], /--repair.*--save/],
    ['an empty key', ['--key', ''], /key is empty/],
    ['a key in both roles', ['--key', 'a', '--read-key', 'a'], /same key/],
    ['a file that is not there', ['/nowhere/rows.ndjson'], /nowhere.*cannot be read/],
    ['an option that is none', ['--prot', '1'], /Did you mean --port\?/],
    ['a directory that is not there', ['--save', '/nowhere/x.journal'], /nowhere.*cannot be opened/],
  ])('%s', async (_, args, text) => {
    expect(await refused(args)).toMatch(text)
  })

  test.each([
    ['chrome-extension://abcdefghijklmnop', 'chrome-extension://abcdefghijklmnop'],
    ['moz-extension://0a1b-2c3d', 'moz-extension://0a1b-2c3d'],
    ['tauri://localhost', 'tauri://localhost'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['ionic://localhost', 'ionic://localhost'],
    ['vscode-webview://1b2c3d', 'vscode-webview://1b2c3d'],
    ['app://obsidian.md', 'app://obsidian.md'],
    ['https://APP.example:443/', 'https://app.example'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ])('--cors %s lets pages of %s in', (given, origin) => {
    const settings = readSettings([], { port: 0, host: '127.0.0.1', cors: [given] }, {})
    expect(settings.cors).toEqual([origin])
    expect(createHandler(new ConversationStore(), { cors: settings.cors }).allowsOrigin(origin)).toBe(true)
  })

  test('an origin with a scheme of its own is let in by a server too', async () => {
    const { url } = await serve(['--cors', 'tauri://localhost'])
    const status = async (origin: string) => (await fetch(`${url}/api/conversations/`, { headers: { origin } })).status
    expect([await status('tauri://localhost'), await status('tauri://other')]).toEqual([200, 403])
  })

  test.each(['tauri://localhost/x', 'app.example', 'null', 'https://', '', 'mailto:a@b', 'https://a b'])(
    '--cors %j is not an origin',
    async (origin) => {
      expect(await refused(['--cors', origin])).toMatch(/^--cors .*is not an origin\. Expected a scheme and a host/)
    },
  )

  test('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await refused(['--port', String(port)])).toMatch(`--port ${port} of 127.0.0.1 is taken`)
    server.close()
  })

  test('rows that are none end it with their line, or are left out and told', async () => {
    const file = write([row('a'), { conversation_id: 'b' }, row('c')])
    expect(await refused([file])).toMatch(/Line 2: .*started_at/)
    const { server, client } = await serve([file, '--skip-invalid'])
    expect(server.stderr).toMatch(/skipped: .*line 2: .*started_at/)
    expect(await client.list()).toEqual(['a', 'c'])
  })
})

describe('--watch', () => {
  test('follows the file: rows that came, differ and went; the rest stays as clients left it', async () => {
    const file = write([row('a'), row('b', { device: 'mobile' }), row('c')])
    const { server, client } = await serve([file, '--watch'])
    const told = async (text: string) => server.printed(() => server.stderr.includes(text))
    await client.post('/api/conversations/', { ...NEW, conversation_id: 'recorded' })
    const [{ id: a }] = (await client.get('/api/conversations/?conversation_id=a')).body.results
    expect(await client.post(`/api/conversations/${a}/mark/`, { is_marked: true })).toMatchObject({ status: 200 })

    write([row('a'), row('b', { device: 'desktop' }), row('d')], file)
    await told('1 added, 1 changed, 1 gone.')
    expect((await client.list()).sort()).toEqual(['a', 'b', 'd', 'recorded'])
    expect(await client.list('&device=desktop')).toEqual(['b'])
    expect(await client.list('&is_marked=true')).toEqual(['a'])

    // Replaced as editors do it.
    renameSync(write([row('a'), row('e')]), file)
    await told('1 added, 0 changed, 2 gone.')
    expect((await client.list()).sort()).toEqual(['a', 'e', 'recorded'])
    expect(await server.end()).toEqual({ code: 0, signal: null })
  })

  test('a file that cannot be used is reported, and its old rows stay', async () => {
    const [file, other] = [write([row('a', { id: 5 })]), write([row('b')])]
    const { server, client } = await serve([file, other, '--watch'])
    const spoilt: readonly (readonly [string, string])[] = [
      ['{"conversation_id": "z", "started', 'Line 1'],
      [JSON.stringify(row('z', { started_at: 'noon' })), 'started_at'],
      [`${JSON.stringify(row('z'))}\n${JSON.stringify(row('z'))}`, 'Line 2'],
      [JSON.stringify(row('b')), 'conversation_id "b"'],
      [JSON.stringify(row('z', { id: 6 })), 'with id 6'],
    ]
    for (const [text, why] of spoilt) {
      const before = server.stderr.length
      writeFileSync(file, text)
      await server.printed(() => server.stderr.slice(before).includes('its old rows stay'))
      expect(server.stderr.slice(before)).toContain(why)
      expect(await client.list()).toEqual(['a', 'b'])
    }
    rmSync(file)
    await server.printed(() => server.stderr.includes('cannot be read'))
    expect(await client.list()).toEqual(['a', 'b'])
    write([row('a', { id: 7 }), row('c')], file)
    await server.printed(() => server.stderr.includes('1 added, 1 changed, 0 gone.'))
    expect((await client.list()).sort()).toEqual(['a', 'b', 'c'])
    expect((await client.get('/api/conversations/7/')).body).toMatchObject({ conversation_id: 'a' })
  })
})

test('--watch sees rows while they are appended without pause', async () => {
  const file = write([row('first')])
  const { client } = await serve([file, '--watch'])
  let appended = 0
  let isOver = false
  const appending = (async () => {
    while (!isOver) {
      appendFileSync(file, `${JSON.stringify(row(`more-${++appended}`))}\n`)
      // Between two looks at the file it is written to several times.
      await sleep(20)
    }
  })()
  // It ends because rows are seen while more are coming, however long that takes.
  while ((await client.list()).length < 40) await sleep(20)
  const seenMeanwhile = appended
  isOver = true
  await appending
  while ((await client.get('/api/conversations/?page_size=1')).body.count <= appended) await sleep(20)
  expect(seenMeanwhile).toBeGreaterThanOrEqual(39)
})

describe('streams that are closed', () => {
  test('standard error, which has the log: it goes on', async () => {
    const { server, client } = await serve(['--log'])
    await client.list()
    await server.printed(() => server.stderr.includes(' 200 '))
    server.child.stderr!.destroy()
    for (let i = 0; i < 20; i++) expect(await client.list()).toEqual([])
    expect(await server.end()).toEqual({ code: 0, signal: null })
  })

  test('standard output: it ends at once, without a word, and leaves no lock', async () => {
    const save = path('closed.journal')
    const server = start(['--port', '0', '--save', save])
    server.child.stdout!.destroy()
    expect(await server.exited).toEqual({ code: 0, signal: null })
    expect([server.stderr, existsSync(`${save}.lock`)]).toEqual(['', false])
  })
})

test('a parameter that the server ignores is reported once', async () => {
  const { server, client } = await serve([write([row('a')])])
  for (let i = 0; i < 3; i++) expect(await client.list('&devise=mobile')).toEqual(['a'])
  expect((await client.get('/api/conversations/?devise=a&langauge=b')).status).toBe(200)
  await server.printed(() => server.stderr.includes('langauge'))
  const lines = server.stderr.split('\n').filter((line) => line.startsWith('ignored: '))
  expect(lines).toEqual([
    'ignored: GET /api/conversations/: there is no parameter "devise". Did you mean "device"?',
    'ignored: GET /api/conversations/: there is no parameter "langauge". Did you mean "language"?',
  ])
})

test('ignored parameters are reported once each, with the nearest known one', async () => {
  const lines: string[] = []
  const handler = Object.assign(
    (request: Request) => {
      const names = [...new URL(request.url).searchParams.keys()].map(encodeURIComponent)
      return new Response('', { headers: names.length === 0 ? {} : { 'x-ignored-parameters': names.join(', ') } })
    },
    { allowsOrigin: (origin: string) => origin === 'https://a.example' },
  )
  const reporting = reportingIgnored(
    handler,
    (line) => lines.push(line),
    (name) => withoutKeys(name, [KEY]),
  )
  expect(reporting.allowsOrigin?.('https://a.example')).toBe(true)
  const ask = (query: string) => reporting(new Request(`http://localhost/api/conversations/?${query}`))
  await ask('')
  await ask('devise=x&a%2Cb=1&zzzzzzzzz=2')
  await ask('devise=y')
  await ask(`${KEY}=1&device=1`)
  const place = 'ignored: GET /api/conversations/: there is no parameter'
  expect(lines).toEqual([
    `${place} "devise". Did you mean "device"?`,
    `${place} "a,b".`,
    `${place} "zzzzzzzzz".`,
    `${place} "***".`,
    `${place} "device".`,
  ])
  for (const [verb, path] of [
    ['GET', 'feedbacks/?sentimnt=1'],
    ['HEAD', 'conversations/lookup/?converstion_id=1'],
    ['GET', 'me/?languag=1'],
    ['POST', 'conversations/?orderin=1'],
  ])
    await reporting(new Request(`http://localhost/api/${path}`, { method: verb! }))
  expect(lines.splice(5)).toEqual([
    'ignored: GET /api/feedbacks/: there is no parameter "sentimnt". Did you mean "sentiment"?',
    'ignored: HEAD /api/conversations/lookup/: there is no parameter "converstion_id". Did you mean "conversation_id"?',
    'ignored: GET /api/me/: there is no parameter "languag".',
    'ignored: POST /api/conversations/: there is no parameter "orderin".',
  ])
  for (let i = 0; i < 1_000; i++) await ask(`unheard-of-${i}=1`)
  expect(lines.length).toBe(96)
})

describe('--save', () => {
  async function record(client: Client, id: string): Promise<void> {
    const { body } = await client.post('/api/conversations/', { ...NEW, conversation_id: id })
    const message = { ...NEW, conversation: body.id, conversation_id: id, sender: 'end_user', content: `hello ${id}` }
    expect(await client.post('/api/track/', message)).toMatchObject({ status: expect.toSatisfy((it) => it < 300) })
  }

  test('what clients record survives, files too; FILEs are read only when it is new', async () => {
    const save = path('recorded.journal')
    const first = await serve([write([row('from-file')]), '--save', save])
    await record(first.client, 'recorded')
    const data = Buffer.from('bytes\u0000and bytes').toString('base64')
    const attachments = [{ filename: 'a.png', mime_type: 'image/png', data }]
    const upload = {
      ...NEW,
      conversation_id: 'recorded',
      mode: 'base64',
      sender: 'end_user',
      metadata: {},
      attachments,
    }
    expect((await first.client.post('/api/attachments/', upload)).status).toBeLessThan(300)
    const ids = await first.client.list()
    const { body: before } = await first.client.get('/api/conversations/?conversation_id=recorded')
    expect(await first.server.end()).toEqual({ code: 0, signal: null })

    const second = await serve([write([row('never-read')]), '--save', save])
    expect(second.server.stderr).toContain('no FILE was read')
    expect(await second.client.list()).toEqual(ids)
    expect(ids).toEqual(['from-file', 'recorded'])
    const { body: after } = await second.client.get('/api/conversations/?conversation_id=recorded')
    const local = (text: unknown) => JSON.stringify(text).replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    expect(local(after)).toBe(local(before))
    const [{ file_url: file }] = after.results[0].messages.flatMap((it: { attachments: object[] }) => it.attachments)
    expect(await (await fetch(file)).text()).toBe('bytes\u0000and bytes')
    await record(second.client, 'later')
    expect(await second.server.end('SIGINT')).toEqual({ code: 0, signal: null })
    expect(readdirSync(folder).filter((name) => name.includes('recorded.journal'))).toHaveLength(1)
  })

  test('a second server refuses to start', async () => {
    const save = path('locked.journal')
    const { server } = await serve(['--save', save])
    expect(await refused(['--save', save])).toMatch(/locked\.journal: it is in use by process \d+/)
    await server.end('SIGKILL')
    expect(await (await serve(['--save', save])).client.list()).toEqual([])
  })

  test('a FILE that is bad is told with its line, and nothing of it is kept', async () => {
    const save = path('fresh.journal')
    const bad = write([row('a'), { conversation_id: 'b' }])
    expect(await refused(['--save', save, bad])).toMatch(/rows\.ndjson: Line 2: .*started_at/)
    expect(existsSync(save)).toBe(false)
  })

  test('a torn last line is cut and told; a damaged middle is refused with its line, unless repaired', async () => {
    const save = path('damaged.journal')
    const first = await serve(['--save', save])
    for (const id of ['a', 'b', 'c']) await record(first.client, id)
    await first.server.end()

    appendFileSync(save, '0123abcd 99 {"type":"conv')
    const torn = await serve(['--save', save])
    expect(torn.server.stderr).toMatch(/line \d+.* was cut off/)
    expect(await torn.client.list()).toEqual(['a', 'b', 'c'])
    await torn.server.end()

    const lines = readFileSync(save, 'utf8').split('\n')
    const at = lines.findIndex((line) => line.includes('hello b'))
    lines[at] = lines[at]!.replace('hello b', 'hellO b')
    writeFileSync(save, lines.join('\n'))
    expect(await refused(['--save', save])).toContain(`line ${at + 1} `)

    const repaired = await serve(['--save', save, '--repair'])
    expect(await repaired.client.list()).toEqual(['a', 'b', 'c'])
    expect(await repaired.client.list('&message_contains=hello')).toEqual(['a', 'c'])
    const [, copy] = /The damaged file is (.*)\.\n/.exec(repaired.server.stderr)!
    expect(readFileSync(copy!, 'utf8')).toBe(lines.join('\n'))
  })

  test('a signal while the file is read leaves the file as it is', async () => {
    const save = path('aborted.journal')
    const { server, client } = await serve(['--save', save])
    for (const id of ['a', 'b']) await record(client, id)
    await server.end()
    const before = readFileSync(save)
    const settings = readSettings([], { port: 0, host: '127.0.0.1', save, repair: true }, {})
    const streams = { stdin: process.stdin, stdout: new PassThrough(), stderr: new PassThrough() } as unknown as Streams
    const state = new AgentState(new ConversationStore())
    await expect(openBacking(settings, state, streams, AbortSignal.abort('stop'))).rejects.toBe('stop')
    expect(readFileSync(save)).toEqual(before)
    expect(existsSync(`${save}.lock`)).toBe(false)
  })

  const takenAway: { readonly [how: string]: (save: string) => void } = {
    'was deleted': (save) => rmSync(save),
    'was replaced by another file': (save) => {
      writeFileSync(`${save}.new`, 'another')
      renameSync(`${save}.new`, save)
    },
  }

  test.each(Object.entries(takenAway))(
    'a file that %s: a write gets 503, and the server ends with 1',
    async (text, take) => {
      const save = path(`${text}.journal`)
      const { server, client } = await serve(['--save', save])
      await record(client, 'a')
      take(save)
      expect((await client.post('/api/conversations/', { ...NEW, conversation_id: 'b' })).status).toBe(503)
      expect(await server.exited).toEqual({ code: 1, signal: null })
      const said = `error: ${save}: it ${text} while it was open. It takes no more. The server has stopped.\n`
      expect(server.stderr.endsWith(said)).toBe(true)
      expect(server.stderr).not.toMatch(/^ {4}at /m)
      expect(existsSync(`${save}.lock`)).toBe(false)
    },
  )

  test('a file that was deleted when nothing more is written: told at the end', async () => {
    const save = path('gone.journal')
    const { server, client } = await serve(['--save', save])
    await record(client, 'a')
    rmSync(save)
    expect(await server.end()).toEqual({ code: 1, signal: null })
    expect(server.stderr).toContain('gone.journal: it was deleted while it was open.')
  })

  test('a disk that takes no more: 503 for what waits, an exit that is no success, and nothing acknowledged is lost', async () => {
    const save = path('full.journal')
    // A limit of the system on the size of files: beyond it a write fails as on a full disk.
    const { server, client } = await serve(['--save', save], { before: "trap '' XFSZ; ulimit -f 16" })
    const acknowledged: string[] = []
    const statuses = new Set<number>()
    const work = async (worker: number) => {
      for (let i = 0; ; i++) {
        const id = `${worker}-${i}`
        const status = await client
          .post('/api/conversations/', { ...NEW, conversation_id: id, name: 'x'.repeat(200) })
          .then((it) => it.status)
          .catch(() => 0)
        statuses.add(status)
        if (status >= 400 || status === 0) return
        acknowledged.push(id)
      }
    }
    await Promise.all([work(0), work(1), work(2)])
    expect(await server.exited).toEqual({ code: 1, signal: null })
    expect(server.stderr).toMatch(/^error: .*full\.journal: it cannot be written: .*\n$/m)
    expect(statuses).toContain(503)
    expect(acknowledged.length).toBeGreaterThan(10)
    const again = await serve(['--save', save])
    const found = new Set<string>()
    for (const id of acknowledged) {
      const { body } = await again.client.get(`/api/conversations/?conversation_id=${id}`)
      if (body.count === 1) found.add(id)
    }
    expect([...found]).toEqual(acknowledged)
  })
})

describe('how it ends', () => {
  /** A request whose body is only half sent. */
  async function half(url: string): Promise<{ finish: () => void; answer: Promise<string> }> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const body = JSON.stringify({ ...NEW, conversation_id: 'late' })
    socket.write(
      `POST /api/conversations/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
    )
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
    const answer = once(socket, 'close').then(() => text)
    await sleep(50)
    return { finish: () => socket.write(body.slice(9)), answer }
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: what is under way is finished and kept, idle connections are ended',
    async (signal) => {
      const save = path('ended.journal')
      const { server, url, client } = await serve(['--save', save])
      await client.list()
      const idle = connect(Number(new URL(url).port), '127.0.0.1')
      await once(idle, 'connect')
      const ended = once(idle.resume(), 'close')
      const { finish, answer } = await half(url)
      const exited = server.end(signal)
      await ended
      await expect(fetch(url)).rejects.toThrow()
      finish()
      expect(await answer).toMatch(/^HTTP\/1\.1 201 Created\r\nConnection: close/i)
      expect(await exited).toEqual({ code: 0, signal: null })
      expect(await (await serve(['--save', save])).client.list()).toEqual(['late'])
    },
  )

  test('a second signal ends it at once, and leaves no lock', async () => {
    const save = path('second.journal')
    const { server, url } = await serve(['--save', save])
    const { answer } = await half(url)
    server.child.kill('SIGTERM')
    await expect
      .poll(() =>
        fetch(url).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed')
    const startedAt = performance.now()
    expect(await server.end('SIGINT')).toEqual({ code: 130, signal: null })
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(await answer).toBe('')
    expect(existsSync(`${save}.lock`)).toBe(false)
  })

  test('a signal before it listens ends it as well', async () => {
    const file = write(Array.from({ length: 20_000 }, (_, i) => row(`row-${i}`)))
    const server = start(['--port', '0', file])
    await server.printed(() => server.stderr.includes('Reading'))
    expect(await server.end()).toEqual({ code: 0, signal: null })
    expect(server.stdout).toBe('')
  })
})
