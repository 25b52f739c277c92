/** A server of one page and its snapshots, on this machine, that counts what it is asked for and fails when it is told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the server answers for a snapshot. */
export interface Served {
  readonly bytes: Uint8Array
  readonly etag?: string
  readonly lastModified?: string
  /** `offline` closes the connection, `silent` never answers, a number is a status without a snapshot. */
  readonly fails?: 'offline' | 'silent' | 'cut off' | number
}

/** One answer. */
export interface Request {
  readonly path: string
  readonly status: number | 'offline' | 'silent' | 'cut off'
}

/** A server that runs. */
export interface Server {
  readonly url: string
  /** What is served, by path. */
  readonly files: Map<string, Served>
  /** The answers for snapshots, in order. */
  readonly requests: Request[]
  close(): Promise<void>
}

/** Starts one. `page`: other files, by path. */
export async function serve(page: Readonly<Record<string, string>>): Promise<Server> {
  const files = new Map<string, Served>()
  const requests: Request[] = []
  const server = createServer((request, response) => {
    const path = request.url!
    const served = files.get(path)
    if (served !== undefined) {
      requests.push({ path, status: served.fails ?? answer(served, request, response) })
      if (served.fails !== undefined) fail(served, request, response)
      return
    }
    const body = page[path]
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': path.endsWith('.js') ? 'text/javascript' : 'text/html',
      'cache-control': 'no-store',
    })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    files,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers as a server of files does, and returns the status. */
function answer({ bytes, etag, lastModified }: Served, { headers }: IncomingMessage, response: ServerResponse): number {
  const isSame =
    etag === undefined
      ? lastModified !== undefined && headers['if-modified-since'] === lastModified
      : headers['if-none-match'] === etag
  const tags = { ...(etag && { etag }), ...(lastModified && { 'last-modified': lastModified }) }
  response.writeHead(isSame ? 304 : 200, { ...tags, 'cache-control': 'max-age=3600' })
  response.end(isSame ? undefined : bytes)
  return isSame ? 304 : 200
}

function fail({ fails, bytes }: Served, { socket }: IncomingMessage, response: ServerResponse): void {
  if (fails === 'silent') return
  if (fails === 'offline') socket.destroy()
  else if (fails === 'cut off') {
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, bytes.length >> 1), () => socket.destroy())
  } else response.writeHead(fails!).end('<!doctype html>Please log in to the network.')
}
