/**
 * W11, a process from its start to the first answer of W2. The rows are NDJSON in memory, as a download leaves them: the
 * reading of the file that stands for it is taken off. Called with `JSON.parse` alone it shows what cannot be saved.
 */
import type { Answer, Row } from './ask.ts'
import { faultOf, keep } from './measure.ts'
import { job, tell } from './parent.ts'
import { PEERS } from './peers/index.ts'
import type { Plan } from './plan.ts'
import { eachLine, readChunks } from './rows-file.ts'

/** What is started. */
export interface ColdJob {
  readonly peer: string
  readonly rowsPath: string
  /** The plan with W2 alone. */
  readonly plan: Plan
}

/** What it took, in milliseconds. */
export interface Cold {
  readonly total: number
  /** Of it: starting the process and its modules; making objects of the lines; taking them in; the answer. */
  readonly parts: Readonly<Record<string, number>>
  readonly failure?: string
}

async function start({ peer: name, rowsPath, plan }: ColdJob): Promise<Cold> {
  // Of the library nothing is warmed: it builds what the answer needs.
  const module = name === 'JSON.parse' ? undefined : await PEERS[name === 'ours' ? 'ours-cold' : name]!.load()
  const started = performance.now()
  const chunks = readChunks(rowsPath)
  const inMemory = performance.now()
  const rows: Row[] = []
  eachLine(chunks, (line) => rows.push(JSON.parse(line) as Row))
  const parsed = performance.now()
  const parts: Record<string, number> = { starting: started, parsing: parsed - inMemory }
  if (module === undefined) {
    keep(rows)
    return { total: started + (parsed - inMemory), parts }
  }
  const variant = plan.questions[0]!.variants[0]!
  const peer = await module(plan)
  await peer.build(rows)
  const built = performance.now()
  const answer: Answer = await peer.ask(variant.ask)
  const end = performance.now()
  parts.building = built - parsed
  parts.answering = end - built
  const failure = faultOf(answer, variant)
  return { total: started + (end - inMemory), parts, ...(failure !== undefined && { failure }) }
}

await tell(await start(job<ColdJob>()))
process.disconnect()
