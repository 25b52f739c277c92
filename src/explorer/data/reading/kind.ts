/** What a file holds, seen from its first bytes, never from its name. */

/** `rows`: NDJSON, JSON, or anything else that is text; `binary`: nothing that could be conversations. */
export type FileKind = 'rows' | 'snapshot' | 'journal' | 'binary' | 'empty'

/** So many bytes tell. */
export const HEAD_BYTES = 65_536

const SNAPSHOT = [0x89, 0x43, 0x53, 0x4e]
/** A header of any version, or in place of a damaged one the line after it. */
const JOURNAL = /^(\{"format":"conversation-store journal"|[^\n]*\n[0-9a-f]{8} 1\+? )/
/** Marks of UTF-16 and UTF-32, in which zero bytes are ordinary; the loader reads the first and explains the second. */
const WIDE = [
  [0xff, 0xfe],
  [0xfe, 0xff],
]

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/** The kind of a file that begins with these bytes: `HEAD_BYTES` of them, if it has as many. Gzip is looked into. */
export async function kindOf(head: Uint8Array): Promise<FileKind> {
  const bytes = isGzip(head) ? await beginningOf(head) : head
  if (bytes.length === 0) return isGzip(head) ? 'rows' : 'empty'
  if (SNAPSHOT.every((byte, i) => bytes[i] === byte)) return 'snapshot'
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 512))
  if (JOURNAL.test(text)) return 'journal'
  const isWide = WIDE.some((mark) => mark.every((byte, i) => bytes[i] === byte)) || /^\0?[[{]\0?/.test(text)
  return !isWide && text.includes('\0') ? 'binary' : 'rows'
}

/** The first bytes inside gzip, of which only the beginning is there. None where it is damaged: the loader says so. */
async function beginningOf(head: Uint8Array): Promise<Uint8Array> {
  const reader = new Blob([head as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  const { value } = await reader.read().catch(() => ({ value: undefined }))
  await reader.cancel().catch(() => {})
  return value ?? new Uint8Array(0)
}
