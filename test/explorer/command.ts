/** `conversation-store explore` as a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { inject } from 'vitest'

/** A command that serves. */
export interface Exploring {
  /** The address of the page. */
  readonly url: string
  /** The address of the API, without the slash at the end. */
  readonly api: string
  stop(): Promise<void>
}

/** Starts `explore` on a free port, and waits until it says where the page is. */
export async function explore(...args: string[]): Promise<Exploring> {
  const child = spawn(process.execPath, [inject('command'), 'explore', ...args, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  child.stderr.on('data', (chunk) => said.push(String(chunk)))
  const ended = once(child, 'close')
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, found] = /\bat (http\S+)$/.exec(line) ?? []
      if (found !== undefined) resolve(found)
    })
    ended.then(([code]) => reject(new Error(`explore ended with ${code}: ${said.join('')}`)), reject)
  })
  return {
    url,
    api: new URL('../api', url).href,
    async stop() {
      child.kill()
      await ended
    },
  }
}
