/** Conversations made up: what the page begins with where it is given none. */
import { generate } from 'conversation-store/testing'
import type { Order } from '../protocol.ts'
import type { Opening } from '../reading/opening.ts'
import { addRows } from '../reading/rows.ts'
import { nextTurn } from '../reading/turn.ts'

const SLICE_MS = 8
/** The first ones are shown soon; then more are made before they are added, since each time all live questions are asked anew. */
const FIRST = 500
const STEP = 1_000

export async function openGenerated(
  opening: Opening,
  { count }: Order & { readonly kind: 'generated' },
): Promise<void> {
  const { signal, store } = opening
  let rows: ReturnType<typeof generate> extends Iterable<infer Row> ? Row[] : never = []
  let end = Date.now() + SLICE_MS
  for (const row of generate({ count })) {
    rows.push(row)
    if (rows.length >= (store.size === 0 ? FIRST : STEP)) {
      await addRows(opening, '', rows as never)
      rows = []
      opening.tell(store.size / count)
    } else if (Date.now() >= end) {
      await nextTurn()
      signal.throwIfAborted()
      end = Date.now() + SLICE_MS
    }
  }
  await addRows(opening, '', rows as never)
}
