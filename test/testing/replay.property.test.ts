/** Replays: as recorded there is no drift, and each single change is exactly that drift. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asJson } from '../../src/features/recording/json.ts'
import { ConversationStore } from '../../src/index.ts'
import { conversation } from '../../src/testing/arbitraries/index.ts'
import { metadata } from '../../src/testing/arbitraries/rows.ts'
import { type Agent, generateConversations, type OnMiss, recordedTools } from '../../src/testing/index.ts'
import { agentOf, type Deed, play, rowOf, type Script, scriptOf } from './replaying.ts'

const NONE = { more: [], less: [], otherArguments: [], otherOrder: [], texts: [] }

const driftOf = async (script: Script, agent: Agent, onMiss: OnMiss = 'nearest') => {
  const row = rowOf(script)
  return (await play(row, { agent, tools: recordedTools(row), onMiss })).drift
}

const callOf = (...names: string[]) =>
  fc.record({
    call: fc.constantFrom(...names),
    input: fc.oneof(
      metadata,
      fc.constantFrom<unknown>(1, 'a', {}, { order: 17 }, { order: 17, items: [1, { b: 2, a: 1 }] }),
    ),
    output: fc.oneof(metadata, fc.constantFrom<unknown>(null, 'done', 0)),
    error: fc.constantFrom('', '', '', 'It failed.'),
  })
const text = fc.record({ say: fc.constantFrom('Yes.', 'No.', 'It is lost.', 'Line\nline') })
const scriptOfTools = (...names: string[]): fc.Arbitrary<Script> =>
  fc.array(
    // The agent says something at the end of each turn, so that the next one is a turn of its own.
    fc.record({
      user: fc.constantFrom('Where is it?', 'Refund it'),
      agent: fc
        .array(fc.oneof({ weight: 3, arbitrary: callOf(...names) }, text), { maxLength: 6 })
        .map((all) => [...all, { say: 'So.' }]),
    }),
    { minLength: 1, maxLength: 3 },
  )

const script = scriptOfTools('lookup', 'refund', 'send', 'toString', '__proto__')

/** A script, and a place in it that is of a kind. */
const scriptWithPlace = (fits: (deed: Deed, next: Deed | undefined) => boolean) =>
  fc
    .tuple(script, fc.nat())
    .map(([given, at]) => {
      const places = given.flatMap(({ agent }, turn) =>
        agent.flatMap((deed, index) => (fits(deed, agent[index + 1]) ? [{ turn, index }] : [])),
      )
      return { given, place: places[at % Math.max(places.length, 1)] }
    })
    .filter(({ place }) => place !== undefined) as fc.Arbitrary<{
    given: Script
    place: { turn: number; index: number }
  }>

/** The script with the deeds at a place replaced. */
function changed(
  given: Script,
  { turn, index }: { turn: number; index: number },
  remove: number,
  ...put: Deed[]
): Script {
  return given.map((each, at) => (at === turn ? { ...each, agent: each.agent.toSpliced(index, remove, ...put) } : each))
}

const isCall = (deed: Deed | undefined): deed is Extract<Deed, { readonly call: string }> =>
  deed !== undefined && 'call' in deed

describe('an agent that does what was recorded has no drift', () => {
  test('of scripts', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (given) => {
        const drift = await driftOf(given, agentOf(given), 'throw')
        expect(drift, `${drift}`).toMatchObject(NONE)
        expect(drift.isEmpty).toBe(true)
      }),
    )
  })

  // Rows begin at the end of time too, after which no clock goes on.
  const now = () => '2026-01-05T10:00:00Z'

  test('of any conversation, and what was replayed can be replayed', async () => {
    await fc.assert(
      fc.asyncProperty(conversation(), async (given) => {
        const row = new ConversationStore().add(given)
        const said = scriptOf(row)
        fc.pre(said.length > 0)
        const first = await play(row, { agent: agentOf(said), tools: recordedTools(row), now })
        expect(first.drift, `${first.drift}`).toMatchObject(NONE)
        fc.pre(scriptOf(first.chat.toConversation()).length > 0)
        const { drift } = await play(first.chat, { agent: agentOf(scriptOf(first.chat.toConversation())), now })
        expect(drift, `${drift}`).toMatchObject(NONE)
      }),
    )
  })

  test('of generated conversations', async () => {
    for (const row of generateConversations({ count: 30 })) {
      const { drift } = await play(row, { agent: agentOf(scriptOf(row)) })
      expect(drift.isEmpty, `${drift}`).toBe(true)
    }
  })
})

describe('each single change is exactly that drift', () => {
  test('a call more', async () => {
    await fc.assert(
      fc.asyncProperty(
        scriptWithPlace(() => true),
        callOf('lookup', 'send', 'other'),
        async ({ given, place }, more) => {
          const drift = await driftOf(given, agentOf(changed(given, place, 0, more)), () => null)
          expect(drift).toMatchObject({
            ...NONE,
            more: [{ turn: place.turn + 1, name: more.call, input: asJson(more.input) }],
          })
        },
      ),
    )
  })

  test('a call less', async () => {
    await fc.assert(
      fc.asyncProperty(scriptWithPlace(isCall), async ({ given, place }) => {
        const less = given[place.turn]!.agent[place.index] as Extract<Deed, { call: string }>
        const drift = await driftOf(given, agentOf(changed(given, place, 1)), 'throw')
        expect(drift).toMatchObject({
          ...NONE,
          less: [{ turn: place.turn + 1, name: less.call, input: asJson(less.input) }],
        })
      }),
    )
  })

  test('other arguments', async () => {
    await fc.assert(
      fc.asyncProperty(scriptWithPlace(isCall), async ({ given, place }) => {
        const before = given[place.turn]!.agent[place.index] as Extract<Deed, { call: string }>
        const input = { now: 'another' }
        const drift = await driftOf(given, agentOf(changed(given, place, 1, { ...before, input })))
        const one = { turn: place.turn + 1, name: before.call, recorded: asJson(before.input), replayed: input }
        expect(drift).toMatchObject({ ...NONE, otherArguments: [one] })
      }),
    )
  })

  test('another order', async () => {
    const differ = (deed: Deed, next: Deed | undefined) =>
      isCall(deed) &&
      isCall(next) &&
      (deed.call !== next.call || JSON.stringify(asJson(deed.input)) !== JSON.stringify(asJson(next.input)))
    await fc.assert(
      fc.asyncProperty(scriptWithPlace(differ), async ({ given, place }) => {
        const [a, b] = given[place.turn]!.agent.slice(place.index) as [Deed, Deed]
        const drift = await driftOf(given, agentOf(changed(given, place, 2, b, a)), 'throw')
        expect(drift).toMatchObject({ ...NONE, otherOrder: drift.otherOrder })
        // Among equal calls, it may be another of them that stands elsewhere.
        expect(drift.otherOrder.length, `${drift}`).toBe(1)
      }),
    )
  })

  test('a text more, less and another', async () => {
    const isText = (deed: Deed) => 'say' in deed
    await fc.assert(
      fc.asyncProperty(
        scriptWithPlace(isText),
        fc.constantFrom('more', 'less', 'other'),
        async ({ given, place }, how) => {
          const { say } = given[place.turn]!.agent[place.index] as { say: string }
          const replayed = how === 'less' ? null : 'Something else.'
          const put = replayed === null ? [] : [{ say: replayed }]
          const drift = await driftOf(given, agentOf(changed(given, place, how === 'more' ? 0 : 1, ...put)), 'throw')
          const one = { turn: place.turn + 1, recorded: how === 'more' ? null : say, replayed }
          expect(drift).toMatchObject({ ...NONE, texts: [one] })
        },
      ),
    )
  })
})

test('every change shows in the text, under its turn', async () => {
  await fc.assert(
    fc.asyncProperty(scriptOfTools('lookup', 'send'), scriptOfTools('lookup', 'other'), async (given, other) => {
      fc.pre(other.length >= given.length)
      const drift = await driftOf(given, agentOf(other), () => null)
      const { more, less, otherArguments, otherOrder, texts } = drift
      const count = [more, less, otherArguments, otherOrder, texts].reduce((sum, { length }) => sum + length, 0)
      expect(drift.isEmpty).toBe(count === 0)
      expect(`${drift}`.match(/^ {2}[-+~>] /gm)?.length ?? 0).toBe(count)
    }),
  )
})
