/** The licences of what is bundled, as published: builds write them beside the bundles, which stand alone. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** The folder of the package that a module belongs to; undefined for one of our own. */
export function packageOf(module: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0]
}

/** The licences of packages by their folders. Throws where one has none. */
export function licensesOf(folders: Iterable<string>): string {
  return [...new Set(folders)]
    .sort()
    .map(licenseOf)
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function licenseOf(folder: string): string {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Facts
  const file = readdirSync(folder).find((each) => /^licen[cs]e([.-]|$)/i.test(each))
  const holder = typeof author === 'string' ? author : author?.name
  const isStated = license === 'MIT' && holder !== undefined
  if (file === undefined && !isStated) throw new Error(`${name} is bundled, but ${folder} has no licence text.`)
  const text = file === undefined ? MIT.replace('HOLDER', holder!) : readFileSync(join(folder, file), 'utf8').trim()
  return `${name} ${version}\n\n${text}\n`
}

/** What a package says of itself. */
interface Facts {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly author?: string | { readonly name?: string }
}

/** The licence of a package that names it without its text. */
const MIT = `MIT License

Copyright (c) HOLDER

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`

/** Plugins of the page and of its workers, which are bundled apart and first. The page's writes what both have. */
export function thirdPartyLicenses(): { readonly page: Plugin; readonly worker: Plugin } {
  const folders = new Set<string>()
  const note: Plugin['generateBundle'] = (_, bundle) => {
    for (const output of Object.values(bundle)) {
      if (output.type !== 'chunk') continue
      for (const [module, { renderedLength }] of Object.entries(output.modules)) {
        const folder = renderedLength > 0 ? packageOf(module) : undefined
        if (folder !== undefined) folders.add(folder)
      }
    }
  }
  return {
    worker: { name: 'third-party-licenses-of-workers', generateBundle: note },
    page: {
      name: 'third-party-licenses',
      generateBundle(...given) {
        note.apply(this, given)
        this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES.txt', source: licensesOf(folders) })
      },
    },
  }
}
