/** The plain functions, and the matchers of Vitest's `expect`. */
import { AssertionError as NodeAssertionError } from 'node:assert'
import '../../../src/testing/vitest.ts'
import { describe, expect, test } from 'vitest'
import { asAsyncStore, query } from '../../../src/index.ts'
import { AssertionError, assert, matchers } from '../../../src/testing/assert.ts'
import { chat, failure, storeOfThree } from './world.ts'

function caught(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('Nothing was thrown.')
}

describe('plain functions', () => {
  const store = storeOfThree()

  test('give nothing where they hold', () => {
    expect(assert.toHaveAction(chat, 'send_email')).toBe(undefined)
    expect(assert.not.toHaveAction(chat, 'delete_account')).toBe(undefined)
    expect(assert.toHaveCount(store.query().device('mobile'), 2)).toBe(undefined)
    expect(assert.not.toHaveCount(store.query().device('mobile'), 3)).toBe(undefined)
    expect(assert.toHaveConversation(store, query().device('mobile'))).toBe(undefined)
    expect(assert.toHaveMessage(chat, /refund/)).toBe(undefined)
    expect(assert.toHaveTrajectory(chat, ['send_email'], { mode: 'superset' })).toBe(undefined)
    expect(assert.toMatchConversation(chat, { device: 'mobile' })).toBe(undefined)
  })

  test('throw what runners know, with the text of the matcher', () => {
    const error = caught(() => assert.toHaveAction(chat, 'send_email', { times: 2 })) as AssertionError
    expect(error).toBeInstanceOf(AssertionError)
    expect(error).toMatchObject({
      name: 'AssertionError',
      code: 'ERR_ASSERTION',
      generatedMessage: false,
      operator: 'toHaveAction',
      actual: [{ name: 'send_email', input: { to: 'kim@example.com' }, output: null, error: '' }],
      expected: { name: 'send_email', times: 2 },
      message: failure(matchers.toHaveAction(chat, 'send_email', { times: 2 })),
    })
    const known = new NodeAssertionError({ actual: 1, expected: 2, operator: 'x' })
    for (const key of ['name', 'code'] as const) expect(error[key]).toBe(known[key])
  })

  test('negated, where they hold', () => {
    const error = caught(() => assert.not.toHaveAction(chat, 'send_email'))
    expect(error).toMatchObject({ operator: 'not.toHaveAction', name: 'AssertionError' })
    expect(error.message).toBe(failure(matchers.toHaveAction(chat, 'send_email'), true))
  })

  test('of a store elsewhere they give promises', async () => {
    const elsewhere = asAsyncStore(store)
    await expect(assert.toHaveCount(elsewhere, 3)).resolves.toBe(undefined)
    await expect(assert.toHaveCount(elsewhere, 2)).rejects.toMatchObject({
      code: 'ERR_ASSERTION',
      actual: 3,
      expected: 2,
    })
    await expect(assert.not.toHaveCount(elsewhere, 3)).rejects.toMatchObject({ operator: 'not.toHaveCount' })
    await expect(assert.not.toHaveCount(elsewhere, 2)).resolves.toBe(undefined)
  })
})

describe('in Vitest', () => {
  const store = storeOfThree()

  test('every matcher, and negated', () => {
    expect(store).toHaveConversation(query().customerId('Kim').messageContains('refund'))
    expect(store).not.toHaveConversation(query().customerId('kim'))
    expect(store.query().device('mobile')).toHaveCount(2)
    expect(store.query().device('mobile')).not.toHaveCount(3)
    expect(chat).toHaveAction('issue_refund', {
      input: { order: 17, amount: expect.any(Number) },
      times: 1,
      after: 'lookup_order',
      before: 'send_email',
      failed: false,
    })
    expect(chat).not.toHaveAction('delete_account')
    expect(chat).toHaveTrajectory(['lookup_order', 'issue_refund', 'issue_refund', 'send_email', 'x'], {
      mode: 'subset',
    })
    expect(chat).not.toHaveTrajectory(['lookup_order'])
    expect(chat).toHaveMessage(/refund of €\s?12/, { sender: 'agent', turn: 'last' })
    expect(chat).not.toHaveMessage('sorry')
    expect(chat).toMatchConversation({
      device: 'mobile',
      messages: [{ sender: 'end_user' }, { content: expect.stringContaining('way') }],
    })
    expect(chat).not.toMatchConversation({ device: 'tablet' })
  })

  test('failures say what the matcher says', () => {
    const error = caught(() => expect(chat).toHaveAction('delete_account'))
    expect(error.message).toBe(failure(matchers.toHaveAction(chat, 'delete_account')))
    expect(caught(() => expect(chat).not.toHaveAction('send_email')).message).toBe(
      failure(matchers.toHaveAction(chat, 'send_email'), true),
    )
    // The message says it all: the reporter has nothing to print again.
    expect(error).not.toHaveProperty('diff')
    expect((error as { expected?: unknown }).expected).toBe(undefined)
  })

  test('a subject of another kind throws, negated too', () => {
    expect(() => expect(undefined).toHaveAction('a')).toThrow('got undefined')
    expect(() => expect(undefined).not.toHaveAction('a')).toThrow('got undefined')
    expect(() => expect(chat).not.toHaveAction('a', { tiems: 2 } as never)).toThrow('Did you mean "times"?')
  })

  test('of a store elsewhere they are awaited', async () => {
    const elsewhere = asAsyncStore(store)
    await expect(elsewhere).toHaveCount(3)
    await expect(elsewhere).not.toHaveAction('delete_account')
    await expect(Promise.resolve(expect(elsewhere).toHaveCount(2))).rejects.toThrow('found 3')
    await expect(Promise.resolve(expect(elsewhere).not.toHaveCount(3))).rejects.toThrow('not to find 3')
  })

  test('expect.poll waits for what is recorded later', async () => {
    const later = storeOfThree()
    let asked = 0
    const state = () => {
      if (++asked === 3) later.addMessage('chat-2', { sender: 'agent', content: '', action_name: 'greet' })
      return later
    }
    await expect.poll(state, { interval: 1 }).toHaveAction('greet')
    expect(asked).toBe(3)
    await expect.poll(() => later, { interval: 1 }).not.toHaveAction('delete_account')
    const never = expect.poll(() => later, { interval: 1, timeout: 5 }).toHaveAction('delete_account')
    await expect(never).rejects.toThrow('delete_account was not called.')
  })

  test('as asymmetric matchers', () => {
    expect({ chat }).toEqual({ chat: expect.toHaveAction('send_email') })
    expect({ chat }).not.toEqual({ chat: expect.toHaveAction('delete_account') })
  })
})

let isReached = false
test.fails('expect.soft notes a failure, which fails the test at its end', () => {
  const store = storeOfThree()
  expect.soft(store).toHaveCount(17)
  expect.soft(store).toHaveCount(3)
  isReached = true
})
test('and goes on', () => {
  expect(isReached).toBe(true)
})
