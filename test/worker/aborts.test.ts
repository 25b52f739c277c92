/** When an aborted call ends: before it is sent, while it is under way, and by what the other side says of it. */
import { describe, expect, test } from 'vitest'
import { query } from '../../src/index.ts'
import { Calls } from '../../src/worker/calls.ts'
import type { Link } from '../../src/worker/link.ts'
import type { Outcome } from '../../src/worker/protocol.ts'

/** The page's side with a hand on the other: calls go out when `open` is called, and are answered by `answer`. */
function held() {
  const sent: string[] = []
  const dropped: number[] = []
  let open!: () => void
  let answer!: (outcome: Outcome) => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const answered = new Promise<Outcome>((resolve) => {
    answer = resolve
  })
  const remote = {
    call: (id: number, { method }: { method: string }) => {
      sent.push(`${id} ${method}`)
      return answered
    },
    drop: async (id: number) => void dropped.push(id),
  }
  const link = {
    isOpen: true,
    watch: () => () => {},
    send: async (act: (side: typeof remote) => unknown) => {
      await opened
      return act(remote)
    },
    tell: (act: (side: typeof remote) => Promise<void>) => void act(remote),
  }
  return { calls: new Calls(link as unknown as Link), sent, dropped, open, answer }
}

/** Lets all turn that can. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

const REASON = new Error('Enough.')

/** A call of a method, and how it ends: `'open'` until then. */
function begin({ calls }: ReturnType<typeof held>, method: 'count' | 'add' | 'load') {
  const control = new AbortController()
  const call = { end: 'open' as unknown, abort: () => control.abort(REASON) }
  calls.ask(method, [query(), { signal: control.signal }]).then(
    (value) => {
      call.end = { value }
    },
    (error: unknown) => {
      call.end = { error }
    },
  )
  return call
}

describe.each(['count', 'add', 'load'] as const)('%s', (method) => {
  test('that is aborted before it is sent ends at once, and is never sent', async () => {
    const it = held()
    const call = begin(it, method)
    await settled()
    call.abort()
    await settled()
    expect(call.end).toEqual({ error: REASON })
    it.open()
    await settled()
    expect([it.sent, it.dropped]).toEqual([[], []])
  })

  test('whose signal is aborted already is not sent', async () => {
    const it = held()
    it.open()
    const control = AbortSignal.abort(REASON)
    await expect(it.calls.ask(method, [query(), { signal: control }])).rejects.toBe(REASON)
    await settled()
    expect([it.sent, it.dropped]).toEqual([[], []])
  })
})

describe('a call that is under way', () => {
  test('asks: an abort ends it at once, and tells the other side', async () => {
    const it = held()
    it.open()
    const call = begin(it, 'count')
    await settled()
    expect([it.sent, call.end]).toEqual([['1 count'], 'open'])
    call.abort()
    await settled()
    expect([it.dropped, call.end]).toEqual([[1], { error: REASON }])
    it.answer({ value: 7 })
    await settled()
    expect(call.end).toEqual({ error: REASON })
  })

  test.each([
    ['was done all the same', { value: { added: 1, rejected: [] } }, { value: { added: 1, rejected: [] } }],
    ['was given up there', { error: { name: 'Error', message: 'dropped' } as never }, { error: REASON }],
  ])('writes: an abort tells the other side, whose answer counts: it %s', async (_, outcome, end) => {
    const it = held()
    it.open()
    const call = begin(it, 'add')
    await settled()
    call.abort()
    await settled()
    expect([it.sent, it.dropped, call.end]).toEqual([['1 add'], [1], 'open'])
    it.answer(outcome)
    await settled()
    expect(call.end).toEqual(end)
    // The signal is no longer listened to.
    call.abort()
    expect(it.dropped).toEqual([1])
  })
})
