/** What a thing that is measured must be able to do. One adapter a peer, in `peers/`. */
import type { Answer, Ask, CountedField, Counts, Group, Row, Sums } from './ask.ts'
import type { Plan } from './plan.ts'

/** A peer that was made ready: nothing is in it yet. */
export interface Peer {
  /** The version of the package, where it is one. */
  readonly version?: string
  /** It gives counts and no rows: a limit, not a peer. */
  readonly countsOnly?: true
  /** Why it cannot answer an ask exactly, if it cannot. */
  cannot?(ask: Ask): string | undefined
  /** Takes the rows in and builds all that questions need but for texts. */
  build(rows: readonly Row[]): unknown
  /** Builds what questions for texts need, where that is a thing of its own. */
  buildText?(): unknown
  /** Builds what W14 to W17 need. Writes need not keep it in step: those questions are asked before. */
  buildAgents?(): unknown
  ask(ask: Ask): Answer | Promise<Answer>
  /** Counts rows by the fields of an ask. A day is the milliseconds of its midnight. */
  countBy?(where: Ask['where'], fields: readonly CountedField[]): Counts | Promise<Counts>
  /** Groups of rows with a number, as the ask has them. */
  sumBy?(where: Ask['where'], sums: Sums): readonly Group[] | Promise<readonly Group[]>
  /** The nearest thing to an ask that it cannot answer exactly. Its time is shown in brackets and compared with nothing. */
  nearest?(ask: Ask): Answer | Promise<Answer> | undefined
  readonly writes?: Writes
  /** Bytes held outside of the JavaScript heap and its buffers. */
  bytesOutside?(): number | Promise<number>
  /** Parts of the building in milliseconds, and parts of the memory in bytes, that are worth a line of their own. */
  readonly notes?: () => Record<string, string>
  close?(): unknown
}

/** Changes of rows, named by id. What they give back is awaited. */
export interface Writes {
  mark(id: number): unknown
  delete(id: number, at: string): unknown
  append(id: number, content: string): unknown
}

/** How a peer comes into being. */
export type MakePeer = (plan: Plan) => Peer | Promise<Peer>

/** Loads a package that need not be installed. It is typed by who asks for it: the root of the project knows none of them. */
export async function load<T>(name: string): Promise<T> {
  const module = (await import(name)) as T & { default?: T }
  return module
}

/** The version of an installed package. */
export async function versionOf(name: string): Promise<string> {
  const { readFileSync } = await import('node:fs')
  const { createRequire } = await import('node:module')
  const { dirname, join } = await import('node:path')
  const require = createRequire(import.meta.url)
  for (let folder = dirname(require.resolve(name)); ; folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string
        version: string
      }
      if (manifest.name === name) return manifest.version
    } catch {
      // Not here: look one folder up.
    }
    if (folder === dirname(folder)) return 'unknown'
  }
}
