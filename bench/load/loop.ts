/** The watch over the event loop of a server with many rows. */
import { join } from 'node:path'
import { generate } from '../../src/features/generate/index.ts'
import { type Asked, drive } from './client.ts'
import { kinds } from './questions.ts'
import type { Loop } from './report.ts'
import { serve } from './servers.ts'
import { writeLines } from './workshop.ts'

/** How many rows there are, deleted ones left out. */
export const ROWS_OF_LOOP = 100_000

/** One connection, so that what holds the loop is one request and not several that came together. */
const ALONE = { connections: 1 }

/** For how long each kind of request holds the loop, once warm: each kind alone, then all in turn. */
export async function watchLoop(folder: string, seconds: number): Promise<Loop[]> {
  const many = [...generate({ count: ROWS_OF_LOOP, seed: 6 })].filter((row) => row.is_deleted !== true)
  const server = await serve(folder, [writeLines(join(folder, 'many.ndjson'), many)], true)
  const alone = kinds(many)
  const mixed = { name: 'all of these in turn', asked: alone.flatMap(({ asked }) => asked.slice(0, 8)) }
  const found: Loop[] = []
  try {
    for (const { name, asked } of [...alone, mixed]) {
      await warmUp(server.url, asked)
      await drive(server.url, asked, { ...ALONE, seconds: 1 })
      await server.hold()
      const { answers } = await drive(server.url, asked, { ...ALONE, seconds })
      const hold = await server.hold()
      found.push({ question: name, answers, ...hold })
      console.error(`${name}: the loop was held for ${hold.longest.toFixed(1)} ms at most`)
    }
  } finally {
    await server.stop()
  }
  return found
}

/** Each request once: the first of its sort builds what later ones use. */
async function warmUp(url: string, asked: readonly Asked[]): Promise<void> {
  for (const each of asked) {
    const { method = 'GET', path, headers, body } = each.setupRequest?.(each) ?? each
    const answer = await fetch(`${url}${path}`, { method, headers: { ...headers }, body: body ?? null })
    await answer.arrayBuffer()
  }
}
