/** json-server over a file (`rival.js FILE`, as its own command keeps it) or over rows in memory (`rival.js FILE memory`). */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface JsonServer {
  create(): { use(router: object): void } & Parameters<typeof createServer>[1]
  router(source: string | object): object
}

// Not installed with the project, which knows no types of it.
const NAME: string = 'json-server'
const [file, memory] = process.argv.slice(2) as [string, string?]
const { default: jsonServer } = (await import(NAME)) as { default: JsonServer }
// Neither its log nor compression, which would cost it time.
const app = jsonServer.create()
app.use(jsonServer.router(memory === undefined ? file : (JSON.parse(readFileSync(file, 'utf8')) as object)))
const server = createServer(app)
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
