import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

test('finds the conversations that contain a word, ignoring case', () => {
  const printed = execFileSync(process.execPath, ['ask.js', 'conversations.ndjson', 'refund'], { encoding: 'utf8' })
  assert.equal(
    printed,
    [
      '2 of 6 conversations contain "refund":',
      '2026-01-08T10:00:00Z  order-20  I want a REFUND now!',
      '2026-01-05T10:00:00Z  order-17  Where is my refund?',
      'mobile: 2',
      '',
    ].join('\n'),
  )
})
