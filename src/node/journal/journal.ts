/** An open journal: what is appended is safe before it is answered for, also while the file is folded. */
import { JournalError, messageOf } from './errors.ts'
import type { FileLayer } from './files.ts'
import type { LineText } from './line.ts'
import type { Unlock } from './lock.ts'
import { begun, toTexts, writeSnapshot } from './snapshot.ts'
import { LineWriter, type Slice } from './writer.ts'

/** The end of the name of the file that is written beside a journal and then takes its place. */
export const BESIDE = '.folding'

/**
 * A state that a journal keeps: an `AgentState` of `conversation-store/http`, or anything that changes by events alone.
 */
export interface JournaledState<Event extends object> {
  /**
   * Called while the journal is opened, with each recorded event, in order. What it throws is damage: the event was
   * recorded on another state. During a repair an event may be missing that this one builds on; throwing leaves this one
   * out. An `AbortError`, or whatever is thrown when `signal` is aborted, is not damage: opening rejects with it.
   */
  apply(event: Event): void
  /**
   * Events that make the present state from nothing, for folding. The first is taken during the call of `fold`, the
   * others bit by bit while the state goes on changing: together they must give the state as it was at the first.
   */
  snapshot(): Iterable<Event>
}

/** How a journal is opened. */
export interface JournalOptions {
  /** Called where the file is new, before `snapshot` is asked for what the file begins with: the place to fill the state. */
  readonly seed?: () => void | Promise<void>
  /** Whether to repair a damaged file, after copying it. Without it, opening rejects with `JOURNAL_DAMAGED`. */
  readonly repair?: boolean
  /** Ends the opening, which then rejects with its reason and has changed nothing. Ignored once the journal is open. */
  readonly signal?: AbortSignal
  /** Told in words what is worth knowing and stops nothing: a line cut off, a repair, a folding given up. */
  readonly onReport?: (text: string) => void
  /** Told while the file is read, in bytes. */
  readonly onProgress?: (bytes: number, totalBytes: number) => void
  /** The file is folded when it is over twice its size after the last folding, and over so many bytes: 8 MiB. */
  readonly foldBytes?: number
}

/** All that a journal works with. Tests give it another file system, and smaller slices. */
export interface JournalParts<Event extends object> extends JournalOptions {
  readonly state: JournaledState<Event>
  readonly files: FileLayer
  /** How much is written at a time. */
  readonly slice: Slice
}

/** An open journal. */
export interface Journal<Event extends object> {
  /** The file, with symbolic links followed. */
  readonly path: string
  /** Whether the file was not there, or empty, when it was opened. */
  readonly isNew: boolean
  /** The file's size in bytes. */
  readonly bytes: number
  /** Resolves with why the journal takes no more; never where it does not fail. */
  readonly failed: Promise<JournalError>
  /**
   * Records events, after all that were appended before. They are taken as they are at the call, and safe (written, and
   * fsync has said so) when the promise resolves; after a crash those of one call are all there, or none. All that waits
   * goes with one write and one fsync. Rejects with `INVALID_EVENT` for what is no JSON, and records nothing;
   * `JOURNAL_CLOSED`; `JOURNAL_FAILED` where the file cannot be written, now or since before: then the events may or may
   * not be there when it is opened again.
   */
  append(events: readonly Event[]): Promise<void>
  /**
   * Writes the file anew from `snapshot`, without what no longer matters, while appends go on. Happens by itself when it is
   * worth it. Rejects where it was given up, which is no harm; during another folding, gives that one.
   */
  fold(): Promise<void>
  /** Takes no more, finishes what was appended, gives up a folding, unlocks. Rejects where the last fsync fails. */
  close(): Promise<void>
}

/** What a folding under way is at. */
interface Folding {
  /** The last append that the snapshot has in it. */
  readonly ticket: number
  /** What was appended after that, and is safe in the old file, but not yet in the new one. */
  tail: LineText[]
  /** The new file, once it has all but a last tail. */
  ready: LineWriter | undefined
  readonly done: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** An append that waits. */
interface Waiting {
  /** Appends count from 1. */
  readonly ticket: number
  readonly lines: readonly LineText[]
  readonly resolve: () => void
  readonly reject: (error: JournalError) => void
}

/** A journal on a file that was read to its end. */
export class FileJournal<Event extends object> implements Journal<Event> {
  readonly path: string
  readonly isNew: boolean
  readonly failed: Promise<JournalError>
  readonly #parts: JournalParts<Event>
  readonly #unlock: Unlock
  #announce!: (error: JournalError) => void
  #writer: LineWriter
  /** The size after the last folding. */
  #foldedBytes: number
  #waiting: Waiting[] = []
  /** The last append taken, and the last that is safe. */
  #ticket = 0
  #safeTicket = 0
  #folding: Folding | undefined
  /** What writes to the file, one thing at a time; undefined where it rests. */
  #work: Promise<void> | undefined
  #failure: JournalError | undefined
  #closed: Promise<void> | undefined

  constructor(
    path: string,
    parts: JournalParts<Event>,
    unlock: Unlock,
    found: { writer: LineWriter; isNew: boolean; foldedBytes: number },
  ) {
    this.path = path
    this.isNew = found.isNew
    this.#parts = parts
    this.#unlock = unlock
    this.#writer = found.writer
    this.#foldedBytes = found.foldedBytes
    this.failed = new Promise((resolve) => {
      this.#announce = resolve
    })
    this.#foldIfWorth()
  }

  get bytes(): number {
    return this.#writer.bytes
  }

  append(events: readonly Event[]): Promise<void> {
    const refusal = this.#refusal()
    if (refusal !== undefined) return Promise.reject(refusal)
    let lines: LineText[]
    try {
      const texts = [...toTexts(events, this.path)]
      lines = texts.map((text, i) => ({ text, hasMore: i < texts.length - 1 }))
    } catch (error) {
      return Promise.reject(error)
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ticket: ++this.#ticket, lines, resolve, reject })
      this.#start()
    })
  }

  fold(): Promise<void> {
    if (this.#folding !== undefined) return this.#folding.done
    const refusal = this.#refusal()
    if (refusal !== undefined) return Promise.reject(refusal)
    let texts: Iterable<string>
    try {
      texts = begun(toTexts(this.#parts.state.snapshot(), this.path))
    } catch (error) {
      return Promise.reject(error)
    }
    let settle!: Pick<Folding, 'resolve' | 'reject'>
    const done = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject }
    })
    const folding: Folding = { ticket: this.#ticket, tail: [], ready: undefined, done, ...settle }
    this.#folding = folding
    void this.#writeBeside(folding, texts)
    return done
  }

  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #end(): Promise<void> {
    // Let `#closed` be set first.
    await undefined
    await this.#folding?.done.catch(() => {})
    while (this.#work !== undefined) await this.#work
    try {
      if (this.#failure === undefined) await this.#writer.sync()
    } catch (error) {
      throw this.#failureOf(error)
    } finally {
      await this.#writer.close().catch(() => {})
      await this.#unlock()
    }
  }

  #refusal(): JournalError | undefined {
    if (this.#failure !== undefined) return this.#failure
    if (this.#closed === undefined) return undefined
    return new JournalError('JOURNAL_CLOSED', this.path, 'the journal is closed, and takes no more.')
  }

  #start(): void {
    this.#work ??= this.#workOff()
  }

  /** One thing at a time, until nothing is left to do. */
  async #workOff(): Promise<void> {
    // What else is appended in this turn goes along.
    await undefined
    while (this.#failure === undefined) {
      const folding = this.#folding
      if (folding?.ready !== undefined && folding.ticket <= this.#safeTicket) await this.#change(folding, folding.ready)
      else if (this.#waiting.length > 0) await this.#carry()
      else break
    }
    // In the same step as the look at what is left, so that nothing is left lying.
    this.#work = undefined
  }

  /** All that waits, with one write and one fsync. */
  async #carry(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    try {
      await this.#writer.write(linesOf(batch))
      await this.#writer.sync()
    } catch (error) {
      await this.#fail(error, batch)
      return
    }
    const folding = this.#folding
    for (const { ticket, lines } of batch) {
      if (folding !== undefined && ticket > folding.ticket) for (const line of lines) folding.tail.push(line)
    }
    this.#safeTicket = batch[batch.length - 1]!.ticket
    for (const { resolve } of batch) resolve()
    this.#foldIfWorth()
  }

  /** For good: an fsync that failed may have dropped what it was to write, and the next would not say so. */
  async #fail(cause: unknown, batch: readonly Waiting[] = []): Promise<void> {
    const failure = this.#failureOf(cause)
    this.#failure = failure
    // What is not safe must not be read from the system's memory by whoever opens the file next, and be built upon.
    await this.#writer.takeBack().catch(() => {})
    const waiting = [...batch, ...this.#waiting]
    this.#waiting = []
    for (const { reject } of waiting) reject(failure)
    this.#announce(failure)
    if (this.#folding?.ready !== undefined) await this.#giveUp(this.#folding, this.#folding.ready, failure)
  }

  #failureOf(cause: unknown): JournalError {
    return new JournalError(
      'JOURNAL_FAILED',
      this.path,
      `it cannot be written: ${messageOf(cause)}. It takes no more.`,
      {
        cause,
      },
    )
  }

  #foldIfWorth(): void {
    const { foldBytes = 8_388_608 } = this.#parts
    if (this.#folding !== undefined || this.#refusal() !== undefined) return
    if (this.bytes <= foldBytes || this.bytes <= 2 * this.#foldedBytes) return
    this.fold().catch((error: unknown) => {
      // Not again before it has grown as much once more.
      this.#foldedBytes = this.bytes
      if (this.#closed === undefined && this.#failure === undefined) {
        this.#parts.onReport?.(`${this.path}: it could not be folded: ${messageOf(error)}. It goes on as it is.`)
      }
    })
  }

  /** Writes the new file, up to a last tail, while appends go to the old one. */
  async #writeBeside(folding: Folding, texts: Iterable<string>): Promise<void> {
    const check = () => {
      if (this.#failure !== undefined) throw this.#failure
      if (this.#closed !== undefined) throw this.#refusal()
    }
    let writer: LineWriter | undefined
    try {
      await this.#parts.files.remove(this.path + BESIDE)
      writer = await LineWriter.create(this.#parts.files, this.path + BESIDE, this.path, this.#parts.slice)
      await writeSnapshot(writer, texts, check)
      await writer.sync()
      // What came meanwhile; twice, so that what is left is what came in the time of one fsync.
      for (let rounds = 0; rounds < 2 && folding.tail.length > 0; rounds++) await this.#writeTail(folding, writer)
      check()
      folding.ready = writer
      this.#start()
    } catch (error) {
      await this.#giveUp(folding, writer, error)
    }
  }

  async #writeTail(folding: Folding, writer: LineWriter): Promise<void> {
    const lines = folding.tail
    folding.tail = []
    await writer.write(lines)
    await writer.sync()
  }

  /** The new file takes the place of the old one. Nothing is written to that meanwhile. */
  async #change(folding: Folding, writer: LineWriter): Promise<void> {
    try {
      if (folding.tail.length > 0) await this.#writeTail(folding, writer)
    } catch (error) {
      await this.#giveUp(folding, writer, error)
      return
    }
    // Windows replaces no file that is open.
    await this.#writer.close().catch(() => {})
    this.#writer = writer
    this.#foldedBytes = writer.bytes
    folding.ready = undefined
    try {
      await this.#parts.files.rename(this.path + BESIDE, this.path)
      await this.#parts.files.syncDirectory(this.path)
      folding.resolve()
    } catch (error) {
      await this.#fail(error)
      folding.reject(error)
    }
    this.#folding = undefined
  }

  async #giveUp(folding: Folding, writer: LineWriter | undefined, error: unknown): Promise<void> {
    await writer?.close().catch(() => {})
    await this.#parts.files.remove(this.path + BESIDE).catch(() => {})
    this.#folding = undefined
    folding.reject(error)
  }
}

function* linesOf(batch: readonly Waiting[]): Iterable<LineText> {
  for (const { lines } of batch) yield* lines
}
