/** The globals of pages and workers that keeping a file uses, declared by shape: no DOM types are needed. Read when called. */
import type { AbortSignalLike } from '../../../base/host.ts'
import type { ResponseLike } from '../../load/source.ts'

/** What a request is sent with. */
export interface RequestOptions {
  readonly headers: Record<string, string>
  /** The file is kept once, not by the cache of the browser as well. */
  readonly cache: 'no-store'
  // biome-ignore lint/suspicious/noExplicitAny: the signal of the runtime, whichever types are loaded.
  readonly signal: any
}

/** The part of `File` that is used. */
export interface FileLike {
  readonly size: number
  slice(from: number, to?: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

/** A file of the page's own storage, with the two ways to write one. */
export interface FileHandle {
  getFile(): Promise<FileLike>
  /** Pages and workers; not in Safari before 26. What is written is there once `close` resolves. */
  createWritable?(): Promise<{
    write(bytes: Uint8Array): Promise<void>
    close(): Promise<void>
    abort(): Promise<void>
  }>
  /** Dedicated workers alone. What is written is there at once. */
  createSyncAccessHandle?(): Promise<{
    write(bytes: Uint8Array, options: { readonly at: number }): number
    flush(): void | Promise<void>
    close(): void | Promise<void>
  }>
}

/** A folder of the page's own storage. */
export interface Folder {
  keys(): AsyncIterable<string>
  getFileHandle(name: string, options?: { readonly create: boolean }): Promise<FileHandle>
  getDirectoryHandle(name: string, options: { readonly create: boolean }): Promise<Folder>
  removeEntry(name: string): Promise<void>
}

interface KeepHost {
  readonly AbortController: new () => { readonly signal: AbortSignalLike; abort(reason?: unknown): void }
  readonly FileSystemFileHandle?: { readonly prototype: FileHandle }
  readonly fetch: (url: string, options: RequestOptions) => Promise<ResponseLike>
  readonly indexedDB?: object | null
  readonly location?: { readonly href: string }
  readonly navigator?: {
    readonly storage?: { getDirectory?(): Promise<Folder> }
    readonly locks?: {
      request<Result>(
        name: string,
        options: { readonly ifAvailable?: boolean; readonly signal?: AbortSignalLike },
        hold: (lock: object | null) => Promise<Result>,
      ): Promise<Result>
    }
  }
  readonly URL: new (url: string, base?: string) => { readonly href: string }
  clearTimeout(timer: unknown): void
  setTimeout(task: () => void, ms: number): unknown
}

/** The global object, as keeping a file sees it. */
export const host: KeepHost = globalThis as unknown as KeepHost
