/** `conversation-store serve` and `explore` as processes of their own, for tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** What a process is started with besides its arguments. */
export interface StartOptions {
  /** The command: `serve` when absent. */
  readonly name?: 'serve' | 'explore'
  readonly env?: Readonly<Record<string, string>>
  /** Shell commands to run in the process before the command takes its place. */
  readonly before?: string
}

/**
 * The command as one file beside the installed packages, so that it finds them: starts in a fraction of the time. Each
 * process that runs tests has its own, to be removed in the end.
 */
export async function buildCommand(name: string): Promise<string> {
  const outfile = join(ROOT, `node_modules/.cache/conversation-store/${name}-${process.pid}.mjs`)
  await build({
    entryPoints: [join(ROOT, 'src/cli/main.ts')],
    tsconfig: join(ROOT, 'tsconfig.json'),
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    packages: 'external',
    logLevel: 'error',
  })
  return outfile
}

/** A process of such a command, and what it has printed. */
export class Serving {
  readonly child: ChildProcess
  readonly exited: Promise<Exit>
  stdout = ''
  stderr = ''
  #wake = () => {}

  constructor(command: string, args: readonly string[], { name = 'serve', env = {}, before }: StartOptions = {}) {
    const line = [process.execPath, command, name, ...args]
    const shell = ['/bin/bash', '-c', `${before}; exec "$@"`, 'serve', ...line]
    const [program, ...rest] = before === undefined ? line : shell
    this.child = spawn(program!, rest, { env: { ...process.env, ...env } })
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve({ code, signal }))
    })
    this.child.stdout!.setEncoding('utf8').on('data', (text) => {
      this.stdout += text
      this.#wake()
    })
    this.child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.stderr += text
      this.#wake()
    })
  }

  /** Where it listens. Rejects where it ended before it did. */
  async listening(): Promise<string> {
    await this.printed(() => /\bat http:\/\/\S+\n/.test(this.stdout))
    return / at (http:\/\/\S+)\n/.exec(this.stdout)![1]!
  }

  /** Waits until what was printed is as wanted. */
  async printed(isAsWanted: () => boolean): Promise<void> {
    while (!isAsWanted()) {
      const more = new Promise<boolean>((resolve) => {
        this.#wake = () => resolve(true)
      })
      if (await Promise.race([more, this.exited.then(() => false)])) continue
      if (isAsWanted()) return
      throw new Error(`It ended with ${JSON.stringify(await this.exited)}.\n${this.stdout}${this.stderr}`)
    }
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.child.kill(signal)
    return this.exited
  }
}

/** A client of a server, of the contract's words. */
export class Client {
  readonly #url: string
  readonly #headers: Record<string, string>

  constructor(url: string, key?: string) {
    this.#url = url
    this.#headers = {
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Api-Key ${key}` }),
    }
  }

  /** Status and body of an answer. */
  // biome-ignore lint/suspicious/noExplicitAny: the body is whatever JSON came, and each test says what it should be.
  async send(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
    const init: RequestInit = { method, headers: this.#headers }
    if (body !== undefined) init.body = JSON.stringify(body)
    const answer = await fetch(this.#url + path, init)
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  get(path: string) {
    return this.send('GET', path)
  }

  post(path: string, body: unknown) {
    return this.send('POST', path, body)
  }

  /** The conversation ids of a list. */
  async list(query = ''): Promise<string[]> {
    const { body } = await this.get(`/api/conversations/?full=false&ordering=id&page_size=100${query}`)
    return body.results.map(({ conversation_id: id }: { conversation_id: string }) => id)
  }
}
