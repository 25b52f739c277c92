/** The life of a server: what it stands on is opened, it listens until it is to stop, and all is closed. */
import type { Handler, Listening } from '../node/listen.ts'
import { StopError } from './failure.ts'
import type { GateSettings } from './gate-options.ts'
import { checkAddress, listenAt } from './listening.ts'
import type { Backing } from './serve-backing.ts'
import { Stop } from './stop.ts'
import type { Streams } from './streams.ts'

/** A server of a command. */
export interface ServerParts {
  readonly gate: GateSettings
  /** Opens the conversations. Rejects with the signal's reason when aborted. */
  open(signal: AbortSignal): Promise<Backing>
  /** Makes what answers. */
  handle(backing: Backing, signal: AbortSignal): Promise<ServerHandler>
  /** It listens now. */
  announce(server: Listening): Promise<void>
}

/** What answers. */
export interface ServerHandler {
  readonly handler: Handler
  /** Ends answers that would not end by themselves, and what is done for none. May be called twice. */
  end(): void
}

/** Serves until a signal comes. Throws a `StopError` where it had to stop by itself. */
export async function runServer(parts: ServerParts, streams: Streams): Promise<void> {
  const stop = new Stop()
  try {
    await checkAddress(parts.gate)
    const backing = await parts.open(stop.signal)
    await closing(backing, () => serve(parts, backing, streams, stop))
  } catch (error) {
    // A signal before it listens ends the reading, which is no failure.
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error
  } finally {
    stop.forget()
  }
}

/** Listens until it is to stop, and answers the requests that have come by then. */
async function serve(parts: ServerParts, backing: Backing, streams: Streams, stop: Stop): Promise<void> {
  const { handler, end } = await parts.handle(backing, stop.signal)
  try {
    const server = await listenAt(parts.gate, handler, streams)
    try {
      await parts.announce(server)
      backing.start()
      await Promise.race([backing.failed, stop.requested])
    } finally {
      end()
      await server.close()
    }
  } finally {
    end()
  }
  // It may have failed with the last requests.
  const failure = await Promise.race([backing.failed, undefined])
  if (failure !== undefined) throw new StopError(`${failure.message} The server has stopped.`)
}

/** Does the work, and closes the backing however it ends. */
async function closing(backing: Backing, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    // The first failure says more than those that follow from it.
    await backing.stop().catch(() => {})
    throw error
  }
  try {
    await backing.stop()
  } catch (error) {
    throw new StopError((error as Error).message)
  }
}
