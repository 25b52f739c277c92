/** The servers under load, each a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Hold } from './hold.ts'

/** A server that listens. */
export interface Running {
  readonly url: string
  /** For how long its event loop was held since this was asked last. Of `serve` with `--hold` alone. */
  hold(): Promise<Hold>
  stop(): Promise<void>
}

/** `conversation-store serve` with these arguments on a free port; `isWatched` loads the watch over its event loop. */
export function serve(folder: string, args: readonly string[], isWatched = false): Promise<Running> {
  const watch = isWatched ? ['--import', join(folder, 'hold.mjs')] : []
  return start([...watch, '--max-old-space-size=8000', join(folder, 'cli.mjs'), 'serve', ...args, '--port', '0'])
}

/** json-server over a file of rows, which it writes anew at each write, or over those rows in memory. */
export function rival(folder: string, file: string, where: 'file' | 'memory'): Promise<Running> {
  return start([join(folder, 'rival.mjs'), file, ...(where === 'memory' ? ['memory'] : [])])
}

async function start(args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const url = await urlOf(child)
  return {
    url,
    async hold() {
      child.send('hold')
      const [hold] = (await once(child, 'message')) as [Hold]
      return hold
    },
    async stop() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Where it listens: the first address that it prints. */
function urlOf(child: ChildProcess): Promise<string> {
  let printed = ''
  return new Promise((resolve, reject) => {
    const read = (chunk: unknown) => {
      printed += chunk
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? []
      if (url !== undefined) resolve(url)
    }
    child.stdout!.on('data', read)
    child.stderr!.on('data', (chunk) => {
      printed += chunk
    })
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${printed}`)))
    process.once('exit', () => child.kill('SIGKILL'))
  })
}
