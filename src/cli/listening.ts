/** Listening as the options of the gate say, in their words where it cannot be done. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Handler, type Listening, listen, type RequestEntry } from '../node/listen.ts'
import { codeOf, UsageError } from './failure.ts'
import type { GateSettings } from './gate-options.ts'
import { printableLines } from './printable.ts'
import { reportingIgnored } from './serve-ignored.ts'
import { withoutKeys } from './serve-key.ts'
import { type Streams, say, sayRaw } from './streams.ts'

/** Characters of a path and query that are logged. */
const LOGGED_TARGET = 500

/** The part of a request's path and query that may be logged. */
function shownTo(gate: GateSettings): (target: string) => string {
  return (target) => withoutKeys(target, gate.keys.keys()).slice(0, LOGGED_TARGET)
}

/** The API's handler, which reports the parameters that it ignores. */
export function reporting(api: Handler, gate: GateSettings, streams: Streams): Handler {
  return reportingIgnored(api, (line) => say(streams, line), shownTo(gate))
}

/** Listens. Throws a `UsageError` where it cannot. */
export async function listenAt(gate: GateSettings, handler: Handler, streams: Streams): Promise<Listening> {
  const { port, host, allowHosts, trustProxy, isPortFree } = gate
  const onError = (error: unknown) => sayRaw(streams, printableLines(`error: ${stackOf(error)}\n`))
  const shown = shownTo(gate)
  const log = ({ method, target, status, ms }: RequestEntry) => {
    const time = new Date().toISOString()
    say(streams, `${time} ${method} ${shown(target)} ${status ?? 'cut off'} ${ms.toFixed(1)} ms`)
  }
  try {
    const options = { port, host, allowHosts, trustProxy, onError }
    return await listen(handler, gate.log ? { ...options, onRequest: log } : options)
  } catch (error) {
    if (isPortFree && codeOf(error) === 'EADDRINUSE')
      return listenAt({ ...gate, port: 0, isPortFree: false }, handler, streams)
    throw unable(error, gate)
  }
}

/** Throws where it cannot listen: a port that is taken is reported before the files are read, which may take long. */
export async function checkAddress(gate: GateSettings): Promise<void> {
  const server = createServer().listen(gate.isPortFree ? 0 : gate.port, gate.host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw unable(error, gate)
  }
  server.close()
  await once(server, 'close')
}

/** Why it cannot listen there, in the words of the options. */
function unable(error: unknown, gate: GateSettings): unknown {
  const why = UNABLE[String(codeOf(error))]
  return why === undefined ? error : new UsageError(why(gate))
}

/** By the code of Node's error. */
const UNABLE: Readonly<Record<string, (gate: GateSettings) => string>> = {
  EADDRINUSE: ({ port, host }) =>
    `--port ${port} of ${host} is taken. Stop the process that has it, or give another port; 0 takes a free one.`,
  EADDRNOTAVAIL: ({ host }) => `--host ${host} is not an address of this machine.`,
  EACCES: ({ port }) => `--port ${port} needs more rights. Give a port from 1024 on, or 0.`,
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
