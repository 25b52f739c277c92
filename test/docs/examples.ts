/** The examples of the documentation: the fenced blocks of code in README.md, docs/ and the other pages at the top. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../package/packed.ts'

/** A page of the documentation. */
export interface Page {
  /** From the root, with slashes: `docs/facets.md`. */
  readonly path: string
  readonly text: string
}

/** A block of code on a page. */
export interface Example {
  readonly page: string
  /** The line of its first line of code, from 1. */
  readonly line: number
  readonly language: 'ts' | 'tsx' | 'js' | 'jsx'
  readonly code: string
  /**
   * The file of `examples/` that the block shows, named by a comment on the line before it:
   * `<!-- file: examples/node-file/ask.ts -->`. Its own project type-checks and runs it.
   */
  readonly file: string | undefined
}

const TOP = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']

/** All pages. */
export function pages(): Page[] {
  const docs = existsSync(join(ROOT, 'docs'))
    ? readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    : []
  const paths = [...TOP, ...docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]
  return paths
    .filter((path) => existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

const BLOCK = /^(?:<!-- file: (?<file>\S+) -->\n)?```(?<language>tsx?|jsx?|typescript|javascript)\n(?<code>.*?)^```$/gms

/** The blocks of TypeScript and JavaScript on a page. */
export function examplesOf({ path, text }: Page): Example[] {
  return Array.from(text.matchAll(BLOCK), (match) => {
    const { file, language, code } = match.groups as Record<'language' | 'code', string> & { file?: string }
    const start = match.index + match[0].length - code.length - '```'.length
    const line = text.slice(0, start).split('\n').length
    return {
      page: path,
      line,
      language: language.replace('script', '').replace('type', 'ts').replace('java', 'js') as Example['language'],
      code,
      file,
    }
  })
}
