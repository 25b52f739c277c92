/** The bytes of uploaded files. Conversations hold no bytes. */
import type { StoredFile } from './events.ts'

/** A file and its bytes, as the base64 that journals and snapshots hold, in pieces. */
interface HeldFile {
  readonly file: StoredFile
  readonly pieces: string[]
}

/** The files of one agent, found by id and by the attachment that shows them. */
export class Files {
  readonly #files = new Map<string, HeldFile>()
  readonly #ids = new Map<string, string>()
  #size = 0

  /** Bytes in all, decoded. O(1). */
  get size(): number {
    return this.#size
  }

  /** Adds a file, without bytes yet. O(1). */
  add(file: StoredFile): void {
    this.#files.set(file.id, { file, pieces: [] })
    this.#ids.set(placeOf(file.conversation, file.message, file.attachment), file.id)
    this.#size += file.size
  }

  /** Appends base64 to a file. O(1). */
  append(id: string, data: string): void {
    this.#files.get(id)?.pieces.push(data)
  }

  /** The file with this id and its base64 in pieces. O(1). */
  get(id: string): HeldFile | undefined {
    return this.#files.get(id)
  }

  /** The id of the file that an attachment shows, if it is here. O(1). */
  idOf(conversation: number, message: unknown, attachment: unknown): string | undefined {
    return this.#ids.size === 0 ? undefined : this.#ids.get(placeOf(conversation, message, attachment))
  }

  /** Forgets the files of conversations that are gone for good. O(files). */
  sweep(isGone: (conversation: number) => boolean): void {
    for (const [id, { file }] of this.#files) {
      if (!isGone(file.conversation)) continue
      this.#files.delete(id)
      this.#ids.delete(placeOf(file.conversation, file.message, file.attachment))
      this.#size -= file.size
    }
  }

  /** All files, as they are now. Those that come later are not among them. */
  all(): readonly HeldFile[] {
    return [...this.#files.values()]
  }
}

function placeOf(conversation: number, message: unknown, attachment: unknown): string {
  return `${conversation}/${message}/${attachment}`
}
