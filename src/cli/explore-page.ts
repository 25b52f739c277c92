/** The files of the explorer's page, and the headers under which a browser may run them. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a browser is told of everything under `/explore/`: nothing is loaded from elsewhere, and nothing is sent there. */
export const SAFETY: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "worker-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** By the end of a file's name. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** The folder of the built page in this package; undefined where it is not built. */
export function explorerFolder(): string | undefined {
  const root = packageRoot()
  const folder = root && join(root, 'dist', 'explorer')
  return folder !== undefined && existsSync(join(folder, 'index.html')) ? folder : undefined
}

/** The package's folder, whether this runs from its sources or as built. */
function packageRoot(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (dirname(folder) !== folder) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'conversation-store') return folder
    folder = dirname(folder)
  }
  return undefined
}

/** A path of the page's own: names with slashes between, none of which begins with a dot. */
const PATH = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/

/** Answers with a file of the folder; undefined where there is none. `path` is what follows `/explore/`. */
export async function fileResponse(folder: string, path: string, request: Request): Promise<Response | undefined> {
  const name = path === '' ? 'index.html' : path
  const bytes = PATH.test(name) ? await contentsOf(join(folder, name)) : undefined
  if (bytes === undefined) return undefined
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`
  const headers = {
    ...SAFETY,
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    // The name of an asset has the hash of its contents.
    'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
  }
  if (isKnown(request, etag)) return new Response(null, { status: 304, headers })
  return new Response(bytes, { headers: { ...headers, 'content-length': String(bytes.length) } })
}

/** Whether the client has what this tag stands for. */
export function isKnown({ headers }: Request, etag: string): boolean {
  const tags = (headers.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}

async function contentsOf(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(file))
  } catch {
    // A folder, or nothing.
    return undefined
  }
}
