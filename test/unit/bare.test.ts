import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'

/** The core as one script, as an edge bundler makes it: what it fetches when `load` is called is in it too. */
async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minifyWhitespace: true,
    format: 'iife',
    globalName: 'library',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    tsconfig: 'tsconfig.node.json',
  })
  return outputFiles[0]!.text
}

/** A realm with the language and `URLSearchParams`, where code from texts is forbidden, as edge runtimes have it. */
function bareRealm() {
  return createContext({ URLSearchParams }, { codeGeneration: { strings: false, wasm: false } })
}

describe('the core in a realm with the language and URLSearchParams alone', async () => {
  const code = await bundled('src/index.ts')

  test('is imported and answers', () => {
    const realm = bareRealm()
    runInContext(code, realm)
    const answer = runInContext(
      `
      const rows = Array.from({ length: 200 }, (_, i) => ({
        conversation_id: 'c' + i,
        started_at: new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString(),
        device: i % 3 ? 'mobile' : 'desktop',
        messages: [{ sender: 'agent', content: i % 5 ? 'Hello' : 'A Refund, Straße' }],
      }))
      const store = library.ConversationStore.from(rows)
      store.warm()
      const asked = store.query().device('mobile').messageContains('refund, STRA').startedWithin({ days: 1 }, '2026-01-01T10:00:00Z')
      JSON.stringify([asked.count(), asked.explain().count, store.fetchConversations(asked.toSearchParams()).count, asked.pageSize(5).fetch().next])
      `,
      realm,
    )
    const [count, explained, byUrl, next] = JSON.parse(answer)
    const expected = Array.from({ length: 200 }, (_, i) => i).filter((i) => i % 3 && i % 5 === 0).length
    expect([count, explained, byUrl]).toEqual([expected, expected, expected])
    expect(next).toContain('page=2')
  })

  test('stores rows and judges errors of another realm', () => {
    const realm = bareRealm()
    runInContext(code, realm)
    const store = runInContext('new library.ConversationStore()', realm)
    store.add({ conversation_id: 'a', started_at: '2026-01-05', metadata: JSON.parse('{"__proto__": {"x": [1]}}') })
    expect(store.query().metadata(['__proto__', 'x', '0'], 1).count()).toBe(1)
    expect(store.query().startedBefore(new Date('2026-01-05T00:00:00Z')).count()).toBe(1)
    expect(() => store.add({ conversation_id: 'b', started_at: new Date() })).toThrowError(/started_at/)
  })

  test('names no global of a runtime', () => {
    // Compression of the runtime is taken of whatever the global object has as "process", in one place.
    expect(code.match(/"process"|'process'/g)).toHaveLength(1)
    expect(code.match(/\b(process|Buffer|btoa|atob|eval|require)\b(?!['":])/g) ?? []).toEqual([])
    expect(code).not.toMatch(/new Function|node:|Math\.random/)
    // Seeds are drawn where there is `crypto`, which is read of the global object and may be absent, as it is in this realm.
    expect(code.match(/.{5}\bcrypto\b/g)).toEqual([expect.stringMatching(/\.crypto$/)])
  })
})
