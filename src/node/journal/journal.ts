/** An open journal: appended events are safe before the promise resolves, also while the file is folded. */
import { systemText } from '../../base/system-text.ts'
import { isJournalError, JournalError } from './errors.ts'
import type { LineText } from './line.ts'
import type { Unlock } from './lock-file.ts'
import { begun, toTexts, writeSnapshot } from './snapshot.ts'
import type { Journal, JournalParts } from './types.ts'
import { LineWriter } from './writer.ts'

/** The end of the name of the file that is written beside a journal and then takes its place. */
export const BESIDE = '.folding'

/** A folding under way. */
interface Folding {
  /** The last append that the snapshot contains. */
  readonly ticket: number
  /** Appended after that: safe in the old file, and not in the new one yet. */
  tail: LineText[]
  /** The new file, once it has all except a last tail. */
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
  /** The work on the file, one thing at a time; undefined while there is no work. */
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
    // So that `#closed` is set first.
    await undefined
    await this.#folding?.done.catch(() => {})
    while (this.#work !== undefined) await this.#work
    try {
      if (this.#failure === undefined) {
        await this.#writer.sync()
        await this.#writer.check(this.path)
      }
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
    // Appends of the same turn are written together.
    await undefined
    while (this.#failure === undefined) {
      const folding = this.#folding
      if (folding?.ready !== undefined && folding.ticket <= this.#safeTicket) await this.#change(folding, folding.ready)
      else if (this.#waiting.length > 0) await this.#carry()
      else break
    }
    // In the same step as the check for more work, so that none is missed.
    this.#work = undefined
  }

  /** Records all that waits, with one write and one fsync. */
  async #carry(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    try {
      // Before, so that nothing is added to what another program has written; and after, since what is in a file without
      // a name is not safe.
      await this.#writer.check(this.path)
      await this.#writer.write(linesOf(batch))
      await this.#writer.sync()
      await this.#writer.check(this.path)
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

  /** Final: an fsync that failed may have dropped the data, and the next one would not report it. */
  async #fail(cause: unknown, batch: readonly Waiting[] = []): Promise<void> {
    const failure = this.#failureOf(cause)
    this.#failure = failure
    // The next opening must not read, and build on, data that is only in the system's memory. What others have written
    // to the file is not ours to cut off.
    if (!isJournalError(cause)) await this.#writer.takeBack().catch(() => {})
    const waiting = [...batch, ...this.#waiting]
    this.#waiting = []
    for (const { reject } of waiting) reject(failure)
    this.#announce(failure)
    if (this.#folding?.ready !== undefined) await this.#giveUp(this.#folding, this.#folding.ready, failure)
  }

  #failureOf(cause: unknown): JournalError {
    // The file was taken away.
    if (isJournalError(cause)) return cause
    const text = `it cannot be written: ${systemText(cause)}. It takes no more.`
    return new JournalError('JOURNAL_FAILED', this.path, text, { cause })
  }

  #foldIfWorth(): void {
    const { foldBytes = 8_388_608 } = this.#parts
    if (this.#folding !== undefined || this.#refusal() !== undefined) return
    if (this.bytes <= foldBytes || this.bytes <= 2 * this.#foldedBytes) return
    this.fold().catch((error: unknown) => {
      // Not again before it has grown as much.
      this.#foldedBytes = this.bytes
      if (this.#closed === undefined && this.#failure === undefined) {
        this.#parts.onReport?.(`${this.path}: it could not be folded: ${systemText(error)}. It goes on as it is.`)
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
      // The appends of the meantime; twice, so that only those during one fsync are left.
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

  /** The new file replaces the old one, to which nothing is written meanwhile. */
  async #change(folding: Folding, writer: LineWriter): Promise<void> {
    try {
      if (folding.tail.length > 0) await this.#writeTail(folding, writer)
    } catch (error) {
      await this.#giveUp(folding, writer, error)
      return
    }
    const old = this.#writer
    this.#foldedBytes = writer.bytes
    folding.ready = undefined
    try {
      await old.check(this.path)
      this.#writer = writer
      await writer.replace(old, this.path + BESIDE, this.path)
      await this.#parts.files.syncDirectory(this.path)
      folding.resolve()
    } catch (error) {
      await this.#fail(error)
      if (this.#writer === old) await this.#giveUp(folding, writer, error)
      else {
        await old.close().catch(() => {})
        folding.reject(error)
      }
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
