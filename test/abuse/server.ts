/** `serve` as it is built, in a process with a small heap, and what can be seen of it from outside. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const REPORT = fileURLToPath(new URL('./report-memory.cjs', import.meta.url))

export const MIB = 1_048_576

/** What a process holds after a garbage collection. */
export interface Held {
  readonly heapUsed: number
  readonly arrayBuffers: number
}

const running = new Set<Server>()

/** A process of `serve` on a free port of the loopback address. */
export class Server {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  url = ''
  /** The greatest resident size seen since the last `resetPeak`, in bytes. */
  peak = 0
  readonly #sampling: NodeJS.Timeout

  private constructor(args: readonly string[]) {
    const node = ['--max-old-space-size=512', '--expose-gc', '--require', REPORT]
    const given = [...node, COMMAND, 'serve', '--port', '0', ...args]
    this.child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.#sampling = setInterval(() => this.#sample(), 50)
    this.child.once('exit', () => {
      clearInterval(this.#sampling)
      running.delete(this)
    })
    running.add(this)
  }

  /** Starts one and waits until it listens or has ended. `ended` then tells which. */
  static async start(args: readonly string[], limitMs = 120_000): Promise<Server> {
    const server = new Server(args)
    const listening = async () => {
      while (!server.ended && !/ at http:\/\/\S+\n/.test(server.stdout)) await wait(20)
    }
    await within(limitMs, listening(), undefined)
    server.url = / at (http:\/\/\S+)\n/.exec(server.stdout)?.[1] ?? ''
    if (server.url === '' && !server.ended) await server.kill()
    return server
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** How it ended: an exit code, or the name of a signal. */
  get exit(): number | string | null {
    return this.child.exitCode ?? this.child.signalCode
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** The resident size now, in bytes; 0 where the system does not say. */
  get rss(): number {
    try {
      const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? []
      return Number(kib ?? 0) * 1024
    } catch {
      return 0
    }
  }

  resetPeak(): void {
    this.peak = this.rss
  }

  /** What it holds after a garbage collection; undefined where it does not answer in time. */
  async held(): Promise<Held | undefined> {
    if (this.ended || !this.child.connected) return undefined
    const answered = once(this.child, 'message').then(([held]) => held as Held)
    this.child.send('memory', () => {})
    return within(10_000, answered, undefined)
  }

  /** Waits for its end, for some time at most. */
  async untilEnd(limitMs: number): Promise<boolean> {
    for (const end = Date.now() + limitMs; !this.ended && Date.now() < end; ) await wait(20)
    return this.ended
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM')
    if (!(await this.untilEnd(10_000))) await this.kill()
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.untilEnd(10_000)
  }

  #sample(): void {
    this.peak = Math.max(this.peak, this.rss)
  }
}

/** Ends all that were started here, except one. */
export function killAll(other?: Server): void {
  for (const server of running) if (server !== other) server.child.kill('SIGKILL')
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What a promise comes to, or `otherwise` if that takes too long. */
export async function within<Value, Other>(
  ms: number,
  promise: Promise<Value>,
  otherwise: Other,
): Promise<Value | Other> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Other>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
