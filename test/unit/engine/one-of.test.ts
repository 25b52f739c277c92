/** Whether one message, or one run of an action, has all that is named. */
import { describe, expect, test } from 'vitest'
import { messageTest, partOf, runTest } from '../../../src/engine/one-of.ts'
import type { ActionMatch, MessageMatch } from '../../../src/query/spec.ts'
import type { ActionLog, Message } from '../../../src/row/conversation.ts'

const file = { id: 1, filename: 'a.png' }

describe('messageTest', () => {
  const says = (more: object) =>
    ({ id: 1, sender: 'agent', content: 'Your Refund is late', ...more }) as unknown as Message

  test.each<[MessageMatch, more: object, boolean]>([
    [{ sender: 'agent' }, {}, true],
    [{ sender: 'end_user' }, {}, false],
    [{ contains: ['REFUND'] }, {}, true],
    [{ contains: ['refund', 'late'] }, {}, true],
    [{ contains: ['refund', 'early'] }, {}, false],
    [{ contains: [] }, {}, false],
    [{ hasAttachments: true }, { attachments: [file] }, true],
    [{ hasAttachments: true }, { attachments: [] }, false],
    [{ hasAttachments: true }, { attachments: null }, false],
    [{ hasAttachments: true }, {}, false],
    [{ hasAttachments: false }, {}, true],
    [{ hasAttachments: false }, { attachments: [file] }, false],
    [{ sender: 'agent', contains: ['late'], hasAttachments: true }, { attachments: [file] }, true],
    [{ sender: 'end_user', contains: ['late'], hasAttachments: true }, { attachments: [file] }, false],
    [{ sender: 'agent', contains: ['early'], hasAttachments: true }, { attachments: [file] }, false],
    [{ sender: 'agent', contains: ['late'], hasAttachments: true }, {}, false],
  ])('%j of %j: %j', (asked, more, isMet) => {
    expect(messageTest(asked)(says(more))).toBe(isMet)
  })
})

describe('runTest', () => {
  const message = { id: 1, sender: 'agent', content: '', action_name: 'look' } as unknown as Message
  const run = { tools_used: { order: 'A-17' }, response: 'Found', error_message: 'Lost', duration_ms: 500 } as ActionLog

  test.each<[ActionMatch, boolean]>([
    [{ name: ['look'] }, true],
    [{ name: ['find', 'look'] }, true],
    [{ name: ['find'] }, false],
    [{ name: [] }, false],
    [{ failed: true }, true],
    [{ failed: false }, false],
    [{ input: '"ORDER":"a-17"' }, true],
    [{ input: 'found' }, false],
    [{ output: 'found' }, true],
    [{ output: 'order' }, false],
    [{ error: 'lost' }, true],
    [{ error: 'found' }, false],
    [{ input: 'order', output: 'found', error: 'lost' }, true],
    [{ input: 'order', output: 'found', error: 'late' }, false],
    [{ longerThan: 499 }, true],
    [{ longerThan: 500 }, false],
    [{ shorterThan: 501 }, true],
    [{ shorterThan: 500 }, false],
    [{ longerThan: 499, shorterThan: 501 }, true],
    [{ longerThan: 501, shorterThan: 502 }, false],
    [{ name: ['look'], failed: true, longerThan: 1 }, true],
    [{ name: ['find'], failed: true, longerThan: 1 }, false],
  ])('%j: %j', (asked, isMet) => {
    expect(runTest(asked)(run, message)).toBe(isMet)
  })

  test('what a run does not have is not met', () => {
    const nothing: ActionLog = {}
    for (const asked of [
      { input: 'undefined' },
      { input: 'a' },
      { output: 'a' },
      { error: 'a' },
      { failed: true },
      { longerThan: 0 },
      { shorterThan: 9 },
    ] as ActionMatch[])
      expect([asked, runTest(asked)(nothing, message)]).toEqual([asked, false])
    expect(runTest({ failed: false })(nothing, message)).toBe(true)
  })
})

test('an error message that is no string is none; other parts are compact JSON', () => {
  const run = { tools_used: [1, 'a'], response: { a: 1 }, error_message: { a: 1 } } as unknown as ActionLog
  expect([partOf(run, 'tools_used'), partOf(run, 'response'), partOf(run, 'error_message')]).toEqual([
    '[1,"a"]',
    '{"a":1}',
    undefined,
  ])
  expect([partOf({ error_message: 'x' }, 'error_message'), partOf({}, 'response')]).toEqual(['x', undefined])
})
