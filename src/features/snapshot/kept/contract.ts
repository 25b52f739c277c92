/** Where a page keeps a snapshot between two visits. */

/** What the server said of a file: which it was, and how to ask whether there is a later one. */
export interface Tag {
  readonly url: string
  readonly etag: string | null
  readonly lastModified: string | null
}

/** A file as it was kept. */
export interface Kept {
  readonly bytes: Uint8Array
  readonly tag: Tag
  /** Removes this one, not one that was kept since. */
  remove(): Promise<void>
}

/** Where files are kept. Its calls reject with what the browser says, a `QuotaExceededError` for one. */
export interface Storage {
  readonly kind: 'opfs' | 'indexeddb'
  /** The last file that was kept in full; `undefined` where there is none. */
  read(): Promise<Kept | undefined>
  /** Replaces the file at once and in full: whoever reads meanwhile, or is left with a page that was closed, has the one before. */
  write(bytes: Uint8Array, tag: Tag): Promise<void>
  /** Removes whatever is kept. */
  clear(): Promise<void>
}
