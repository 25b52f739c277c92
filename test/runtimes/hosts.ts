/**
 * The runtimes of the smoke suite: each runs `smoke.js` of a project that has the packed package installed, for real, and
 * gives the outcomes. One that is missing is an error.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { ROOT } from '../package/packed.ts'
import type { makeRows, Outcome } from './smoke.ts'

/** Runs the suite of a project in one runtime. */
type Host = (project: string) => Promise<Outcome[]>

const BIN = join(ROOT, 'test/runtimes/node_modules/.bin')

/** Every runtime, by the name that its tests have. */
export const HOSTS: Readonly<Record<string, Host>> = {
  // As code runs where texts must not become code.
  [`Node ${process.versions.node}`]: (project) =>
    printed(process.execPath, ['--disallow-code-generation-from-strings'], project),
  Bun: (project) => printed(join(BIN, 'bun'), ['run'], project),
  'Deno, without a permission': (project) => printed(join(BIN, 'deno'), ['run', '--no-prompt', '--no-remote'], project),
  'workerd, bundled': inWorkerd,
  'the Vercel edge VM, rows of another realm': inEdgeVm,
  'Chromium, rows of another frame': inChromium,
}

/** Runs a script that prints the outcomes. */
async function printed(command: string, args: readonly string[], project: string): Promise<Outcome[]> {
  const script = join(project, 'print.js')
  writeFileSync(
    script,
    `import { makeRows, smoke } from './smoke.js'\nconsole.log(JSON.stringify(await smoke(makeRows())))\n`,
  )
  const { stdout } = await promisify(execFile)(command, [...args, script], {
    cwd: project,
    maxBuffer: 2 ** 26,
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
  })
  return JSON.parse(stdout) as Outcome[]
}

async function inWorkerd(project: string): Promise<Outcome[]> {
  const { Miniflare } = await load<typeof MiniflareModule>('miniflare')
  const worker = new Miniflare({
    modules: true,
    script: await bundled(
      project,
      `import { makeRows, smoke } from './smoke.js'
       export default { fetch: async () => Response.json(await smoke(makeRows())) }`,
      ['workerd', 'worker'],
    ),
    // No `nodejs_compat`: what works without it works with it.
    compatibilityDate: '2025-01-01',
  })
  try {
    const answer = await worker.dispatchFetch('http://worker/')
    if (!answer.ok) throw new Error(`The Worker answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Outcome[]
  } finally {
    await worker.dispose()
  }
}

async function inEdgeVm(project: string): Promise<Outcome[]> {
  const { EdgeVM } = await load<typeof EdgeModule>('@edge-runtime/vm')
  const suite = (await import(pathToFileURL(join(project, 'smoke.js')).href)) as { makeRows: typeof makeRows }
  const vm = new EdgeVM({ codeGeneration: { strings: false, wasm: false } })
  vm.evaluate(await bundled(project, `export * from './smoke.js'`, ['edge-light', 'worker'], 'iife'))
  vm.context.rows = suite.makeRows()
  return JSON.parse(await vm.evaluate<Promise<string>>('suite.smoke(rows).then(JSON.stringify)')) as Outcome[]
}

/** Debian's Chromium, or the one that the environment names. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const CHROMIUM_FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]
/** No server has this name: every request is answered by the test. */
const PAGE = 'https://page.example/'
const HTML = { contentType: 'text/html', headers: { 'content-security-policy': "script-src 'self'" } }

async function inChromium(project: string): Promise<Outcome[]> {
  return withPage(async (page) => {
    const files: Record<string, object> = {
      '/': {
        ...HTML,
        body: '<!doctype html><iframe src="/frame.html"></iframe><script type="module" src="/suite.js"></script>',
      },
      '/frame.html': { ...HTML, body: '<!doctype html><script type="module" src="/suite.js"></script>' },
      '/suite.js': {
        contentType: 'text/javascript',
        body: await bundled(
          project,
          `import { makeRows, smoke } from './smoke.js'\nObject.assign(globalThis, { makeRows, smoke })`,
          ['browser'],
        ),
      },
    }
    await page.route('**', (route) => {
      const file = files[new URL(route.request().url()).pathname]
      return route.fulfill(file ?? { status: 404 })
    })
    await page.goto(PAGE)
    return page.evaluate<Outcome[]>('smoke(frames[0].makeRows())')
  })
}

/** Opens a page in a browser with an empty profile, and closes both. */
export async function withPage<T>(use: (page: Page) => Promise<T>): Promise<T> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`There is no ${CHROMIUM}: apt-get install chromium, or name a Chromium in the variable CHROMIUM.`)
  }
  const { chromium } = await load<typeof PlaywrightModule>('playwright-core')
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'))
  try {
    const browser = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      args: CHROMIUM_FLAGS,
    })
    try {
      return await use(await browser.newPage())
    } finally {
      await browser.close()
    }
  } finally {
    rmSync(profile, { recursive: true, force: true })
  }
}

/** A module of the project and all that it imports as one script, as the bundlers of edge platforms make it. */
export async function bundled(
  project: string,
  contents: string,
  conditions: readonly string[],
  format: 'esm' | 'iife' = 'esm',
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: project, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    format,
    globalName: 'suite',
    target: 'es2022',
    platform: 'browser',
    conditions: [...conditions],
    tsconfigRaw: {},
    logLevel: 'warning',
  })
  return outputFiles[0]!.text
}

/** A package of this folder. The root of the project knows none of their types. */
export function load<T>(name: string): Promise<T> {
  return import(name) as Promise<T>
}

// What is used of these packages.

export declare namespace MiniflareModule {
  class Miniflare {
    constructor(options: { modules: true; script: string; compatibilityDate: string })
    dispatchFetch(url: string, init?: RequestInit): Promise<Response>
    readonly ready: Promise<URL>
    dispose(): Promise<void>
  }
}

declare namespace EdgeModule {
  class EdgeVM {
    constructor(options: { codeGeneration: { strings: boolean; wasm: boolean } })
    readonly context: Record<string, unknown>
    evaluate<T>(code: string): T
  }
}

declare namespace PlaywrightModule {
  const chromium: {
    launchPersistentContext(
      profile: string,
      options: { executablePath: string; headless: boolean; args: readonly string[] },
    ): Promise<{ newPage(): Promise<Page>; close(): Promise<void> }>
  }
}

/** A page of the browser. */
export interface Page {
  goto(url: string): Promise<unknown>
  evaluate<T>(code: string): Promise<T>
  route(
    pattern: string,
    answer: (route: { request(): { url(): string }; fulfill(file: object): Promise<void> }) => Promise<void>,
  ): Promise<void>
}
