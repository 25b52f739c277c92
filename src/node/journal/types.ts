/** What a journal is given, and what it gives. */
import type { JournalError } from './errors.ts'
import type { FileLayer } from './files.ts'
import type { Slice } from './writer.ts'

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
  /** Resolves with the error when the journal fails, and takes no more; never otherwise. */
  readonly failed: Promise<JournalError>
  /**
   * Records events after those appended before. They are recorded as they are at the call, and safe (written and synced)
   * when the promise resolves; after a crash either all events of a call are there or none. Calls that wait share one write and one fsync. Rejects with `INVALID_EVENT` where JSON cannot write an event, and records nothing;
   * `JOURNAL_CLOSED`; `JOURNAL_FAILED` where the file cannot be written, now or before: the events may or may not be
   * there when it is opened again.
   */
  append(events: readonly Event[]): Promise<void>
  /**
   * Writes the file anew from `snapshot`, which drops superseded events, while appends go on. The journal does this itself
   * when it is worth it. Rejects where it was given up, which does no harm; during a folding, gives that one.
   */
  fold(): Promise<void>
  /** Finishes the appends, gives up a folding, and unlocks. From now on appends reject. Rejects where the last fsync fails. */
  close(): Promise<void>
}
