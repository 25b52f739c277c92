import { readFileSync, writeFileSync } from 'node:fs'
import * as core from 'conversation-store'
import * as exporting from 'conversation-store/export'
import * as http from 'conversation-store/http'
import * as load from 'conversation-store/load'
import * as node from 'conversation-store/node'
import { transform } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { filterTable } from './filter-table.ts'

const README = new URL('../../README.md', import.meta.url)
const readme = readFileSync(README, 'utf8')
const modules: Record<string, object> = {
  'conversation-store': core,
  'conversation-store/export': exporting,
  'conversation-store/http': http,
  'conversation-store/load': load,
  'conversation-store/node': node,
}

/** The examples: each stands for itself, and `EXPRESSION // => VALUE` says what comes out. */
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!)

/** Runs an example as a reader would, with the library's own source in the place of the package. */
async function run(example: string): Promise<number> {
  let checks = 0
  const check = (actual: unknown, expected: unknown) => {
    checks++
    expect(actual).toEqual(expected)
  }
  const checked = example
    .replace(/^import \{(.*?)\} from '(.*?)'$/gm, (_, names: string, from: string) => {
      if (modules[from] === undefined) throw new Error(`The README imports ${from}, which this test does not know.`)
      return `const {${names.replace(/\btype \w+,?/g, '').replace(/ as /g, ': ')}} = modules['${from}']`
    })
    .replace(/^(\S.*?) \/\/ => (.*)$/gm, 'check($1, $2)')
  const { code } = await transform(checked, { loader: 'ts', target: 'es2022' })
  const AsyncFunction = run.constructor as new (...code: string[]) => (...values: unknown[]) => Promise<void>
  await new AsyncFunction('modules', 'check', code)(modules, check)
  return checks
}

describe('the README', () => {
  test('has examples', () => {
    expect(examples.length).toBeGreaterThan(5)
  })

  test.each(examples.map((code, i) => [i + 1, code] as const))('example %i says what it gives', async (_, code) => {
    expect(await run(code)).toBeGreaterThan(0)
  })

  test('has the table of filters as the library has it', () => {
    const between = /(<!-- filters -->\n).*?(<!-- \/filters -->)/s
    const current = readme.replace(between, (_, start: string, end: string) => `${start}${filterTable()}\n${end}`)
    if (process.env.UPDATE_DOCS === '1') writeFileSync(README, current)
    else expect(readme, 'UPDATE_DOCS=1 npm test writes it').toBe(current)
  })
})
