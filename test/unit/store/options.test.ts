/** Names that nobody knows are errors in code: of options and of parameters, each with the nearest that there is. */
import { describe, expect, test } from 'vitest'
import * as core from '../../../src/core.ts'
import { warm, warmAsync } from '../../../src/features/indexes/index.ts'
import * as full from '../../../src/index.ts'
import { errorOf } from '../query/faults-of.ts'

const ROW = { conversation_id: 'a', started_at: '2026-01-05' }

describe.each([
  ['the full package', full],
  ['the core', core],
])('%s', (_, { ConversationStore, Query, query }) => {
  const store = ConversationStore.from([ROW])
  const loose = (options: object) => options as never

  test.each<[string, () => unknown, string, RegExp]>([
    ['a store', () => new ConversationStore(loose({ defaultPagesize: 5 })), 'defaultPagesize', /"defaultPageSize"/],
    [
      'from',
      () => ConversationStore.from([ROW], loose({ onInvald: 'skip' })),
      'onInvald',
      /ConversationStore.from .*"onInvalid"/,
    ],
    ['from', () => ConversationStore.from([ROW], loose({ maxPagSize: 5 })), 'maxPagSize', /"maxPageSize"/],
    ['addMany', () => new ConversationStore().addMany([ROW], loose({ onInvald: 'skip' })), 'onInvald', /"onInvalid"/],
    ['warm', () => warm(store, loose({ texts: false })), 'texts', /"text"/],
    ['toSearchParams', () => query().toSearchParams(loose({ hostd: true })), 'hostd', /"hosted"/],
    ['fromSearchParams', () => Query.fromSearchParams('', store, loose({ strickt: false })), 'strickt', /"strict"/],
    ['fetchConversations', () => store.fetchConversations('', loose({ strickt: false })), 'strickt', /"strict"/],
    ['a parameter of a URL', () => store.fetchConversations('?devcie=mobile'), 'devcie', /"device"/],
    ['a parameter of a URL', () => Query.fromSearchParams('devcie=mobile'), 'devcie', /"device"/],
    [
      'a parameter of a URL',
      () => Query.fromSearchParams('devcie=', store, { strict: undefined as never }),
      'devcie',
      /"device"/,
    ],
    ['__proto__', () => Query.fromSearchParams('__proto__=1'), '__proto__', /__proto__/],
  ])('%s', (_, call, parameter, message) => {
    expect(errorOf(call)).toMatchObject({
      code: 'UNKNOWN_PARAMETER',
      parameter,
      message: expect.stringMatching(message),
    })
  })

  test('nothing changes by a call with an unknown option', () => {
    const before = new ConversationStore()
    expect(() => before.addMany([ROW], loose({ onDuplicat: 'skip' }))).toThrow()
    expect(before.size).toBe(0)
  })

  test('warmAsync rejects', async () => {
    await expect(warmAsync(store, loose({ slicems: 5 }))).rejects.toMatchObject({ parameter: 'slicems' })
    await warmAsync(store, { sliceMs: 5, text: false, metadata: ['a'], onProgress: () => {} })
  })

  test('rows in place of options say how a store with rows is made', () => {
    for (const given of [[ROW], new Set([ROW]), [], null, 'x', 5]) {
      expect(errorOf(() => new ConversationStore(given as never)).message).toContain('ConversationStore.from(rows)')
    }
  })

  test('known ones are taken', () => {
    const made = ConversationStore.from([ROW, ROW], {
      defaultPageSize: 5,
      maxPageSize: 50,
      baseUrl: 'http://x.test/',
      onListenerError: () => {},
      onInvalid: 'skip',
      onDuplicate: 'skip',
      own: true,
    })
    expect([made.size, made.fetchConversations('').page_size]).toEqual([1, 5])
    expect(Query.fromSearchParams('devcie=mobile', made, { strict: false }).count()).toBe(1)
    expect(made.fetchConversations('devcie=mobile&device=tv', { strict: false }).count).toBe(0)
  })
})
