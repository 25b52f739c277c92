import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

/** The Worker as Wrangler makes it: one script, and the snapshot beside it. */
async function start(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker'],
    external: ['*.snap'],
  })
  return new Miniflare({
    modules: [
      { type: 'ESModule', path: 'worker.js', contents: outputFiles[0].text },
      { type: 'Data', path: 'conversations.snap', contents: readFileSync('src/conversations.snap') },
    ],
    compatibilityDate: '2026-01-01',
  })
}

for (const entry of ['src/worker.ts', 'src/quick-start.ts']) {
  describe(entry, () => {
    let worker

    before(async () => {
      worker = await start(entry)
    })
    after(() => worker.dispose())

    test('a route of the Worker asks the store', async () => {
      const answer = await worker.dispatchFetch('http://worker/refunds')
      assert.deepEqual(await answer.json(), { count: 2, ids: ['order-20', 'order-17'] })
    })

    test('all other routes are those of the hosted API', async () => {
      const url = 'http://worker/api/conversations/?device=mobile&language=de'
      assert.equal((await worker.dispatchFetch(url)).status, 401)
      const answer = await worker.dispatchFetch(url, { headers: { authorization: 'Api-Key read-key' } })
      assert.equal((await answer.json()).count, 1)
    })
  })
}
