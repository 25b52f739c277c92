/** A stream of events, as `text/event-stream` has it, read by `fetch`: an `EventSource` sends no key. */

export interface StreamEvent {
  readonly id: string | null
  readonly event: string
  readonly data: string
}

/** The events of a text that comes in pieces cut anywhere. Comments and what is not ended by a blank line are left out. */
export class EventParser {
  #held = ''

  /** The events that a piece completes, in order. */
  read(piece: string): StreamEvent[] {
    const blocks = (this.#held + piece).split('\n\n')
    this.#held = blocks.pop()!
    return blocks.flatMap((block) => eventOf(block) ?? [])
  }
}

function eventOf(block: string): StreamEvent | undefined {
  let [id, event] = [null as string | null, 'message']
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? []
    if (name === 'id') id = value!
    else if (name === 'event') event = value!
    else if (name === 'data') data.push(value!)
  }
  return data.length === 0 ? undefined : { id, event, data: data.join('\n') }
}
