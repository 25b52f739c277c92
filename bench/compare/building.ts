/**
 * W9 for the library: rows a second, of plain objects that are checked and copied, of rows that are given away, of NDJSON
 * that it parses itself, and the text index; beside `JSON.parse` of the same lines with the results kept.
 */
import { ConversationStore } from '../../src/index.ts'
import type { Row } from './ask.ts'
import { job, tell } from './parent.ts'
import { eachLine, readChunks } from './rows-file.ts'

/** What is built, and how often. */
export interface BuildingJob {
  readonly rowsPath: string
  readonly rounds: number
}

/** Milliseconds of each way, one a round. */
export interface Building {
  readonly rows: number
  /** `JSON.parse` of each line, the results kept. */
  readonly parse: number[]
  /** `addMany` of plain objects, and all indexes but that of texts and metadata. */
  readonly plain: number[]
  /** The same of rows that are given away. */
  readonly own: number[]
  /** `addMany` alone, of both. */
  readonly plainAdd: number[]
  readonly ownAdd: number[]
  /** `load` of the NDJSON, parsing included, and the same indexes. */
  readonly load: number[]
  /** The text index. */
  readonly text: number[]
}

const gc = (globalThis as { gc?: () => void }).gc

async function measureBuilding({ rowsPath, rounds }: BuildingJob): Promise<Building> {
  const chunks = readChunks(rowsPath)
  const times: Building = { rows: 0, parse: [], plain: [], own: [], plainAdd: [], ownAdd: [], load: [], text: [] }
  let count = 0
  for (let round = 0; round < rounds; round++) {
    let rows: Row[] = []
    gc?.()
    times.parse.push(time(() => eachLine(chunks, (line) => rows.push(JSON.parse(line) as Row))))
    count = rows.length
    {
      const store = new ConversationStore()
      gc?.()
      const add = time(() => store.addMany(rows))
      times.plainAdd.push(add)
      times.plain.push(add + time(() => store.warm({ text: false })))
    }
    {
      const store = new ConversationStore()
      gc?.()
      const add = time(() => store.addMany(rows, { own: true }))
      times.ownAdd.push(add)
      times.own.push(add + time(() => store.warm({ text: false })))
      gc?.()
      times.text.push(time(() => store.warm()))
    }
    rows = []
    {
      const store = new ConversationStore()
      gc?.()
      const start = performance.now()
      await store.load(each(chunks))
      store.warm({ text: false })
      times.load.push(performance.now() - start)
    }
  }
  return { ...times, rows: count }
}

async function* each(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk
}

function time(task: () => unknown): number {
  const start = performance.now()
  task()
  return performance.now() - start
}

await tell(await measureBuilding(job<BuildingJob>()))
process.disconnect()
