/** What must be there before anything is measured: the packages, the pages, the rows as files. */
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { type GeneratedConversation, generate } from '../../src/features/generate/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { installIn, ROOT, run } from '../../test/package/packed.ts'
import { makeRunFolder } from '../run-folder.ts'

const HERE = join(ROOT, 'bench/explorer')
export const RESULTS = join(ROOT, 'bench/results')
export const PEERS: Readonly<Record<string, string>> = {
  arrays: 'Array.filter in a worker',
  crossfilter: 'crossfilter2 in a worker',
}

/** A folder of this run; see `makeRunFolder`. */
export const makeFolder = () => makeRunFolder(HERE)

/** Builds the explorer into `dist/explorer`, and installs what the peers need. */
export function prepare(): void {
  installIn(HERE)
  run('npx', ['vite', 'build', 'src/explorer', '--logLevel', 'error'], ROOT)
}

/** Builds a plain page for each peer into folders of their names. */
export async function buildPeers(folder: string, peers: readonly string[]): Promise<void> {
  for (const peer of peers) {
    cpSync(join(HERE, 'peers/index.html'), join(folder, peer, 'index.html'))
    cpSync(join(HERE, 'peers/page.css'), join(folder, peer, 'page.css'))
    await bundle({ page: join(HERE, 'peers/page.ts'), worker: join(HERE, `peers/${peer}.ts`) }, join(folder, peer))
  }
}

/** The script that is put into each page. */
export async function probeScript(folder: string): Promise<string> {
  await bundle({ probe: join(HERE, 'inject.ts') }, folder, 'iife')
  return readFileSync(join(folder, 'probe.js'), 'utf8')
}

async function bundle(entryPoints: Record<string, string>, outdir: string, format: 'esm' | 'iife' = 'esm') {
  await build({
    entryPoints,
    outdir,
    bundle: true,
    minify: true,
    format,
    platform: 'browser',
    target: 'es2022',
    tsconfig: join(ROOT, 'tsconfig.node.json'),
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  })
}

/** The rows that the explorer begins with, oldest first. */
export function makeRows(count: number): GeneratedConversation[] {
  return [...generate({ count })]
}

/** One row a line, in one piece: a string would be too long. */
export function linesOf(rows: readonly object[]): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < rows.length; at += 10_000) {
    pieces.push(
      Buffer.from(
        `${rows
          .slice(at, at + 10_000)
          .map((row) => JSON.stringify(row))
          .join('\n')}\n`,
      ),
    )
  }
  return Buffer.concat(pieces)
}

/** A snapshot of the rows. */
export function snapshotOf(rows: readonly GeneratedConversation[]): Promise<Uint8Array> {
  return ConversationStore.from(rows).toSnapshot({ text: true })
}
