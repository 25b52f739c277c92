/** The worker's side of a peer: it reads the rows and answers questions one after another. */
import type { Answer, Ask, Row } from '../question.ts'

/** A question, under a number of its own. */
export interface Question extends Ask {
  readonly number: number
}

/** `rows`: all are read and can be asked. */
export type Message =
  | { readonly kind: 'ready'; readonly rows: number }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Answer }

/** Reads the rows beside the page, makes what answers, and answers. */
export function answerFrom(make: (rows: Row[]) => (ask: Ask) => Answer): void {
  const post = (message: Message) => (globalThis as unknown as Worker).postMessage(message)
  const ready = readRows().then((rows) => {
    const answer = make(rows)
    post({ kind: 'ready', rows: rows.length })
    return answer
  })
  addEventListener('message', async ({ data }: MessageEvent<Question>) => {
    const answer = await ready
    post({ kind: 'answer', number: data.number, answer: answer(data) })
  })
}

/** Line by line as they come: one string would be too long. */
async function readRows(): Promise<Row[]> {
  const response = await fetch('rows.ndjson')
  const lines = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const rows: Row[] = []
  let rest = ''
  for (;;) {
    const { value, done } = await lines.read()
    if (done) return rows
    const pieces = (rest + value).split('\n')
    rest = pieces.pop()!
    for (const piece of pieces) rows.push(JSON.parse(piece) as Row)
  }
}
