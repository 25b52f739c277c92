/** Answers of the server itself, in the API's shape, given before the handler is called. */
import { type ServerResponse, STATUS_CODES } from 'node:http'

/** An answer of the server itself: a status, and its `detail`. */
export interface Refusal {
  readonly status: number
  readonly detail: string
  /** More headers, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers a request that Node has read. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  const body = bodyOf(refusal)
  response.writeHead(refusal.status, { ...headersOf(body), ...refusal.headers })
  response.end(body)
}

/** The whole answer as a string, for a connection on which Node could not read the request. It closes the connection. */
export function rawAnswer(refusal: Refusal): string {
  const body = bodyOf(refusal)
  const headers = { ...headersOf(body), ...refusal.headers, Connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

function bodyOf({ detail }: Refusal): string {
  return JSON.stringify({ detail })
}

function headersOf(body: string): Record<string, string> {
  return { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }
}

/** The answers to requests that Node could not read, by the code of its error; to any other it is `MALFORMED`. */
export const UNREADABLE: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The URL and headers of the request are too long.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, detail: 'The chunk extensions of the body are too long.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request took too long to arrive.' },
}

/** The answer to invalid HTTP. */
export const MALFORMED: Refusal = { status: 400, detail: 'The request is not valid HTTP.' }
