/**
 * Checks the packed package: publint, Are The Types Wrong, both module systems, the command, and that the core runs in a
 * realm that has the language and nothing else. `npm run build` must have run.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { type Installed, ROOT, withInstalled } from './packed.ts'

/** What a user has who imports the entry points of them. */
const PEERS = ['fast-check', 'react', 'vitest', '@jest/globals']

await withInstalled(async (installed) => {
  await check('publint', () => checkWithPublint(installed))
  await check('are the types wrong', () => checkWithAttw(installed))
  await check('files', () => checkFiles(installed))
  await check('one package under 5 MB, whose declarations import nothing else', () => checkInstall(installed))
  await check('error classes are shared by entry points, in ESM and CommonJS', () => checkSharedClasses(installed))
  await check('an export in ESM writes what a store in CommonJS has', () => checkBothBuilds(installed))
  await check("'use client' stands first in what React components import", () => checkUseClient(installed))
  await check('the command runs', () => checkCommand(installed))
  await check('the explorer has under 400 kB of scripts, 190 kB at first paint', () => checkExplorerSize(installed))
  await check('the explorer is served whole, and its page obeys its policy', () => checkExplorer(installed))
  await check('the core runs in a bare realm', () => checkBareRealm(installed))
  await check('the lockfiles name no registry', checkLockfile)
})

async function check(name: string, run: () => Promise<void> | void): Promise<void> {
  try {
    await run()
    console.log(`ok    ${name}`)
  } catch (error) {
    process.exitCode = 1
    console.log(`FAIL  ${name}\n${error instanceof Error ? error.message : error}`)
  }
}

async function checkWithPublint({ tarball, project }: Installed): Promise<void> {
  const pkgDir = join(project, 'node_modules/conversation-store')
  const file = readFileSync(tarball)
  const pack = { tarball: file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer }
  const { messages } = await publint({ pack, strict: true })
  const manifest = JSON.parse(readFileSync(join(pkgDir, 'package.json'), 'utf8')) as Record<string, unknown>
  if (messages.length > 0) throw new Error(messages.map((message) => formatMessage(message, manifest)).join('\n'))
}

function checkWithAttw({ tarball }: Installed): void {
  const attw = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js')
  run(process.execPath, [attw, tarball, '--no-emoji', '--no-color'])
}

function checkFiles({ files, project }: Installed): void {
  const dist = files.filter((file) => /^dist\/.*\.c?js$/.test(file))
  const bundles = dist.some((file) =>
    readFileSync(join(project, 'node_modules/conversation-store', file), 'utf8').includes('// node_modules/'),
  )
  const page = ['dist/explorer/index.html', 'dist/explorer/THIRD-PARTY-LICENSES.txt']
  const expected = [
    'LICENSE',
    'README.md',
    'package.json',
    ...(bundles ? ['dist/THIRD-PARTY-LICENSES.txt'] : []),
    ...page,
  ]
  const missing = expected.filter((file) => !files.includes(file))
  if (missing.length > 0) throw new Error(`Missing: ${missing.join(', ')}`)
  const { dependencies } = JSON.parse(
    readFileSync(join(project, 'node_modules/conversation-store/package.json'), 'utf8'),
  ) as { dependencies?: object }
  if (dependencies !== undefined) throw new Error(`Not bundled: ${Object.keys(dependencies).join(', ')}`)
  const strange = files.filter((file) => !expected.includes(file) && !file.startsWith('dist/'))
  if (strange.length > 0) throw new Error(`Not expected: ${strange.join(', ')}`)
}

/** What `npm install` brings is the package alone: it is small, and its types need none but those of its optional peers. */
function checkInstall({ files, project }: Installed): void {
  const folder = join(project, 'node_modules/conversation-store')
  const texts = files.map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const)
  const bytes = texts.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0)
  console.log(`      ${(bytes / 1e6).toFixed(2)} MB in ${files.length} files`)
  if (bytes >= 5e6) throw new Error(`The package has ${bytes} bytes unpacked, 5,000,000 or more.`)
  for (const [file, text] of texts) {
    if (!/\.d\.c?ts$/.test(file)) continue
    for (const [, name] of text.matchAll(/(?:^(?:import|export)\b[^'"]*from|import\()\s*['"]([^'"]+)['"]/gm)) {
      const isOwn = name!.startsWith('.') || PEERS.includes(name!) || name!.startsWith('conversation-store')
      if (!isOwn) throw new Error(`${file} imports types from ${name}, which no user has.`)
    }
  }
}

function checkSharedClasses({ project }: Installed): void {
  const same = `
    if (core.InvalidSourceError === undefined) throw new Error('The core has no InvalidSourceError.')
    const thrown = await load.loadConversations('{').next().then(() => undefined, (error) => error)
    if (!(thrown instanceof core.InvalidSourceError)) throw new Error('Another class: ' + String(thrown))
    if (typeof Object.values(node).find((value) => typeof value === 'function') !== 'function') throw new Error('load/node is empty.')
  `
  const esm = `
    import * as core from 'conversation-store'
    import * as load from 'conversation-store/load'
    import * as node from 'conversation-store/load/node'
    ${same}`
  const cjs = `
    const core = require('conversation-store')
    const load = require('conversation-store/load')
    const node = require('conversation-store/load/node')
    void (async () => { ${same} })()`
  writeFileSync(join(project, 'shared.mjs'), esm)
  writeFileSync(join(project, 'shared.cjs'), cjs)
  run(process.execPath, [join(project, 'shared.mjs')])
  run(process.execPath, [join(project, 'shared.cjs')])
}

function checkBothBuilds({ project }: Installed): void {
  const text = `
    import { createRequire } from 'node:module'
    import { toNDJSON } from 'conversation-store/export'
    const { ConversationStore } = createRequire(import.meta.url)('conversation-store')
    const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05' }])
    let written = ''
    for await (const text of toNDJSON(store.query())) written += text
    if (JSON.parse(written).conversation_id !== 'a') throw new Error(written)
  `
  writeFileSync(join(project, 'both.mjs'), text)
  run(process.execPath, [join(project, 'both.mjs')])
}

/** Bundlers of server components look at the first statement, and at nothing after it. */
function checkUseClient({ project }: Installed): void {
  for (const file of ['react.js', 'react.cjs']) {
    const text = readFileSync(join(project, 'node_modules/conversation-store/dist', file), 'utf8')
    if (!/^(['"])use client\1/.test(text)) throw new Error(`dist/${file} begins with ${text.slice(0, 40)}`)
  }
}

function checkCommand({ project }: Installed): void {
  const { version, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const command = join(project, 'node_modules/conversation-store', bin['conversation-store'])
  const printed = run(process.execPath, [command, '--version']).trim()
  if (printed !== version) throw new Error(`--version printed ${printed}, not ${version}.`)
}

/** Minified and compressed: all scripts, those of the worker too, and what the page names, without which it is not painted. */
function checkExplorerSize({ project }: Installed): void {
  const folder = join(project, 'node_modules/conversation-store/dist/explorer')
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const named = Array.from(page.matchAll(/"\.\/(assets\/[^"]+)"/g), ([, name]) => name!)
  const scripts = readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.js'))
  const weigh = (files: readonly string[]) =>
    files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0)
  const [all, first] = [weigh(scripts.map((name) => `assets/${name}`)), weigh(['index.html', ...named])]
  console.log(`      ${(all / 1e3).toFixed(1)} kB of scripts, ${(first / 1e3).toFixed(1)} kB at first paint`)
  if (all >= 400e3 || first >= 190e3) throw new Error('The page of the explorer is too heavy.')
}

/** The built page as a browser gets it: all that it names is there, and nothing in it is what its policy forbids. */
async function checkExplorer({ project }: Installed): Promise<void> {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const command = join(project, 'node_modules/conversation-store', bin['conversation-store'])
  const rows = join(project, 'rows.ndjson')
  writeFileSync(rows, '{"conversation_id":"a","started_at":"2026-01-05"}')
  const child = spawn(process.execPath, [command, 'explore', rows, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
    const url = line.trim().split(' ').at(-1)!
    const page = await (await fetch(url)).text()
    if (/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/i.test(page))
      throw new Error(`The page has code of its own:\n${page}`)
    const named = Array.from(page.matchAll(/(?:src|href)="([^"]+)"/g), ([, name]) => name!)
    if (!named.some((name) => name.endsWith('.js'))) throw new Error(`The page has no script:\n${page}`)
    for (const name of [...named, 'THIRD-PARTY-LICENSES.txt']) {
      const answer = await fetch(new URL(name, url))
      const isCached = answer.headers.get('cache-control')?.includes('immutable') ?? false
      if (!answer.ok || isCached !== name.includes('assets/')) throw new Error(`${name}: ${answer.status}`)
    }
    const session = (await (await fetch(`${url}session.json`)).json()) as { rows?: unknown }
    if (session.rows !== 1) throw new Error(`The session is ${JSON.stringify(session)}.`)
  } finally {
    child.kill()
    await once(child, 'close')
  }
}

/**
 * Bundles the core and runs it where there is the language and `URLSearchParams` alone: no `process`, no `Buffer`, no
 * timers, an `eval` and a `new Function` that throw, and at import neither a clock nor randomness. The row asked for
 * is of another realm than the core.
 */
async function checkBareRealm({ project }: Installed): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from 'conversation-store'`, resolveDir: project },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'core',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [
      {
        name: 'leave-dynamic-imports',
        setup: ({ onResolve }) =>
          onResolve({ filter: /.*/ }, ({ kind, path }) =>
            kind === 'dynamic-import' ? { path, external: true } : undefined,
          ),
      },
    ],
  })
  const rows = [
    { conversation_id: 'a', started_at: '2024-01-15T10:30:00Z', device: 'mobile', metadata: { plan: 'pro' } },
  ]
  const context = createContext({ rows, URLSearchParams }, { codeGeneration: { strings: false, wasm: false } })
  runInContext('const { random } = Math; const { now } = Date; Math.random = Date.now = undefined', context)
  runInContext(outputFiles[0]!.text, context)
  runInContext('Math.random = random; Date.now = now', context)
  const count = runInContext(
    `core.ConversationStore.from(rows).query().device('mobile').metadata('plan', 'pro').fetch().count`,
    context,
  )
  if (count !== 1) throw new Error(`The query gave ${count}, not 1.`)
}

function checkLockfile(): void {
  for (const folder of ['', 'bench/', 'bench/load/', 'test/runtimes/']) {
    const name = `${folder}package-lock.json`
    const file = join(ROOT, name)
    if (!existsSync(file) || !readFileSync(file, 'utf8').includes('"resolved"')) continue
    throw new Error(`${name} holds "resolved": run npm install with --omit-lockfile-registry-resolved.`)
  }
}

/** What the command printed. Throws with all of it when it fails. */
function run(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${stdout}${stderr}`.trim())
  }
}
