/** Reading a journal once, in pieces: its events are replayed, its damage is listed. */
import { systemText } from '../../base/system-text.ts'
import { counted } from '../../base/text/counted.ts'
import type { OpenFile } from './files.ts'
import type { Damage, Found, Part } from './found.ts'
import { decodeLine, FOLDED, HEADER, headerFault, type JournalLine, lostCount, newlineIn } from './line.ts'

/** A file is read in pieces of so many bytes. */
const PIECE = 262_144

/** What else can be asked of a reading. */
export interface ReadOptions {
  /** Called with how far it is, in bytes. Throwing ends the reading. */
  readonly onRead?: (bytes: number) => void
  /** Whether an error of `replay` ends the reading. Any other is damage. */
  readonly isStopped?: (error: unknown) => boolean
}

/** The first line is not the header of a journal of this version. */
export class HeaderFault {
  readonly fault: NonNullable<ReturnType<typeof headerFault>> | 'compressed'

  constructor(fault: HeaderFault['fault']) {
    this.fault = fault
  }
}

/**
 * Reads a journal and calls `replay` with each event of a sound line, in order, once all of its write is there. Rejects
 * with a `HeaderFault` where it is not a journal that can be read, and with what ends it; never for damage. O(bytes),
 * with one write in memory at a time.
 *
 * @param pieces Its bytes, cut anywhere. The memory of a piece may be used again for the next.
 */
export async function readJournal(
  pieces: AsyncIterable<Uint8Array>,
  replay: (event: unknown) => void,
  { onRead, isStopped }: ReadOptions = {},
): Promise<Found> {
  const reading = new Reading(replay, isStopped)
  let held: Buffer[] = []
  let position = 0
  for await (const bytes of pieces) {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // The beginning of every gzip.
    if (position === 0 && piece[0] === 0x1f && piece[1] === 0x8b) throw new HeaderFault('compressed')
    position += piece.length
    let from = 0
    for (let end = newlineIn(piece); end >= 0; end = newlineIn(piece, from)) {
      const rest = piece.subarray(from, end)
      reading.take(held.length === 0 ? rest : Buffer.concat([...held, rest]))
      held = []
      from = end + 1
    }
    if (from < piece.length) held.push(Buffer.from(piece.subarray(from)))
    // The first line of a journal is short. Another file may be one long line, which is not to be held.
    if (reading.lines === 0 && position > HEADER.length * 2) throw new HeaderFault('foreign')
    onRead?.(position)
  }
  return reading.end(held.reduce((sum, { length }) => sum + length, 0))
}

/** The bytes of an open file. Each piece is good until the next is asked for. */
export async function* piecesOf(file: OpenFile): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = Buffer.allocUnsafe(PIECE)
  let position = 0
  for (let length = await file.read(buffer, 0); length > 0; length = await file.read(buffer, position)) {
    position += length
    yield buffer.subarray(0, length)
  }
}

/** A sound line with an event, and where it stands. */
interface EventLine extends JournalLine {
  readonly line: number
  readonly start: number
  readonly end: number
}

/** The state of one reading. */
class Reading {
  lines = 0
  readonly #replay: (event: unknown) => void
  readonly #isStopped: (error: unknown) => boolean
  /** Where the line under way begins. */
  #position = 0
  #events = 0
  /** The last sequence number that was accounted for, and the last that was kept. */
  #sequence = 0
  #keptSequence = 0
  /** Whether the write of the last kept line is incomplete. */
  #keptHasMore = false
  #foldedBytes = 0
  #lostBefore = 0
  /** Whether the first line is not a header: then the second line must prove that this is a journal. */
  #isHeadless = false
  /** The lines of a write that is not complete. */
  #group: EventLine[] = []
  /** Bad lines since the last sound one: they had the numbers that are missing. */
  #badLines = 0
  readonly #damage: Damage[] = []
  readonly #kept: Part[] = []

  constructor(replay: (event: unknown) => void, isStopped: (error: unknown) => boolean = () => false) {
    this.#replay = replay
    this.#isStopped = isStopped
  }

  /** The next line, without its newline. Its memory stays the caller's. */
  take(bytes: Buffer): void {
    const start = this.#position
    this.#position += bytes.length + 1
    this.lines++
    if (this.lines === 1) this.#header(bytes)
    else this.#line(bytes, start)
  }

  /** The file is at its end, and `rest` bytes stand after its last newline. */
  end(rest: number): Found {
    if (this.lines === 0 || this.#isHeadless) throw new HeaderFault('foreign')
    const first = this.#group[0]
    const end = first?.start ?? this.#position
    const size = this.#position + rest
    const sequence = first === undefined ? this.#sequence + this.#badLines : first.sequence - 1
    if (this.#keptSequence < sequence) this.#lose(sequence)
    // Damage has left only the beginning of a write. Without a note of the rest, the next opening would cut it off.
    if (this.#keptHasMore) this.#lose(this.#keptSequence + 1)
    return {
      events: this.#events,
      sequence,
      end,
      foldedBytes: this.#foldedBytes,
      torn: end < size ? { line: first?.line ?? this.lines + 1, bytes: size - end } : undefined,
      damage: this.#damage,
      lost: this.#kept.reduce((sum, part) => sum + ('lost' in part ? part.lost : 0), 0),
      lostBefore: this.#lostBefore,
      kept: this.#kept,
    }
  }

  #header(bytes: Buffer): void {
    const fault = headerFault(bytes)
    if (fault !== undefined && fault !== 'foreign') throw new HeaderFault(fault)
    this.#isHeadless = fault !== undefined
  }

  #line(bytes: Buffer, start: number): void {
    const line = decodeLine(bytes)
    if (this.#isHeadless) {
      if (line === undefined) throw new HeaderFault('foreign')
      this.#isHeadless = false
      this.#damage.push({ line: 1, text: 'is not a header of a journal' })
    }
    if (line !== undefined) {
      this.#sound(line, start)
      return
    }
    // Also the last line: its newline was written after it, so it was not cut off.
    this.#harm(this.lines, 'fails its checksum')
    this.#badLines++
    // Writes that a failed fsync dropped leave zeros, and their newlines are gone too: the next line follows in this one.
    const zeros = bytes.lastIndexOf(0) + 1
    const after = zeros === 0 ? undefined : decodeLine(bytes.subarray(zeros))
    if (after !== undefined) this.#sound(after, start + zeros)
  }

  #sound({ sequence, text, hasMore }: JournalLine, start: number): void {
    const lost = lostCount(text)
    const first = sequence - (lost ?? 1) + 1
    if (first <= this.#sequence) {
      this.#harm(this.lines, `has number ${first}, which was there before`)
      return
    }
    const missing = first - this.#sequence - 1
    if (missing > this.#badLines) {
      this.#harm(
        this.lines,
        `has number ${first} where ${this.#sequence + 1} was expected: ${counted(missing, 'line')} missing`,
      )
    }
    this.#badLines = 0
    this.#sequence = sequence
    const end = this.#position
    if (text !== FOLDED && lost === undefined) {
      this.#group.push({ line: this.lines, sequence, text, hasMore, start, end })
      if (!hasMore) this.#replayGroup()
      return
    }
    this.#replayGroup()
    if (text === FOLDED) this.#foldedBytes = end
    this.#lostBefore += lost ?? 0
    this.#keep(first, sequence, start, end)
  }

  /** Replays the events of one write: all of them, unless some were lost. */
  #replayGroup(): void {
    for (const { line, text, sequence, hasMore, start, end } of this.#group) {
      try {
        this.#replay(JSON.parse(text))
        this.#events++
        this.#keep(sequence, sequence, start, end)
        this.#keptHasMore = hasMore
      } catch (error) {
        if (this.#isStopped(error)) throw error
        this.#damage.push({ line, text: `cannot be replayed: ${systemText(error)}` })
      }
    }
    this.#group = []
  }

  #keep(first: number, sequence: number, start: number, end: number): void {
    if (first > this.#keptSequence + 1) this.#lose(first - 1)
    const last = this.#kept[this.#kept.length - 1]
    if (last !== undefined && 'end' in last && last.end === start) last.end = end
    else this.#kept.push({ start, end })
    this.#keptSequence = sequence
    this.#keptHasMore = false
  }

  /** Notes all lines after the last kept one, up to `sequence`, as lost. */
  #lose(sequence: number): void {
    this.#kept.push({ lost: sequence - this.#keptSequence, sequence })
    this.#keptSequence = sequence
    this.#keptHasMore = false
  }

  /** The rest of a write whose lines so far are sound is lost. */
  #harm(line: number, text: string): void {
    this.#replayGroup()
    this.#damage.push({ line, text })
  }
}
