/**
 * One pass over the folded texts of all visible rows for each pattern: what is left to those without an index. In C where
 * a compiler is at hand (its time is taken there), else by Node's own search over the same bytes.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, type Row, textOf } from '../ask.ts'
import { foldedText } from '../entry.ts'
import type { MakePeer } from '../peer.ts'
import source from './memmem.c'

export const make: MakePeer = () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-memmem-'))
  let texts = Buffer.alloc(0)
  let ends = new Uint32Array(0)
  let program: ChildProcess | undefined
  let answers: AsyncIterator<string> | undefined
  let lines: Interface | undefined

  function compile(): string | undefined {
    const [code, binary] = [join(folder, 'memmem.c'), join(folder, 'memmem')]
    writeFileSync(code, source)
    for (const compiler of ['cc', 'gcc', 'clang']) {
      const { status } = spawnSync(compiler, ['-O3', '-march=native', '-o', binary, code])
      if (status === 0) return binary
    }
    return undefined
  }

  return {
    countsOnly: true,
    cannot: (ask) => (ask.where.length === 1 && textOf(ask) !== undefined ? undefined : 'no text alone'),
    build(rows: readonly Row[]) {
      const visible = rows.filter((row) => !row.is_deleted)
      const pieces = visible.map((row) => Buffer.from(`${foldedText(row)}\n`))
      texts = Buffer.concat(pieces)
      ends = new Uint32Array(pieces.length)
      pieces.reduce((end, piece, i) => {
        ends[i] = end + piece.length
        return ends[i]!
      }, 0)
      const binary = compile()
      if (binary === undefined) return
      writeFileSync(join(folder, 'texts'), texts)
      writeFileSync(join(folder, 'ends'), ends)
      program = spawn(binary, [join(folder, 'texts'), join(folder, 'ends')], { stdio: ['pipe', 'pipe', 'ignore'] })
      lines = createInterface({ input: program.stdout! })
      answers = lines[Symbol.asyncIterator]()
    },
    async ask(ask): Promise<Answer> {
      const pattern = fold(textOf(ask)!)
      if (program === undefined) return { count: countBySearch(texts, ends, Buffer.from(pattern)), rows: [] }
      program.stdin!.write(`${pattern}\n`)
      const { value } = await answers!.next()
      const [count, nanoseconds] = String(value).split(' ')
      return { count: Number(count), rows: [], milliseconds: Number(nanoseconds) / 1e6 }
    },
    notes: () => ({
      bytes: String(texts.length),
      by: program === undefined ? 'no C compiler was found: Buffer.indexOf' : 'C, with AVX2 where the processor has it',
    }),
    close() {
      lines?.close()
      program?.stdin?.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function countBySearch(texts: Buffer, ends: Uint32Array, pattern: Buffer): number {
  let [found, row] = [0, 0]
  for (let at = texts.indexOf(pattern); at !== -1; at = texts.indexOf(pattern, ends[row]!)) {
    while (ends[row]! <= at) row++
    found++
  }
  return found
}
