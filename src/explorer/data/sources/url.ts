/** A file of the page's own site. */
import type { Order } from '../protocol.ts'
import { HEAD_BYTES, kindOf } from '../reading/kind.ts'
import { OpenFailure, type Opening } from '../reading/opening.ts'
import { readInto } from '../reading/read-into.ts'
import { fileOf } from './name.ts'

export async function openUrl(opening: Opening, { url }: Order & { readonly kind: 'url' }): Promise<void> {
  const name = fileOf(url)
  const response = await fetch(url, { mode: 'same-origin', signal: opening.signal }).catch((error: unknown) => {
    opening.signal.throwIfAborted()
    throw new OpenFailure(
      `${name} could not be fetched`,
      `${error instanceof Error ? error.message : String(error)}. Check that the site answers and does not lead elsewhere, and try again.`,
    )
  })
  if (!response.ok || response.body === null)
    throw new OpenFailure(
      `${name} could not be fetched`,
      `The site answered with status ${response.status}. Check the address: ${url}`,
    )
  await readResponse(opening, name, response, null)
}

/** Reads the body of an answer, with how far that is as far as its length is known: in bytes, or else in rows. */
export async function readResponse(
  opening: Opening,
  name: string,
  { body, headers }: Response,
  rows: number | null,
): Promise<void> {
  // Of an encoding that the browser undoes, the length is not that of what it gives.
  const length = headers.get('content-encoding') === null ? Number(headers.get('content-length') ?? 0) : 0
  const onBytes = (bytes: number) =>
    opening.tell(
      length > 0 ? Math.min(bytes / length, 1) : rows !== null && rows > 0 ? opening.store.size / rows : null,
    )
  const { head, stream } = await peeked(body!)
  await readInto(opening, { name, kind: await kindOf(head), stream }, onBytes)
}

/** The beginning of a stream, and the same stream with that still in it. */
async function peeked(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader()
  const first: Uint8Array[] = []
  let length = 0
  let isOver = false
  while (length < HEAD_BYTES && !isOver) {
    const { done, value } = await reader.read()
    isOver = done
    if (value !== undefined) {
      first.push(value)
      length += value.length
    }
  }
  const head = new Uint8Array(await new Blob(first as BlobPart[]).arrayBuffer())
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      if (head.length > 0) controller.enqueue(head)
      if (isOver) controller.close()
    },
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return { head: head.subarray(0, HEAD_BYTES), stream }
}
