import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

test('the page shows what was recorded by the API', async () => {
  const server = spawn('node_modules/.bin/next', ['start', '--port', '0'], {
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  })
  try {
    const url = await new Promise((resolve) => {
      let printed = ''
      server.stdout.on('data', (text) => {
        printed += text
        const found = /http:\/\/localhost:[1-9]\d*/.exec(printed)
        if (found !== null && /Ready/.test(printed)) resolve(found[0])
      })
    })
    assert.match(await (await fetch(url)).text(), /<h1>0 conversations/)
    const answer = await fetch(`${url}/api/conversations/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ conversation_id: 'chat-1' }),
    })
    assert.equal(answer.status, 201)
    const page = await (await fetch(url)).text()
    assert.match(page, /<h1>1 conversations/)
    assert.match(page, /<li>chat-1/)
  } finally {
    server.kill()
    await once(server, 'exit')
  }
})
