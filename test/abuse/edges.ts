/** Attacks on keys, logs and the journal's file. Each starts servers of its own. */
import { once } from 'node:events'
import { createWriteStream, existsSync, linkSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Attack, Found } from './attack.ts'
import { Server, wait } from './server.ts'
import { send, Wire } from './wire.ts'

const KEY = 'ags_fedcba9876543210fedcba9876543210_543210'

/** A write of one conversation, whose status tells whether it was taken. */
async function write(server: Server, id: string): Promise<number> {
  const body = JSON.stringify({ conversation_id: id, started_at: '2026-01-05T00:00:00Z' })
  return (await send(server.url, 'POST', '/api/conversations/', body)).status
}

/** All ways to write a key that stand for it once read: as it is, and encoded once, twice and three times. */
function spellings(key: string): string[] {
  const encode = (text: string) => Array.from(text, (char) => `%${char.charCodeAt(0).toString(16)}`).join('')
  const once = encode(key)
  const twice = once.replaceAll('%', '%25')
  return [key, once, twice, twice.replaceAll('%25', '%2525'), key.slice(0, 24), encode(key.slice(0, 24))]
}

/** What a text says once all its encodings are undone. */
function decoded(text: string): string {
  let before = ''
  for (let now = text; now !== before; ) {
    before = now
    now = now.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    text = now
  }
  return text
}

const keysInLogs: Attack = {
  name: 'a key in paths, parameters and headers, with --log',
  isApart: true,
  async run() {
    const server = await Server.start(['--key', KEY, '--log'])
    for (const key of spellings(KEY)) {
      for (const path of [
        `/api/conversations/?search=${key}`,
        `/api/${key}/`,
        `/api/conversations/?${key}=1`,
        `/${key}?a=${key}`,
      ]) {
        await send(server.url, 'GET', path)
        await send(server.url, 'GET', path, undefined, { Authorization: `Api-Key ${KEY}` })
      }
    }
    const wire = new Wire(server.port)
    wire.write(`${KEY} / HTTP/1.1\r\nAuthorization: Api-Key ${KEY}\r\n bad\r\n\r\n`)
    await wait(200)
    wire.end()
    await server.stop()
    const log = server.stdout + server.stderr
    const lines = log.split('\n').filter((line) => decoded(line).includes(KEY.slice(0, 16)))
    const requests = log.match(/GET/g)?.length ?? 0
    const answered = `${requests} requests logged, the key in ${lines.length} lines`
    return {
      answered,
      wrong: requests > 40 && lines.length === 0 ? undefined : 'the key, or much of it, is in the log',
    }
  },
}

/** A journal with some conversations, of a server that has ended. */
async function journalOf(path: string): Promise<void> {
  const server = await Server.start(['--save', path])
  for (const id of ['a', 'b', 'c']) await write(server, id)
  await server.stop()
}

const damagedLine: Attack = {
  name: 'a journal whose last line is damaged',
  isApart: true,
  async run({ folder }) {
    const path = join(folder, 'damaged.journal')
    await journalOf(path)
    const bytes = readFileSync(path)
    bytes[bytes.length - 4]! ^= 1
    writeFileSync(path, bytes)
    const refused = await Server.start(['--save', path])
    const isRefused = refused.ended && refused.exit === 2
    if (!refused.ended) await refused.stop()
    if (!isRefused)
      return { answered: `started, then ${refused.exit}`, wrong: 'a damaged line was taken for a torn one' }
    const repaired = await Server.start(['--save', path, '--repair'])
    const isRepaired = !repaired.ended && (await write(repaired, 'd')) === 201
    await repaired.stop()
    return { answered: 'refused; repaired with --repair', wrong: isRepaired ? undefined : 'it was not repaired' }
  },
}

const removed: Attack = {
  name: 'the journal removed, then replaced, while its server runs',
  isApart: true,
  async run({ folder }) {
    const told: string[] = []
    let isRight = true
    for (const how of ['removed', 'replaced']) {
      const path = join(folder, `${how}.journal`)
      const server = await Server.start(['--save', path])
      const before = await write(server, 'a')
      rmSync(path)
      if (how === 'replaced') writeFileSync(path, '')
      const after = await write(server, 'b')
      const hasEnded = await server.untilEnd(3_000)
      told.push(`${how}: ${before}, then ${after}, exit ${hasEnded ? server.exit : 'none'}`)
      isRight &&= before === 201 && (after === 503 || after === 0) && hasEnded && server.exit === 1
      if (!hasEnded) await server.kill()
    }
    return { answered: told.join('; '), wrong: isRight ? undefined : 'expected 503 and exit 1' }
  },
}

const twoServers: Attack = {
  name: 'a second server: lock removed, hard link, symlink',
  isApart: true,
  async run({ folder }) {
    const path = join(folder, 'shared.journal')
    await journalOf(path)
    const first = await Server.start(['--save', path])
    const ways: { readonly [name: string]: () => string } = {
      'by a symlink': () => {
        symlinkSync(path, `${path}.soft`)
        return `${path}.soft`
      },
      'by a hard link': () => {
        linkSync(path, `${path}.hard`)
        return `${path}.hard`
      },
      'without the lock file': () => {
        rmSync(`${path}.lock`)
        return path
      },
    }
    const started: string[] = []
    for (const [name, way] of Object.entries(ways)) {
      const second = await Server.start(['--save', way()])
      if (second.ended) continue
      started.push(name)
      await second.kill()
    }
    await first.stop()
    return started.length === 0
      ? { answered: 'none started' }
      : { answered: `started ${started.join(', ')}`, wrong: 'two servers on one file' }
  },
}

const lockIsLink: Attack = {
  name: 'a lock file that is a symlink to something else',
  isApart: true,
  async run({ folder }) {
    const path = join(folder, 'linked.journal')
    const other = join(folder, 'precious')
    await journalOf(path)
    writeFileSync(other, 'precious')
    symlinkSync(other, `${path}.lock`)
    const server = await Server.start(['--save', path])
    const exit = server.ended ? server.exit : 'started'
    if (!server.ended) await server.stop()
    const isWhole = existsSync(other) && readFileSync(other, 'utf8') === 'precious'
    const answered = `exit ${exit}, the other file is ${isWhole ? 'whole' : 'gone'}`
    return { answered, wrong: isWhole && exit === 2 ? undefined : 'expected exit 2 and the file as it was' }
  },
}

const badLines: Attack = {
  name: 'a file of bad lines, with --skip-invalid',
  isApart: true,
  async run({ folder, isShort }): Promise<Found> {
    const path = join(folder, 'bad.ndjson')
    const lines = isShort ? 100_000 : 3_000_000
    const file = createWriteStream(path)
    const piece = '{"conversation_id":""}\n'.repeat(10_000)
    for (let i = 0; i < lines; i += 10_000) if (!file.write(piece)) await once(file, 'drain')
    file.end('{"conversation_id":"good","started_at":"2026-01-05"}\n')
    await finished(file)
    const server = await Server.start([path, '--skip-invalid'], 180_000)
    const { peak, ended } = server
    const answered = ended ? `exit ${server.exit}` : `${lines} skipped, ${Math.round(peak / 1e6)} MB`
    const { text } = ended ? { text: '' } : await send(server.url, 'GET', '/api/conversations/?search=good')
    await server.kill()
    return { answered, wrong: !ended && text.includes('"count":') ? undefined : 'it did not start' }
  },
}

export const EDGES: readonly Attack[] = [keysInLogs, damagedLine, removed, twoServers, lockIsLink, badLines]
