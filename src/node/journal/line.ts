/**
 * The format of a journal: lines of UTF-8, each ended by \n.
 *
 *     {"format":"conversation-store journal","version":1}      the header
 *     9ae0daaf 1 {"type":"conversation_added", ... }           checksum, sequence number, event
 *     5b3c0f12 2 folded                                        the end of what the file was made with
 *     0d4c31e8 3+ {"type":"message_added", ... }               the event after it belongs to the same write
 *     a2201f9c 4 {"type":"file_added", ... }
 *     77c2a01b 6 lost 2                                        a repair: lines 5 and 6 are gone
 *
 * The checksum is the CRC-32, in eight lowercase hexadecimal digits, of everything between the space after it and the
 * newline: of the sequence number too, so a line that was moved, repeated or taken out shows. Sequence numbers count
 * from 1 in each file. The JSON has no newline in it, and never begins like the two other kinds of line.
 */
import { crc32 } from '../../base/crc32.ts'

const FORMAT = 'conversation-store journal'
const VERSION = 1
const NEWLINE = 10
const SPACE = 32
const CHECKSUM_DIGITS = 8

/** The text of the line that ends those written when the file was made. */
export const FOLDED = 'folded'

/** The first line of every journal, with its newline. */
export const HEADER: Buffer = Buffer.from(`${JSON.stringify({ format: FORMAT, version: VERSION })}\n`)

/** What is wrong with a first line, without its newline; undefined for a header of this version. */
export function headerFault(
  line: Uint8Array,
): 'foreign' | { readonly version: unknown; readonly known: number } | undefined {
  let header: { format?: unknown; version?: unknown } | null
  try {
    header = JSON.parse(Buffer.from(line).toString())
  } catch {
    return 'foreign'
  }
  if (header?.format !== FORMAT) return 'foreign'
  return header.version === VERSION ? undefined : { version: header.version, known: VERSION }
}

/** The content of a line, without its number. */
export interface LineText {
  /** An event as JSON, `FOLDED`, or `lost N`. */
  readonly text: string
  /** Whether the next line belongs to the same write: both count, or neither. */
  readonly hasMore: boolean
}

/** The content of a sound line. */
export interface JournalLine extends LineText {
  readonly sequence: number
}

/** A line with its newline. O(bytes). */
export function encodeLine({ sequence, text, hasMore }: JournalLine): Buffer {
  const line = Buffer.from(`00000000 ${sequence}${hasMore ? '+' : ''} ${text}\n`)
  line.write(checksum(line.subarray(CHECKSUM_DIGITS + 1, -1)), 'latin1')
  return line
}

/** Decodes a line without its newline; undefined where its checksum is wrong or it is not a line of a journal. O(bytes). */
export function decodeLine(bytes: Buffer): JournalLine | undefined {
  if (bytes[CHECKSUM_DIGITS] !== SPACE) return undefined
  const checked = bytes.subarray(CHECKSUM_DIGITS + 1)
  if (bytes.toString('latin1', 0, CHECKSUM_DIGITS) !== checksum(checked)) return undefined
  const space = checked.indexOf(SPACE)
  const number = /^([1-9]\d{0,14})(\+?)$/.exec(checked.toString('latin1', 0, Math.max(space, 0)))
  if (number === null) return undefined
  return { sequence: Number(number[1]), hasMore: number[2] !== '', text: checked.toString('utf8', space + 1) }
}

/** The text of a line that stands for lost events. It has the sequence number of the last of them. */
export function lostText(count: number): string {
  return `lost ${count}`
}

/** How many events such a string says are lost; undefined for any other string. */
export function lostCount(text: string): number | undefined {
  const digits = /^lost ([1-9]\d{0,15})$/.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Where the newline at or after `from` stands in some bytes, or -1. */
export function newlineIn(bytes: Uint8Array, from = 0): number {
  return bytes.indexOf(NEWLINE, from)
}

function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(CHECKSUM_DIGITS, '0')
}
