/** Builds the page without components beside the explorer's own settings, and serves it with files that a test puts there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { build } from 'vite'
import { ROOT } from '../../package/packed.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
}

/** Answers a request itself, or not. `path` is what follows the folder of the page. */
export type Answer = (path: string, request: IncomingMessage, response: ServerResponse) => boolean

export interface DataHost {
  readonly url: string
  /** Files beside the page, by name. */
  readonly files: Map<string, string | Uint8Array>
  /** Asked before the files. */
  answer: Answer
  close(): Promise<void>
}

export async function serveDataPage(): Promise<DataHost> {
  const folder = mkdtempSync(join(tmpdir(), 'data-page-'))
  await build({
    configFile: join(ROOT, 'src/explorer/vite.config.ts'),
    root: join(ROOT, 'test/explorer/data-page'),
    publicDir: join(ROOT, 'src/explorer/public'),
    build: { outDir: folder, minify: false },
    logLevel: 'error',
  })
  const files = new Map<string, string | Uint8Array>()
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://host').pathname.replace(/^\/explore\//, ''))
    if (host.answer(path, request, response)) return
    const body = files.get(path) ?? contentsOf(join(folder, path === '' ? 'index.html' : path))
    const type = path === '' ? 'text/html' : (TYPES[extname(path)] ?? 'application/octet-stream')
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, 'cache-control': 'no-store' })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host: DataHost = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/explore/`,
    files,
    answer: () => false,
    close: () =>
      new Promise((resolve) => {
        rmSync(folder, { recursive: true, force: true })
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return host
}

function contentsOf(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
