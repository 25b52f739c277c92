/** Every example of the documentation is type-checked and run, every link leads somewhere, and no page is too long. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../package/packed.ts'
import { type Example, examplesOf, type Page, pages } from './examples.ts'
import { filterTable } from './filter-table.ts'

/** Examples as modules, removed afterwards. In the project, so that what they import is found. */
const GENERATED = fileURLToPath(new URL('generated/', import.meta.url))

const PAGES = pages()
const EXAMPLES = PAGES.flatMap(examplesOf)
/** Those that stand for themselves; the others are files of `examples/`. */
const OWN = EXAMPLES.filter(({ file }) => file === undefined)

const nameOf = ({ page, line }: Example) => `${page}:${line}`

/** Where an example stands as a module. */
function moduleOf(example: Example, folder: 'run' | 'types'): string {
  return join(GENERATED, folder, `${nameOf(example).replace(/\W+/g, '-')}.${example.language}`)
}

/** `EXPRESSION // => VALUE` at the beginning of a line says what comes out. */
function withChecks(code: string): string {
  return code.replace(/^(\S.*?) \/\/ => (.*)$/gm, (_, actual: string, expected: string) => {
    return `;(globalThis as any).checkExample(${actual.replace(/;$/, '')}, ${expected})`
  })
}

beforeAll(() => {
  rmSync(GENERATED, { recursive: true, force: true })
  for (const example of OWN) {
    for (const [folder, code] of [
      ['run', withChecks(example.code)],
      ['types', example.code],
    ] as const) {
      const file = moduleOf(example, folder)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, `${code}\nexport {}\n`)
    }
  }
})

afterAll(() => rmSync(GENERATED, { recursive: true, force: true }))

describe('examples', () => {
  test('are found', () => {
    expect(OWN.length).toBeGreaterThan(5)
  })

  test.each(OWN.map((example) => [nameOf(example), example] as const))('%s says what it gives', async (_, example) => {
    let checks = 0
    const checkExample = (actual: unknown, expected: unknown) => {
      checks++
      expect(actual).toEqual(expected)
    }
    Object.assign(globalThis, { checkExample })
    await import(pathToFileURL(moduleOf(example, 'run')).href)
    expect(checks, 'EXPRESSION // => VALUE says what an example gives').toBeGreaterThan(0)
  })

  test('are type-checked', () => {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.node.json'), ts.sys.readFile)
    const { options } = ts.parseJsonConfigFileContent(
      { ...config, include: [], files: ['package.json'] },
      ts.sys,
      ROOT,
      {
        lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
        jsx: ts.JsxEmit.ReactJSX,
        allowJs: true,
        checkJs: true,
        noUncheckedIndexedAccess: false,
      },
      join(ROOT, 'tsconfig.node.json'),
    )
    const program = ts.createProgram(
      OWN.map((example) => moduleOf(example, 'types')),
      options,
    )
    const found = OWN.flatMap((example) => {
      const source = program.getSourceFile(moduleOf(example, 'types'))!
      const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      return diagnostics.map(({ start = 0, messageText }) => {
        const line = example.line + source.getLineAndCharacterOfPosition(start).line
        return `${example.page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
      })
    })
    expect(found).toEqual([])
  })

  test.each(EXAMPLES.filter(({ file }) => file !== undefined).map((each) => [nameOf(each), each] as const))(
    '%s is the file that it names, or a part of it',
    (_, { file, code }) => {
      expect(readFileSync(join(ROOT, file!), 'utf8')).toContain(code.trim())
    },
  )
})

describe('pages', () => {
  test('README.md has the table of filters as the library has it', () => {
    const page = PAGES.find(({ text }) => text.includes('<!-- filters -->'))!
    const between = /(<!-- filters -->\n).*?(<!-- \/filters -->)/s
    const current = page.text.replace(between, (_, start: string, end: string) => `${start}${filterTable()}\n${end}`)
    if (process.env.UPDATE_DOCS === '1') writeFileSync(join(ROOT, page.path), current)
    else expect(page.text, 'UPDATE_DOCS=1 npm test writes it').toBe(current)
  })

  test.each(PAGES.map((page) => [page.path, page] as const))('%s is short', (path, { text }) => {
    const most = path === 'README.md' ? 250 : path === 'CHANGELOG.md' ? Number.POSITIVE_INFINITY : 200
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(most)
  })

  test.each(PAGES.map((page) => [page.path, page] as const))('%s has links that lead somewhere', (_, page) => {
    expect(brokenLinks(page)).toEqual([])
  })
})

/** The relative links of a page that lead to no file or no heading. */
function brokenLinks({ path, text }: Page): string[] {
  const prose = text.replace(/^```.*?^```$/gms, '')
  const links = Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link!)
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false
    const [file, anchor] = link.split('#') as [string, string | undefined]
    const target = file === '' ? path : posix.join(posix.dirname(path), file)
    if (!existsSync(join(ROOT, target))) return true
    return anchor !== undefined && !anchorsOf(readFileSync(join(ROOT, target), 'utf8')).has(anchor)
  })
}

/** The anchors of headings, as forges make them. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)
  return new Set(
    Array.from(headings, ([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  )
}
