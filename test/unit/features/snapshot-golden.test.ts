/** Each released format is read for ever: one file of each stays in `test/data`. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MAJOR, MINOR } from '../../../src/features/snapshot/format.ts'
import { ConversationStore } from '../../../src/index.ts'
import { readSnapshotSync } from '../../../src/snapshot.ts'
import { plain } from '../../arbitraries/plain.ts'
import { answersOf } from '../../snapshot-rows.ts'

const data = new URL('../../data/', import.meta.url)
const rows = JSON.parse(readFileSync(new URL('snapshot-rows.json', data), 'utf8'))
const files = readdirSync(data).filter((name) => name.endsWith('.snap'))

test('there is a file of the format that is written now', () => {
  expect(files).toContain(`snapshot-${MAJOR}.${MINOR}.snap`)
})

describe.each(files)('%s', (file) => {
  const bytes = readFileSync(new URL(file, data))
  const right = ConversationStore.from(rows)

  test.each([{}, { verify: 'full' }, { documents: 'resident' }] as const)(
    'is opened with %o, and answers as its rows do',
    (options) => {
      const store = readSnapshotSync(bytes, options)
      expect([...store].map(plain)).toEqual([...right].map(plain))
      expect(answersOf(store)).toEqual(answersOf(right))
      expect(store.greatestIds).toEqual({ conversation: 101, message: 23, feedback: 10 })
      expect(store.add({ conversation_id: 'new', started_at: '2026-01-01' }).id).toBe(102)
    },
  )
})
