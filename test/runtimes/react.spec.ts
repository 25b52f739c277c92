/** The hooks in a real browser, with each React that is supported, and the quick start of the README as it stands. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { examplesOf } from '../docs/examples.ts'
import { ROOT } from '../package/packed.ts'
import { type Page, withPage } from './hosts.ts'

const HERE = join(ROOT, 'test/runtimes')
const PAGE = 'https://page.example/'
const project = inject('project')

/** What is used of a page besides. */
interface TypingPage extends Page {
  fill(selector: string, text: string): Promise<void>
  waitForSelector(selector: string): Promise<unknown>
}

/** A module of this folder, or its text, with all that it imports: the packed library, and React of this version. */
async function bundled(version: string, entry: { file: string } | { text: string }): Promise<string> {
  const { outputFiles } = await build({
    ...('file' in entry
      ? { entryPoints: [join(HERE, entry.file)] }
      : { stdin: { contents: entry.text, resolveDir: project, loader: 'tsx' as const } }),
    plugins: [thePackages(version === '19' ? '' : `-${version}`)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"development"' },
    tsconfigRaw: {},
    logLevel: 'error',
  })
  return outputFiles[0]!.text
}

/** Finds the packed library, and React under the name that its version has in this folder, whoever imports it. */
function thePackages(suffix: string): Plugin {
  return {
    name: 'the-packages',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^(react|react-dom|conversation-store)(\/|$)/ }, ({ path, kind, pluginData }) => {
        if (pluginData === 'found') return undefined
        const isReact = path.startsWith('react')
        const name = isReact ? path.replace(/^[^/]+/, (name) => name + suffix) : path
        return resolve(name, { kind, resolveDir: isReact ? HERE : project, pluginData: 'found' })
      })
    },
  }
}

/** Opens a page that has these files, and leaves it open until the function that comes back is called. */
async function opened(files: Record<string, string>): Promise<{ page: TypingPage; close(): Promise<void> }> {
  let end = () => {}
  let resolve: (page: TypingPage) => void
  const promise = new Promise<TypingPage>((hear) => {
    resolve = hear
  })
  const closed = withPage(async (page) => {
    await page.route('**', (route) => {
      const { pathname } = new URL(route.request().url())
      const body = files[pathname]
      const contentType = pathname === '/' ? 'text/html' : 'text/javascript'
      return route.fulfill(body === undefined ? { status: 404 } : { contentType, body })
    })
    await page.goto(PAGE)
    resolve(page as TypingPage)
    await new Promise<void>((stop) => {
      end = stop
    })
  })
  const page = await Promise.race([promise, closed.then(() => Promise.reject(new Error('The page was closed.')))])
  return {
    page,
    close: () => {
      end()
      return closed
    },
  }
}

const NAMES = [...readFileSync(join(HERE, 'react-suite.ts'), 'utf8').matchAll(/^ {2}async '(.+)'\(\)/gm)].map(
  ([, name]) => name!,
)

describe.each(['19', '18'])('React %s', (version) => {
  let browser: Awaited<ReturnType<typeof opened>>

  beforeAll(async () => {
    browser = await opened({
      '/': '<!doctype html><body><script type="module" src="/suite.js"></script>',
      '/suite.js': await bundled(version, { file: 'react-suite.ts' }),
      '/worker.js': await bundled(version, { file: 'react-worker.ts' }),
      '/shared-worker.js': await bundled(version, { file: 'shared-worker.ts' }),
      '/shared-page.js': await bundled(version, { file: 'shared-page.ts' }),
    })
  })
  afterAll(() => browser?.close())

  test('the suite is whole', async () => {
    expect(await browser.page.evaluate<string[]>('names')).toEqual(NAMES)
    expect(await browser.page.evaluate<string>('reactVersion')).toMatch(new RegExp(`^${version}\\.`))
  })

  test.each(NAMES)('%s', async (name) => {
    expect(await browser.page.evaluate<string>(`check(${JSON.stringify(name)})`)).toBe('ok')
  })

  test('the quick start of the README', async () => {
    const example = await opened({
      '/': '<!doctype html><body><div id="root"></div><script type="module" src="/main.js"></script>',
      '/main.js': await bundled(version, { text: shownInReadme('main.tsx') }),
      '/store-worker.ts': await bundled(version, { text: shownInReadme('store-worker.ts') }),
      '/conversations.ndjson': readFileSync(join(ROOT, QUICK_START, 'public/conversations.ndjson'), 'utf8'),
    })
    try {
      await example.page.waitForSelector('text=6 conversations')
      await example.page.fill('input', 'refunds')
      await example.page.waitForSelector('text=0 conversations')
      await example.page.fill('input', 'REFUND')
      await example.page.waitForSelector('text=2 conversations')
    } finally {
      await example.close()
    }
  })
})

const QUICK_START = 'examples/vite-react-worker'

/** The block of the README that shows this file of the quick start. */
function shownInReadme(name: string): string {
  const page = { path: 'README.md', text: readFileSync(join(ROOT, 'README.md'), 'utf8') }
  const shown = examplesOf(page).find(({ file }) => file === `${QUICK_START}/src/quick-start/${name}`)
  if (shown !== undefined) return shown.code
  throw new Error(`The README does not show ${name}.`)
}
