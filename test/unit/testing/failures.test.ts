/** The texts of failures, as a user reads them. */
import { describe, expect, test } from 'vitest'
import { ConversationStore, query } from '../../../src/index.ts'
import { matchers } from '../../../src/testing/assert.ts'
import { agent, called, chat, chatOf, failure, REFUND, storeOfThree, user } from './world.ts'

const store = storeOfThree()
const text = (result: unknown) => `\n${failure(result)}`
const notText = (result: unknown) => `\n${failure(result, true)}`

describe('toHaveConversation', () => {
  test('of a store', () => {
    const asked = query().customerId('kim').messageContains('refund')
    expect(text(matchers.toHaveConversation(store, asked))).toMatchInlineSnapshot(`
      "
      Expected the store to have a conversation that meets customerId("kim").messageContains("refund").
      None of 3 conversations meets both conditions:
        0 of 3: customerId("kim") <- empties the answer; without it, 2 conversations would be left. Did you mean customerId("Kim")?
        2 of 3: messageContains("refund")
      The nearest is "chat-1", which meets 1 of 2. It fails customerId("kim"): its customer_id is "Kim"."
    `)
  })
  test('of a query: its own conditions are not judged', () => {
    expect(
      text(matchers.toHaveConversation(store.query().device('mobile'), query().metadata('plan', 'free'))),
    ).toMatchInlineSnapshot(`
      "
      Expected the query device("mobile") to have a conversation that meets metadata("plan", "free").
      None of 2 conversations meets the condition:
        0 of 2: metadata("plan", "free")
      The nearest is "chat-1": its metadata.plan is "pro"."
    `)
  })
  test('of a chat', () => {
    expect(text(matchers.toHaveConversation(chat, query().device('tablet').marked(false)))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to meet device("tablet").marked(false).
      The only conversation does not meet both conditions:
        0 of 1: device("tablet") <- empties the answer; without it, 1 conversation would be left.
        1 of 1: marked(false)
      The nearest is "chat-1", which meets 1 of 2. It fails device("tablet"): its device is "mobile".
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('negated', () => {
    expect(notText(matchers.toHaveConversation(store, query().device('mobile')))).toMatchInlineSnapshot(`
      "
      Expected the store not to have a conversation that meets device("mobile").
      Found: "chat-3", "chat-1"."
    `)
    expect(notText(matchers.toHaveConversation(chat, query().device('mobile')))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" not to meet device("mobile").
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
})

describe('toHaveCount', () => {
  test('of a query, too few, too many and none', () => {
    expect(text(matchers.toHaveCount(store.query().device('mobile').marked(false), 3))).toMatchInlineSnapshot(`
      "
      Expected the query device("mobile").marked(false) to find 3 conversations, found 2.
      2 of 3 conversations meet both conditions:
        2 of 3: device("mobile")
        3 of 3: marked(false)
      Found: "chat-3", "chat-1"."
    `)
    expect(text(matchers.toHaveCount(store.query().device('mobile'), 1))).toMatchInlineSnapshot(`
      "
      Expected the query device("mobile") to find 1 conversation, found 2.
      Found: "chat-3", "chat-1"."
    `)
    expect(text(matchers.toHaveCount(store.query().device('mobil'), 1))).toMatchInlineSnapshot(`
      "
      Expected the query device("mobil") to find 1 conversation, found 0.
      None of 3 conversations meets the condition:
        0 of 3: device("mobil") <- Did you mean device("mobile")?
      The nearest is "chat-1": its device is "mobile"."
    `)
  })
  test('of a store', () => {
    expect(text(matchers.toHaveCount(store, 4))).toMatchInlineSnapshot(`
      "
      Expected the store to find 4 conversations, found 3.
      Found: "chat-3", "chat-2", "chat-1"."
    `)
    const many = new ConversationStore()
    many.addMany(Array.from({ length: 1_500 }, (_, i) => ({ conversation_id: `c${i}`, started_at: '2026-01-05' })))
    expect(text(matchers.toHaveCount(many, 0))).toMatchInlineSnapshot(`
      "
      Expected the store to find 0 conversations, found 1,500.
      Found: "c1499", "c1498", "c1497", "c1496", "c1495" and 1,495 more."
    `)
  })
  test('negated', () => {
    expect(notText(matchers.toHaveCount(store.query().device('mobile'), 2))).toMatchInlineSnapshot(`
      "
      Expected the query device("mobile") not to find 2 conversations, found 2.
      Found: "chat-3", "chat-1"."
    `)
    expect(notText(matchers.toHaveCount(store.query().device('tv'), 0))).toMatchInlineSnapshot(`
      "
      Expected the query device("tv") not to find 0 conversations, found 0."
    `)
  })
})

describe('toHaveAction', () => {
  test('with other arguments, and in another order', () => {
    const options = { input: { order: 18, note: 'x' }, times: 1, after: 'send_email' }
    expect(text(matchers.toHaveAction(chat, 'issue_refund', options))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to have 1 call of issue_refund with input { order: 18, note: "x" }, after send_email.
      It was called 2 times, but never like that:
        call 2: issue_refund({ order: 17, amount: 12 }) failed: card declined
          input.order: expected 18, got 17
          input.note: expected "x", but it is missing
          input.amount: 12 was not expected
          after send_email: it is call 2 of the conversation, and send_email is call 4
        call 3: issue_refund({ order: 17, amount: 12 }) -> "{\\"ok\\": true}"
          input.order: expected 18, got 17
          input.note: expected "x", but it is missing
          input.amount: 12 was not expected
          after send_email: it is call 3 of the conversation, and send_email is call 4
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('called more often', () => {
    expect(text(matchers.toHaveAction(store, 'issue_refund', { times: 1 }))).toMatchInlineSnapshot(`
      "
      Expected the store to have 1 call of issue_refund.
      It has 2 such calls:
        call 2 in "chat-1": issue_refund({ order: 17, amount: 12 }) failed: card declined
        call 3 in "chat-1": issue_refund({ order: 17, amount: 12 }) -> "{\\"ok\\": true}"
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('called by a name that is near, and by none', () => {
    expect(text(matchers.toHaveAction(chat, 'issue_refnd'))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to have a call of issue_refnd.
      issue_refnd was not called. Did you mean "issue_refund"?
      Called: lookup_order, issue_refund, send_email.
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
    expect(text(matchers.toHaveAction(store, 'delete_account'))).toMatchInlineSnapshot(`
      "
      Expected the store to have a call of delete_account.
      delete_account was not called.
      Called: lookup_order, issue_refund, send_email."
    `)
    expect(text(matchers.toHaveAction([user('Hi'), agent('Hello')], 'delete_account'))).toMatchInlineSnapshot(`
      "
      Expected the 2 messages to have a call of delete_account.
      No tool was called.
      Transcript:
        user: Hi
        agent: Hello"
    `)
  })
  test('that did not fail, or not so', () => {
    expect(text(matchers.toHaveAction(chat, 'send_email', { failed: true, error: 'bounced' }))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to have a call of send_email with error "bounced", that failed.
      It was called once, but never like that:
        call 4: send_email({ to: "kim@example.com" })
          error: expected "bounced", but it did not fail
          it did not fail
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
    expect(
      text(matchers.toHaveAction(chat, 'issue_refund', { error: /limit/, before: 'lookup_order' })),
    ).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to have a call of issue_refund with error /limit/, before lookup_order.
      It was called 2 times, but never like that:
        call 2: issue_refund({ order: 17, amount: 12 }) failed: card declined
          error: expected /limit/, got "card declined"
          before lookup_order: it is call 2 of the conversation, and lookup_order is call 1
        call 3: issue_refund({ order: 17, amount: 12 }) -> "{\\"ok\\": true}"
          error: expected /limit/, but it did not fail
          before lookup_order: it is call 3 of the conversation, and lookup_order is call 1
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('with another result, and an asymmetric matcher', () => {
    const options = { output: { ok: false }, input: expect.objectContaining({ amount: expect.any(String) }) }
    expect(text(matchers.toHaveAction(chat, 'issue_refund', options))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to have a call of issue_refund with input ObjectContaining<{ amount: Any<String> }>, with output { ok: false }.
      It was called 2 times, but never like that:
        call 2: issue_refund({ order: 17, amount: 12 }) failed: card declined
          input: expected ObjectContaining<{ amount: Any<String> }>, got { order: 17, amount: 12 }
          output: expected { ok: false }, got null
        call 3: issue_refund({ order: 17, amount: 12 }) -> "{\\"ok\\": true}"
          input: expected ObjectContaining<{ amount: Any<String> }>, got { order: 17, amount: 12 }
          output.ok: expected false, got true
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('after a tool that was never called', () => {
    expect(
      text(matchers.toHaveAction(chat, 'send_email', { after: 'lookup_ordr', before: 'zzz' })),
    ).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to have a call of send_email after lookup_ordr, before zzz.
      It was called once, but never like that:
        call 4: send_email({ to: "kim@example.com" })
          after lookup_ordr: that was not called. Did you mean "lookup_order"?
          before zzz: that was not called.
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('of many calls the first few', () => {
    const row = {
      ...REFUND,
      messages: Array.from({ length: 40 }, (_, i) => called('ping', { i, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })),
    }
    expect(text(matchers.toHaveAction(chatOf(row), 'ping', { input: { i: 99 } }))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to have a call of ping with input { i: 99 }.
      It was called 40 times, but never like that:
        call 1: ping({ i: 0, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
          input.i: expected 99, got 0
          input.a: 1 was not expected
          input.b: 2 was not expected
          input.c: 3 was not expected
          input.d: 4 was not expected
          and 2 more differences
        call 2: ping({ i: 1, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
          input.i: expected 99, got 1
          input.a: 1 was not expected
          input.b: 2 was not expected
          input.c: 3 was not expected
          input.d: 4 was not expected
          and 2 more differences
        call 3: ping({ i: 2, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
        and 265 more lines
      Transcript of "chat-1":
        agent: ping({"i":0,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":1,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":2,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":3,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":4,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":5,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":6,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":7,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":8,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":9,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":10,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":11,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":12,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":13,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":14,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":15,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":16,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        ... 23 lines after"
    `)
    expect(notText(matchers.toHaveAction(chatOf(row), 'ping'))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" not to have a call of ping.
      It has 40 such calls:
        call 1: ping({ i: 0, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
        call 2: ping({ i: 1, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
        call 3: ping({ i: 2, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
        call 4: ping({ i: 3, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
        call 5: ping({ i: 4, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
        and 35 more calls
      Transcript of "chat-1":
        agent: ping({"i":0,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":1,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":2,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":3,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":4,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":5,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":6,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":7,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":8,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":9,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":10,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":11,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":12,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":13,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":14,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":15,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        agent: ping({"i":16,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}) -> null
        ... 23 lines after"
    `)
  })
  test('negated', () => {
    const options = { input: { order: 17, amount: 12 }, failed: true, times: 1, before: 'send_email' }
    expect(notText(matchers.toHaveAction(chat, 'issue_refund', options))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" not to have 1 call of issue_refund with input { order: 17, amount: 12 }, that failed, before send_email.
      It has 1 such call:
        call 2: issue_refund({ order: 17, amount: 12 }) failed: card declined
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
})

describe('toHaveTrajectory', () => {
  test('in another order', () => {
    expect(
      text(matchers.toHaveTrajectory(chat, ['issue_refund', 'lookup_order', 'issue_refund', 'send_email'])),
    ).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to call just these tools in this order (strict):
        expected: issue_refund, lookup_order, issue_refund, send_email
        called:   lookup_order, issue_refund, issue_refund, send_email
        call 1: expected issue_refund, got lookup_order; issue_refund is call 2.
        call 2: expected lookup_order, got issue_refund; lookup_order is call 1.
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('too few, too many', () => {
    expect(text(matchers.toHaveTrajectory(chat, ['lookup_order']))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to call just these tools in this order (strict):
        expected: lookup_order
        called:   lookup_order, issue_refund, issue_refund, send_email
        call 2: expected no more, got issue_refund.
        call 3: expected no more, got issue_refund.
        call 4: expected no more, got send_email.
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
    expect(
      text(matchers.toHaveTrajectory([user('Hi'), called('a')], ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])),
    ).toMatchInlineSnapshot(`
      "
      Expected the 2 messages to call just these tools in this order (strict):
        expected: a, b, c, d, e, f, g, h
        called:   a
        call 2: expected b, got no more. Did you mean "a"?
        call 3: expected c, got no more. Did you mean "a"?
        call 4: expected d, got no more. Did you mean "a"?
        call 5: expected e, got no more. Did you mean "a"?
        call 6: expected f, got no more. Did you mean "a"?
        and 2 more differences
      Transcript:
        user: Hi
        agent: a() -> null"
    `)
  })
  test('unordered, subset, superset', () => {
    const names = ['issue_refund', 'lookup_ordr', 'send_email']
    expect(text(matchers.toHaveTrajectory(chat, names, { mode: 'unordered' }))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to call just these tools in any order (unordered):
        expected: issue_refund, lookup_ordr, send_email
        called:   lookup_order, issue_refund, issue_refund, send_email
        missing: lookup_ordr. Did you mean "lookup_order"?
        not expected: lookup_order, call 1.
        not expected: issue_refund, call 3.
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
    expect(text(matchers.toHaveTrajectory(chat, names, { mode: 'subset' }))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to call no other tools than these (subset):
        expected: issue_refund, lookup_ordr, send_email
        called:   lookup_order, issue_refund, issue_refund, send_email
        not expected: lookup_order, call 1.
        not expected: issue_refund, call 3.
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
    expect(text(matchers.toHaveTrajectory(chat, names, { mode: 'superset' }))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to call all of these tools (superset):
        expected: issue_refund, lookup_ordr, send_email
        called:   lookup_order, issue_refund, issue_refund, send_email
        missing: lookup_ordr. Did you mean "lookup_order"?
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('of a store: the nearest conversation', () => {
    expect(text(matchers.toHaveTrajectory(store, ['lookup_order', 'issue_refund', /mail/]))).toMatchInlineSnapshot(`
      "
      Expected the store to call just these tools in this order (strict):
        expected: lookup_order, issue_refund, /mail/
        called:   lookup_order, issue_refund, issue_refund, send_email in "chat-1"
        call 3: expected /mail/, got issue_refund; /mail/ is call 4.
        call 4: expected no more, got send_email.
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('negated, and without calls', () => {
    expect(notText(matchers.toHaveTrajectory(store, []))).toMatchInlineSnapshot(`
      "
      Expected the store not to call just these tools in this order (strict):
        expected: (none)
        called:   (none) in "chat-3"
      Transcript of "chat-3":
        user: Refund, now"
    `)
  })
})

describe('toHaveMessage', () => {
  test('a string: the nearest message', () => {
    expect(
      text(matchers.toHaveMessage(chat, 'refund of €12', { sender: 'agent', turn: 'last' })),
    ).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to have a message that contains "refund of €12", from agent, in the last turn.
      The nearest is from agent: "Done. A refund of € 12 is on its way."
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('a string in another case', () => {
    expect(text(matchers.toHaveMessage(store, 'refund, NOW'))).toMatchInlineSnapshot(`
      "
      Expected the store to have a message that contains "refund, NOW".
      The nearest is from end_user in "chat-3": "Refund, now"
      It differs in the case of its letters alone. A regular expression with the flag i ignores that.
      Transcript of "chat-3":
        user: Refund, now"
    `)
  })
  test('a regular expression and an asymmetric matcher', () => {
    expect(
      text(matchers.toHaveMessage([user('Is order 17 lost?'), agent('No')], /order\s\d+ was\slost/i, { turn: 1 })),
    ).toMatchInlineSnapshot(`
      "
      Expected the 2 messages to have a message that matches /order\\s\\d+ was\\slost/i, in turn 1.
      The nearest is from end_user: "Is order 17 lost?"
      Transcript:
        user: Is order 17 lost?
        agent: No"
    `)
    const content = expect.stringContaining('was lost')
    expect(
      text(matchers.toHaveMessage([user('It is lost'), agent('No')], content, { sender: 'end_user' })),
    ).toMatchInlineSnapshot(`
      "
      Expected the 2 messages to have a message that matches StringContaining<"was lost">, from end_user.
      The nearest is from end_user: "It is lost"
      Transcript:
        user: It is lost
        agent: No"
    `)
  })
  test('where nothing is alike, and where nothing was said', () => {
    expect(text(matchers.toHaveMessage([user('abc'), agent('def')], 'xyz'))).toMatchInlineSnapshot(`
      "
      Expected the 2 messages to have a message that contains "xyz".
      None is like it. The last is from agent: "def"
      Transcript:
        user: abc
        agent: def"
    `)
    expect(
      text(matchers.toHaveMessage([user('abc'), called('a')], 'xyz', { sender: 'agent', turn: 'last' })),
    ).toMatchInlineSnapshot(`
      "
      Expected the 2 messages to have a message that contains "xyz", from agent, in the last turn.
      Nothing was said by agent in that turn.
      Transcript:
        user: abc
        agent: a() -> null"
    `)
    expect(text(matchers.toHaveMessage([agent('abc')], 'xyz', { sender: 'end_user' }))).toMatchInlineSnapshot(`
      "
      Expected the 1 message to have a message that contains "xyz", from end_user.
      Nothing was said by end_user.
      Transcript:
        agent: abc"
    `)
  })
  test('of a long conversation the lines around it', () => {
    const messages = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? user(`Question ${i}`) : agent(`Answer ${i}`)))
    messages[31] = agent(`The refund\n\nwas sent. ${'So it goes. '.repeat(20)}`)
    expect(text(matchers.toHaveMessage(messages, 'refund was sent'))).toMatchInlineSnapshot(`
      "
      Expected the 60 messages to have a message that contains "refund was sent".
      The nearest is from agent: "The refund\\n\\nwas sent. So it goes. So it goes. So it goes. So it goes. So it goes. So it goes. So it goes. So it go...
      Transcript:
        ... 23 lines before
        agent: Answer 23
        user: Question 24
        agent: Answer 25
        user: Question 26
        agent: Answer 27
        user: Question 28
        agent: Answer 29
        user: Question 30
        agent: The refund
          was sent. So it goes. So it goes. So it goes. So it goes. So it goes. So it goes. So it goes. So it goes. So it goe...
        user: Question 32
        agent: Answer 33
        user: Question 34
        agent: Answer 35
        user: Question 36
        agent: Answer 37
        user: Question 38
        ... 21 lines after"
    `)
  })
  test('negated', () => {
    expect(notText(matchers.toHaveMessage(store, /refund of €\s?12/))).toMatchInlineSnapshot(`
      "
      Expected the store not to have a message that matches /refund of €\\s?12/.
      It has one from agent in "chat-1": "Done. A refund of € 12 is on its way."
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
})

describe('toMatchConversation', () => {
  test('other values', () => {
    const partial = { device: 'tablet', metadata: { plan: 'pro', order: { id: '17' }, tags: ['lost'], x: null } }
    expect(text(matchers.toMatchConversation(chat, partial))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to match { device: "tablet", metadata: { plan: "pro", order: { id: "17" }, tags: ["lost"], x: null } }.
      It differs:
        device: expected "tablet", got "mobile"
        metadata.order.id: expected "17", got 17
        metadata.tags: expected 1 of them, got 2: ["lost", "vip"]
        metadata.x: expected null, but it is missing
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('messages that are not there, and the nearest', () => {
    const messages = [
      { sender: 'end_user' },
      { content: expect.stringContaining('sorry'), sender: 'agent', action_name: undefined },
    ]
    expect(text(matchers.toMatchConversation(chat, { messages }))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to match { messages: [{ sender: "end_user" }, { content: StringContaining<"sorry">, sender: "agent", action_name: undefined }] }.
      It differs:
        messages[1]: none after messages[0] is { content: StringContaining<"sorry">, sender: "agent", action_name: undefined }
          messages[2].content: expected StringContaining<"sorry">, got "It is lost. Shall I refund it?"
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
    expect(
      text(matchers.toMatchConversation(chat, { messages: [{ content: /way\.$/ }, { sender: 'agent' }] })),
    ).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to match { messages: [{ content: /way\\.$/ }, { sender: "agent" }] }.
      It differs:
        messages[1]: none after messages[7] is { sender: "agent" }
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('a list that must be empty', () => {
    expect(text(matchers.toMatchConversation(chat, { feedbacks: [] }))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to match { feedbacks: [] }.
      It differs:
        feedbacks: expected 0 of them, got 1: [{ sentiment: "positive", source: "customer" }]
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('of a store: the nearest conversation', () => {
    expect(
      text(matchers.toMatchConversation(store, { device: 'tablet', metadata: { plan: 'pro' } })),
    ).toMatchInlineSnapshot(`
      "
      Expected the store to match { device: "tablet", metadata: { plan: "pro" } }.
      The conversation "chat-2" is the nearest. It differs:
        metadata.plan: expected "pro", got "free"
      Transcript of "chat-2":
        user: Hello?
        agent: Hello! How can I help?"
    `)
  })
  test('more differences than are shown', () => {
    const metadata = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`key${i}`, i]))
    expect(
      text(matchers.toMatchConversation([user('Hi')], { metadata: { ...metadata }, name: 'x' } as never)),
    ).toMatchInlineSnapshot(`
      "
      Expected the 1 message to match { metadata: { key0: 0, key1: 1, key2: 2, key3: 3, key4: 4, key5: 5, key6: 6, key7: 7, key8: 8, key9: 9, key10: 10, ke....
      It differs:
        metadata: expected { key0: 0, key1: 1, key2: 2, key3: 3, key4: 4, key5: 5, key6: 6, key7: 7, key8: 8, key9: 9, key10: 10, key11: 11, key..., but it is missing
        name: expected "x", but it is missing
      Transcript:
        user: Hi"
    `)
    expect(text(matchers.toMatchConversation(chat, { metadata }))).toMatchInlineSnapshot(`
      "
      Expected the conversation "chat-1" to match { metadata: { key0: 0, key1: 1, key2: 2, key3: 3, key4: 4, key5: 5, key6: 6, key7: 7, key8: 8, key9: 9, key10: 10, ke....
      It differs:
        metadata.key0: expected 0, but it is missing
        metadata.key1: expected 1, but it is missing
        metadata.key2: expected 2, but it is missing
        metadata.key3: expected 3, but it is missing
        metadata.key4: expected 4, but it is missing
        metadata.key5: expected 5, but it is missing
        metadata.key6: expected 6, but it is missing
        metadata.key7: expected 7, but it is missing
        metadata.key8: expected 8, but it is missing
        metadata.key9: expected 9, but it is missing
        and 4 more differences
      Transcript of "chat-1":
        user: Where is order 17?
        agent: lookup_order({"order":17}) -> {"status":"lost"}
        agent: It is lost. Shall I refund it?
        user: Yes, on its way or not: I want my money back.
        agent: issue_refund({"order":17,"amount":12}) failed: card declined
        agent: issue_refund({"order":17,"amount":12}) -> "{\\"ok\\": true}"
        agent: send_email({"to":"kim@example.com"}) -> null
        agent: Done. A refund of € 12 is on its way."
    `)
  })
  test('negated', () => {
    expect(notText(matchers.toMatchConversation(store, { device: 'tablet' }))).toMatchInlineSnapshot(`
      "
      Expected the store not to match { device: "tablet" }.
      The conversation "chat-2" does.
      Transcript of "chat-2":
        user: Hello?
        agent: Hello! How can I help?"
    `)
  })
})
