/** A static host of the built page, and of files that a test puts beside it. It knows nothing but files. */
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { SAFETY } from '../../src/cli/explore-page.ts'
import { ROOT } from '../package/packed.ts'

const FOLDER = join(ROOT, 'dist/explorer')

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** A file, or the beginning of one that is so long, whose rest never comes. */
export type File = string | Uint8Array | { readonly begins: string; readonly bytes: number }

export interface Server {
  /** The address of the page. It ends in `/`. */
  readonly url: string
  /** Files beside the page, by name: `rows.ndjson` is `?src=rows.ndjson`. */
  readonly files: Map<string, File>
  close(): Promise<void>
}

/** Serves a folder, `dist/explorer` unless another is named. */
export async function serveFolder(folder = FOLDER): Promise<Server> {
  const files = new Map<string, File>()
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://host')
    const name = decodeURIComponent(pathname.replace(/^\/explore\//, '')) || 'index.html'
    const path = join(folder, normalize(`/${name}`))
    const body = files.get(name) ?? (existsSync(path) ? readFileSync(path) : undefined)
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      // What `explore` sends.
      ...SAFETY,
      'cache-control': 'no-store',
      ...(typeof body === 'object' && 'begins' in body && { 'content-length': body.bytes }),
    })
    if (typeof body === 'object' && 'begins' in body) response.write(body.begins)
    else response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/explore/`,
    files,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
