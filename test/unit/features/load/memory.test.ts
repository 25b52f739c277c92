import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** The heap of the reading process, in megabytes. What is read is twice that, or more than it. */
const HEAP = 64

const entry = new URL('../../../../src/features/load/index.ts', import.meta.url).href

/** Reads rows that are made while they are read, and prints how many came and the most memory seen, in megabytes. */
const script = (shape: 'lines' | 'array' | 'page', isGzip: boolean, megabytes: number) => `
  import { gzipSync } from 'node:zlib'
  import { loadConversations } from ${JSON.stringify(entry)}

  const [before, between, after] = ${JSON.stringify(
    { lines: ['', '\n', ''], array: ['[', ',', ']'], page: ['{"results":[', ',\n', ']}'] }[shape],
  )}
  const message = { sender: 'agent', content: 'A sentence that is long enough to be one, and an é. '.repeat(8) }
  const row = (i) => JSON.stringify({ conversation_id: 'c' + i, messages: Array(8).fill(message) })
  let made = 0
  let rows = 0
  function* text() {
    yield before
    while (made < ${megabytes}e6) {
      let part = ''
      while (part.length < 1e6) part += (rows > 0 ? between : '') + row(rows++)
      made += part.length
      yield part
    }
    yield after
  }
  function* members() {
    for (const part of text()) yield gzipSync(part, { level: 1 })
  }

  const most = { heapUsed: 0, arrayBuffers: 0 }
  let count = 0
  for await (const batch of loadConversations(${isGzip ? 'members()' : 'text()'})) {
    count += batch.length
    const memory = process.memoryUsage()
    for (const key in most) most[key] = Math.max(most[key], memory[key] / 1e6)
  }
  console.log(JSON.stringify({ isWhole: count === rows, made: made / 1e6, ...most }))
`

describe('the memory of a load', () => {
  for (const [shape, isGzip, megabytes] of [
    ['lines', false, 130],
    ['lines', true, 130],
    ['array', false, 130],
    ['page', false, 80],
  ] as const) {
    const what = `${megabytes} MB of ${isGzip ? 'gzipped ' : ''}${shape}`
    it(`does not grow with the source: ${what} with a heap of ${HEAP} MB`, async () => {
      const options = [`--max-old-space-size=${HEAP}`, '--import', 'tsx', '--input-type=module', '--eval']
      const { stdout } = await promisify(execFile)(process.execPath, [...options, script(shape, isGzip, megabytes)])
      const { isWhole, made, heapUsed, arrayBuffers } = JSON.parse(stdout)
      expect(isWhole).toBe(true)
      expect(made).toBeGreaterThanOrEqual(megabytes)
      expect(heapUsed).toBeLessThan(HEAP)
      expect(arrayBuffers).toBeLessThan(HEAP)
    })
  }
})
