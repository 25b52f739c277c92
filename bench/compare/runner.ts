/** Runs one peer in a process of its own and hears what it tells. */
import { fork } from 'node:child_process'
import type { Built, Job, Told, Written } from './child.ts'
import type { Outcome } from './measure.ts'
import type { Options } from './options.ts'
import { HEAP, PROFILES, script } from './workshop.ts'

/** What one process found. */
export interface PeerRun {
  readonly peer: string
  readonly version: string | undefined
  readonly built: Built | undefined
  readonly outcomes: Readonly<Record<string, Outcome>>
  readonly writes: Readonly<Record<string, Written>>
  /** Why there is not more. */
  readonly failure: string | undefined
  /** Of the whole process. */
  readonly seconds: number
}

/** Runs a job, for so long at most. */
export function runPeer(
  job: Job,
  milliseconds: number,
  { isVerbose, isProfiled }: Pick<Options, 'isVerbose' | 'isProfiled'>,
): Promise<PeerRun> {
  const start = performance.now()
  const child = fork(script('child'), [JSON.stringify(job)], {
    execArgv: [
      '--expose-gc',
      HEAP,
      ...(isProfiled ? ['--cpu-prof', `--cpu-prof-dir=${PROFILES}`, `--cpu-prof-name=${job.peer}.cpuprofile`] : []),
    ],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', isVerbose ? 'inherit' : 'ignore', 'pipe', 'ipc'],
  })
  let version: string | undefined
  let built: Built | undefined
  let outcomes: Record<string, Outcome> = {}
  let writes: Readonly<Record<string, Written>> = {}
  let failure: string | undefined
  let isDone = false
  let printed = ''
  child.stderr!.on('data', (chunk) => {
    if (isVerbose) process.stderr.write(chunk)
    printed = (printed + String(chunk)).slice(-2_000)
  })
  child.on('message', (told: Told) => {
    if (told.type === 'built') {
      version = told.version
      built = told.built
    } else if (told.type === 'outcome') {
      outcomes[told.id] = told.outcome
    } else if (told.type === 'done') {
      outcomes = { ...told.outcomes }
      writes = told.writes
      isDone = true
    } else {
      failure = told.why
    }
  })
  const timer = setTimeout(() => {
    failure = `took more than ${Math.round(milliseconds / 60_000)} minutes`
    child.kill('SIGKILL')
  }, milliseconds)
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const ended = isDone ? undefined : (failure ?? `ended with ${signal ?? code}: ${lastLine(printed)}`)
      const seconds = (performance.now() - start) / 1_000
      resolve({ peer: job.peer, version, built, outcomes, writes, failure: ended, seconds })
    })
  })
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .find((line) => /error/i.test(line)) ??
    text.trim().split('\n').at(-1) ??
    ''
  )
}
