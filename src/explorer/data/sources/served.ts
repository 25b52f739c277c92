/** What `explore` serves: its rows, then their changes for as long as both are there. */
import type { ConversationInput, ConversationStore } from 'conversation-store'
import { readSnapshot } from 'conversation-store/snapshot'
import type { Order } from '../protocol.ts'
import { OpenFailure, type Opening } from '../reading/opening.ts'
import { isServedSession, type ServedSession, withKey } from '../served-session.ts'
import { EventParser, type StreamEvent } from './events.ts'
import { readResponse } from './url.ts'

type ServedOrder = Order & { readonly kind: 'served' }

/** Milliseconds until the server is asked again: the first time, and at most. */
const [FIRST_WAIT, LONGEST_WAIT] = [500, 30_000]

/** Opens what is served. `follow` gives the store its changes until the signal is aborted. */
export async function openServed(opening: Opening, order: ServedOrder): Promise<void> {
  const session: unknown = await (await ask(order, 'session.json', opening.signal)).json().catch(() => null)
  if (!isServedSession(session))
    throw new OpenFailure('The server does not say what it serves', 'Start explore again, and reload this page.')
  opening.serve(session)
  const sequence = await readData(opening, order, session)
  const follower = new Follower(opening, order, sequence)
  void follower.run()
}

/** Reads all rows, and gives the number of the last change that is in them. */
async function readData(opening: Opening, order: ServedOrder, session: ServedSession): Promise<number> {
  const response = await ask(order, session.data ?? 'data.snap', opening.signal)
  const sequence = Number(response.headers.get('x-sequence') ?? session.sequence ?? 0)
  const isSnapshot = response.headers.get('content-type') === 'application/octet-stream'
  // The server's own snapshot is checked for damage alone, which is quicker.
  if (isSnapshot) opening.use(await readSnapshot(response, { verify: 'checksums' }))
  else await readResponse(opening, session.source.name, response, session.rows)
  return sequence
}

async function ask({ base, key }: ServedOrder, path: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(new URL(path, base), { headers: withKey(key), cache: 'no-store', signal }).catch(() => {
    signal.throwIfAborted()
    throw new OpenFailure('The server does not answer', 'Start explore again, and reload this page.')
  })
  if (response.status === 401)
    throw new OpenFailure(
      key === null ? 'These conversations need a key' : 'The key is not the right one',
      'Enter the key that explore was started with.',
      'key',
    )
  if (!response.ok)
    throw new OpenFailure(
      'The server refuses',
      `It answered ${path} with status ${response.status}. Start explore again, and reload this page.`,
    )
  return response
}

/** Applies the changes of the server to the store. */
class Follower {
  readonly #opening: Opening
  readonly #order: ServedOrder
  #sequence: number
  #wait = FIRST_WAIT

  constructor(opening: Opening, order: ServedOrder, sequence: number) {
    this.#opening = opening
    this.#order = order
    this.#sequence = sequence
  }

  /** Until the signal is aborted. */
  async run(): Promise<void> {
    const { signal } = this.#opening
    while (!signal.aborted) {
      try {
        await this.#follow()
      } catch {
        // The server is gone, or has begun anew.
      }
      if (signal.aborted) return
      this.#opening.setOffline(true)
      await new Promise((resolve) => setTimeout(resolve, this.#wait))
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT)
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#opening
    const { body } = await ask(this.#order, `changes?after=${this.#sequence}`, signal)
    const reader = body!
      .pipeThrough(new TextDecoderStream() as never)
      .getReader() as ReadableStreamDefaultReader<string>
    const parser = new EventParser()
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      this.#opening.setOffline(false)
      this.#wait = FIRST_WAIT
      const events = parser.read(value!)
      if (events.some(({ event }) => event === 'reload')) {
        await reader.cancel().catch(() => {})
        return this.#reload()
      }
      applyEvents(this.#opening.store, events)
      this.#sequence = events.reduce((last, { id }) => Math.max(last, Number(id ?? 0)), this.#sequence)
      this.#opening.tell()
    }
  }

  /** The changes since are not known any more: all is opened anew, and shown once it is there. */
  async #reload(): Promise<void> {
    const { signal } = this.#opening
    const response = await ask(this.#order, 'data.snap', signal)
    this.#sequence = Number(response.headers.get('x-sequence') ?? 0)
    this.#opening.use(await readSnapshot(response, { verify: 'checksums' }))
  }
}

/** Applies events in their order. Rows that follow each other are one write, of which live questions are told once. */
export function applyEvents(store: ConversationStore, events: readonly StreamEvent[]): void {
  let rows: ConversationInput[] = []
  const put = () => {
    if (rows.length > 0) store.addMany(rows, { onDuplicate: 'replace', onInvalid: 'skip', own: true })
    rows = []
  }
  for (const { event, data } of events) {
    if (event === 'row') rows.push(JSON.parse(data))
    else if (event === 'gone') {
      put()
      if (store.get(data) !== undefined) store.purge(data)
    }
  }
  put()
}
