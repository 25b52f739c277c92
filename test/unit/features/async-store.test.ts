/** A store of this thread as an `AsyncStore`: what it refuses. What it answers is tested beside the store in a worker. */
import { describe, expect, test } from 'vitest'
import { asAsyncStore, ConversationStore, query } from '../../../src/index.ts'

const store = () => ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05' }])

async function all(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

describe('asAsyncStore', () => {
  test.each([undefined, null, 5, {}, [store()]])('refuses %j, which is not a store', (given) => {
    expect(() => asAsyncStore(given as never)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }))
  })

  test('export refuses options that it does not have, and does not write in another format', async () => {
    const pieces = asAsyncStore(store()).export(query(), { formt: 'csv' } as never)
    await expect(all(pieces)).rejects.toMatchObject({ code: 'UNKNOWN_PARAMETER' })
    await expect(all(asAsyncStore(store()).export(query(), null as never))).rejects.toMatchObject({
      code: 'INVALID_VALUE',
    })
  })

  test.each([undefined, null, 5, {}, { conversation_id: 'b', started_at: '2026-01-05' }])(
    'addMany refuses %j, which is not a list of rows',
    async (rows) => {
      const local = store()
      const error = { code: 'INVALID_VALUE', parameter: 'rows' }
      expect(() => local.addMany(rows as never)).toThrow(expect.objectContaining(error))
      await expect(asAsyncStore(local).addMany(rows as never)).rejects.toMatchObject(error)
      expect(local.size).toBe(1)
    },
  )
})
