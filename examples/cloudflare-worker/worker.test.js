import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

let worker

before(async () => {
  const { outputFiles } = await build({
    entryPoints: ['src/worker.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'worker'],
  })
  worker = new Miniflare({ modules: true, script: outputFiles[0].text, compatibilityDate: '2026-01-01' })
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
