/** What the page knows of the conversations that are open: where they came from, how far they are, and how they are changed. */
import type { ConnectedStore } from 'conversation-store/worker'

/** Where conversations came from: `kept` is a snapshot in this browser, `served` what `explore` serves. */
export type SourceKind = 'generated' | 'files' | 'url' | 'served' | 'kept'

/** A place that could not be read. The rest was. */
export interface ReadFault {
  readonly file: string
  readonly line: number | null
  readonly message: string
}

/** Why something is not open, and what to do about it. */
export interface Failure {
  readonly title: string
  readonly advice: string
  /** `key`: the server asks for a key, see `Session.unlock`. */
  readonly asksFor: 'key' | null
}

/** How far the opening is. Rows can be asked from the first thousand on; counts say "so far" until `indexing`. */
export interface Status {
  /** `indexing`: all rows can be asked, and are made quick to search. */
  readonly phase: 'starting' | 'loading' | 'indexing' | 'ready' | 'failed'
  readonly source: { readonly kind: SourceKind; readonly name: string }
  /** Rows that can be asked now, soft-deleted ones too. */
  readonly rows: number
  /** From 0 to 1; null where the length is unknown. */
  readonly progress: number | null
  /** Milliseconds from the beginning until it was ready. */
  readonly ms: number | null
  /** The first hundred faults, and how many there are. */
  readonly faults: readonly ReadFault[]
  readonly faultCount: number
  /**
   * Why what was asked for last is not open, and what to do about it. In the phase `failed` nothing is open; in any other phase
   * the rest of the status is about the conversations that are open still, and this is a notice, until `Session.dismiss`.
   */
  readonly failure: Failure | null
  /** A file with more rows than fit: how many are open, and of how many if that is known. */
  readonly limit: { readonly rows: number; readonly of: number | null } | null
  /** Whether these conversations may be kept in this browser, and whether they are. A change of theirs is kept too. */
  readonly keeping: 'possible' | 'kept' | 'impossible'
  /** Of a served source: the server does not answer just now. Changes of others do not arrive, and it is asked again and again. */
  readonly isOffline: boolean
}

/** Changes of one conversation, by its conversation id. They show in all panes and tabs. Each rejects with a sentence for a person. */
export interface Writer {
  mark(id: string, yes: boolean): Promise<void>
  rename(id: string, name: string | null): Promise<void>
  feedback(
    id: string,
    feedback: { readonly sentiment: 'positive' | 'neutral' | 'negative'; readonly comment: string },
  ): Promise<void>
  delete(id: string): Promise<void>
  restore(id: string): Promise<void>
}

/** What was dropped or picked: files, or the entries of folders. */
export type Picked = readonly (File | FileSystemEntry)[]

/** The conversations that are open. One object as long as the page lives; `state` is another object at each change. */
export interface Session {
  readonly state: SessionState
  subscribe(listener: () => void): () => void
  /** Opens other conversations in place of these. What is open stays until the first rows of the others can be asked. */
  open(picked: Picked): void
  openUrl(url: string): void
  openGenerated(): void
  /** Opens what the server asks a key for. It is remembered as long as the tab is there. */
  unlock(key: string): void
  /** Takes the notice of a failure away. */
  dismiss(): void
  /** Keeps what is open as a snapshot in this browser, or removes it. Rejects with a sentence for a person. */
  keep(): Promise<void>
  forget(): Promise<void>
}

export interface SessionState {
  /** Null until the worker answers. Another store when others were opened. */
  readonly store: ConnectedStore | null
  readonly status: Status
  /** Null where nothing may be changed. */
  readonly writer: Writer | null
}
