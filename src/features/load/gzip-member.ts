/**
 * Where a gzip member ends.
 *
 * A gzip file is one or more members, one after another (RFC 1952). The web's `DecompressionStream` undoes one, does
 * not say where it ended, and runtimes differ on what follows: some read on, some throw, some drop it without a word.
 * So the end is found here, by walking the codes of the compressed data (RFC 1951) without making the data: no window,
 * no output, a small part of what parsing the rows costs.
 *
 * What lost: looking for the bytes 1F 8B, which occur inside a member too; and asking the stream whether it is done,
 * which it does not tell, or tells by an error that throws away what it had.
 */

/** What a member consists of, in order; blocks repeat. */
type Part =
  | 'header'
  | 'extraLength'
  | 'extra'
  | 'name'
  | 'comment'
  | 'headerCheck'
  | 'block'
  | 'storedLength'
  | 'stored'
  | 'tableSizes'
  | 'codeLengths'
  | 'lengths'
  | 'codes'
  | 'distance'
  | 'distanceExtra'
  | 'trailer'
  | 'end'

/** The bytes are no gzip member from here on. */
export class BrokenMember extends Error {}

/** A symbol and its length in bits are kept in one number: `symbol << 4 | length`. These two are none. */
const NO_CODE = 0
const MORE_BITS = -1

const FLAG_HEADER_CHECK = 2
const FLAG_EXTRA = 4
const FLAG_NAME = 8
const FLAG_COMMENT = 16
const FLAGS_RESERVED = 0xe0

/** The order in which the lengths of the codes of lengths come (RFC 1951, 3.2.7). */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
/** How many bits follow the symbols 257 to 285, and the distances 0 to 29 (3.2.5). */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]

/** Walks one member, however its bytes are cut. */
export class MemberWalk {
  #part: Part = 'header'
  /** Bits that were taken from the input and not used yet, lowest first; at most 32 of them. */
  #hold = 0
  #bits = 0
  /** How many bytes or entries of the part are done, or still to come. */
  #done = 0
  #left = 0
  #flags = 0
  #isLastBlock = false
  #literals = 0
  #distances = 0
  readonly #lengths = new Uint8Array(320)
  readonly #lengthCode = new PrefixCode(7)
  readonly #literalCode = new PrefixCode(10)
  readonly #distanceCode = new PrefixCode(9)

  /** Whether the whole member was seen. */
  get isDone(): boolean {
    return this.#part === 'end'
  }

  /**
   * Walks on through these bytes and gives how many of them belong to the member: all, until it is done.
   * Throws a `BrokenMember` at bytes that are no gzip.
   */
  push(bytes: Uint8Array): number {
    let at = 0
    while (this.#part !== 'end') {
      const next = this.#step(bytes, at)
      if (next < 0) return bytes.length
      at = next
    }
    return at
  }

  /** Walks one part and gives the place after it, or -1 when the bytes are used up before its end. */
  #step(bytes: Uint8Array, at: number): number {
    switch (this.#part) {
      case 'header':
        return this.#header(bytes, at)
      case 'extraLength':
        if (at === bytes.length) return -1
        this.#left |= bytes[at]! << (8 * this.#done++)
        if (this.#done === 2) this.#part = 'extra'
        return at + 1
      case 'extra':
        return this.#skip(bytes, at, () => this.#afterExtra())
      case 'name':
        return this.#text(bytes, at, () => this.#afterName())
      case 'comment':
        return this.#text(bytes, at, () => this.#afterComment())
      case 'headerCheck':
        return this.#skip(bytes, at, () => {
          this.#part = 'block'
        })
      case 'block':
        return this.#block(bytes, at)
      case 'storedLength':
        return this.#storedLength(bytes, at)
      case 'stored':
        return this.#skip(bytes, at, () => this.#afterBlock())
      case 'tableSizes':
        return this.#tableSizes(bytes, at)
      case 'codeLengths':
        return this.#codeLengths(bytes, at)
      case 'lengths':
        return this.#readLengths(bytes, at)
      case 'trailer':
        return this.#skip(bytes, at, () => {
          this.#part = 'end'
        })
      default:
        return this.#codes(bytes, at)
    }
  }

  #header(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!
      const place = this.#done++
      if (place < 2 && byte !== (place === 0 ? 0x1f : 0x8b)) throw new BrokenMember('it does not begin with 1F 8B')
      if (place === 2 && byte !== 8) throw new BrokenMember(`its method of compression is ${byte}, not 8`)
      if (place === 3) {
        if (byte & FLAGS_RESERVED) throw new BrokenMember('its header has reserved flags')
        this.#flags = byte
      }
      if (place === 9) {
        this.#done = 0
        this.#left = 0
        if (this.#flags & FLAG_EXTRA) this.#part = 'extraLength'
        else this.#afterExtra()
        return at + 1
      }
    }
    return -1
  }

  #afterExtra(): void {
    if (this.#flags & FLAG_NAME) this.#part = 'name'
    else this.#afterName()
  }

  #afterName(): void {
    if (this.#flags & FLAG_COMMENT) this.#part = 'comment'
    else this.#afterComment()
  }

  #afterComment(): void {
    this.#left = 2
    this.#part = this.#flags & FLAG_HEADER_CHECK ? 'headerCheck' : 'block'
  }

  /** Passes a text that ends with a zero. */
  #text(bytes: Uint8Array, at: number, then: () => void): number {
    const end = bytes.indexOf(0, at)
    if (end < 0) return -1
    then()
    return end + 1
  }

  /** Passes as many whole bytes as are left of the part. */
  #skip(bytes: Uint8Array, at: number, then: () => void): number {
    const taken = Math.min(this.#left, bytes.length - at)
    this.#left -= taken
    if (this.#left > 0) return -1
    then()
    return at + taken
  }

  /** Takes bytes until there are 25 bits or more, if there are as many. At most 32 are held. */
  #fill(bytes: Uint8Array, from: number): number {
    let at = from
    while (this.#bits <= 24 && at < bytes.length) {
      this.#hold |= bytes[at++]! << this.#bits
      this.#bits += 8
    }
    return at
  }

  /** Uses up some bits, fewer than 32 of those held. */
  #drop(bits: number): void {
    this.#hold >>>= bits
    this.#bits -= bits
  }

  #block(bytes: Uint8Array, from: number): number {
    const at = this.#fill(bytes, from)
    if (this.#bits < 3) return -1
    this.#isLastBlock = (this.#hold & 1) === 1
    const kind = (this.#hold >>> 1) & 3
    this.#drop(3)
    if (kind === 3) throw new BrokenMember('a block is of no known kind')
    if (kind === 0) {
      this.#drop(this.#bits & 7)
      this.#done = 0
      this.#left = 0
      this.#part = 'storedLength'
    } else if (kind === 1) {
      this.#lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288)
      this.#literalCode.build(this.#lengths, 0, 288)
      this.#lengths.fill(5, 0, 30)
      this.#distanceCode.build(this.#lengths, 0, 30)
      this.#part = 'codes'
    } else this.#part = 'tableSizes'
    return at
  }

  /** Two bytes of length and two of its complement, some of which may be held as bits. */
  #storedLength(bytes: Uint8Array, from: number): number {
    let at = from
    while (this.#done < 4) {
      at = this.#bits === 0 ? this.#fill(bytes, at) : at
      if (this.#bits === 0) return -1
      this.#left |= (this.#hold & 0xff) << (8 * this.#done++)
      this.#drop(8)
    }
    const length = this.#left & 0xffff
    if (length !== (~(this.#left >>> 16) & 0xffff)) throw new BrokenMember('the length of a stored block is wrong')
    const held = Math.min(length, this.#bits >>> 3)
    for (let i = 0; i < held; i++) this.#drop(8)
    this.#left = length - held
    this.#part = 'stored'
    return at
  }

  #afterBlock(): void {
    if (!this.#isLastBlock) {
      this.#part = 'block'
      return
    }
    // The checksum and the size stand on whole bytes; at most four of the eight are held as bits.
    this.#left = 8 - (this.#bits >>> 3)
    this.#hold = 0
    this.#bits = 0
    this.#part = 'trailer'
  }

  #tableSizes(bytes: Uint8Array, from: number): number {
    const at = this.#fill(bytes, from)
    if (this.#bits < 14) return -1
    this.#literals = (this.#hold & 31) + 257
    this.#distances = ((this.#hold >>> 5) & 31) + 1
    this.#left = ((this.#hold >>> 10) & 15) + 4
    this.#drop(14)
    if (this.#literals > 286 || this.#distances > 30) throw new BrokenMember('a block has too many codes')
    this.#done = 0
    this.#lengths.fill(0, 0, 19)
    this.#part = 'codeLengths'
    return at
  }

  #codeLengths(bytes: Uint8Array, from: number): number {
    let at = from
    while (this.#done < this.#left) {
      at = this.#fill(bytes, at)
      if (this.#bits < 3) return -1
      this.#lengths[CODE_LENGTH_ORDER[this.#done++]!] = this.#hold & 7
      this.#drop(3)
    }
    this.#lengthCode.build(this.#lengths, 0, 19)
    this.#done = 0
    this.#part = 'lengths'
    return at
  }

  #readLengths(bytes: Uint8Array, from: number): number {
    const all = this.#literals + this.#distances
    let at = from
    while (this.#done < all) {
      at = this.#fill(bytes, at)
      const code = this.#lengthCode.find(this.#hold, this.#bits)
      if (code === MORE_BITS) return -1
      if (code === NO_CODE) throw new BrokenMember('a block has a code that stands for nothing')
      const symbol = code >>> 4
      const length = code & 15
      if (symbol < 16) {
        this.#drop(length)
        this.#lengths[this.#done++] = symbol
        continue
      }
      const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : 7
      if (this.#bits < length + extra) return -1
      this.#drop(length)
      const times = (symbol === 18 ? 11 : 3) + (this.#hold & ((1 << extra) - 1))
      this.#drop(extra)
      if (this.#done + times > all || (symbol === 16 && this.#done === 0)) {
        throw new BrokenMember('the lengths of the codes of a block are wrong')
      }
      this.#lengths.fill(symbol === 16 ? this.#lengths[this.#done - 1]! : 0, this.#done, this.#done + times)
      this.#done += times
    }
    this.#literalCode.build(this.#lengths, 0, this.#literals)
    this.#distanceCode.build(this.#lengths, this.#literals, all)
    this.#part = 'codes'
    return at
  }

  /** The data of a block: the hot loop, so hold, bits and place are local in it. */
  #codes(bytes: Uint8Array, from: number): number {
    let at = from
    let hold = this.#hold
    let bits = this.#bits
    let part = this.#part
    const literals = this.#literalCode
    const distances = this.#distanceCode
    let isShort = false
    while (part === 'codes' || part === 'distance' || part === 'distanceExtra') {
      // As #fill: 25 bits or more hold any code with its extra bits, but for a long distance, whose bits are a part.
      while (bits <= 24 && at < bytes.length) {
        hold |= bytes[at++]! << bits
        bits += 8
      }
      if (part === 'codes') {
        const code = literals.find(hold, bits)
        isShort = code === MORE_BITS
        if (isShort) break
        const symbol = code >>> 4
        let length = code & 15
        if (symbol > 256) {
          const extra = LENGTH_EXTRA[symbol - 257]
          if (extra === undefined) throw new BrokenMember('a block has a length that is none')
          length += extra
          isShort = length > bits
          if (isShort) break
          part = 'distance'
        } else if (symbol === 256) part = 'end'
        else if (code === NO_CODE) throw new BrokenMember('a block has a code that stands for nothing')
        hold >>>= length
        bits -= length
      } else if (part === 'distance') {
        const code = distances.find(hold, bits)
        isShort = code === MORE_BITS
        if (isShort) break
        const extra = DISTANCE_EXTRA[code >>> 4]
        if (code === NO_CODE || extra === undefined) throw new BrokenMember('a block has a distance that is none')
        hold >>>= code & 15
        bits -= code & 15
        this.#left = extra
        part = 'distanceExtra'
      } else {
        isShort = this.#left > bits
        if (isShort) break
        hold >>>= this.#left
        bits -= this.#left
        part = 'codes'
      }
    }
    this.#hold = hold
    this.#bits = bits
    this.#part = part
    if (isShort) return -1
    this.#afterBlock()
    return at
  }
}

/** A canonical prefix code (RFC 1951, 3.2.2): short codes by one look into a table, longer ones bit by bit. */
class PrefixCode {
  readonly #tableBits: number
  /** By the next bits of the input: `symbol << 4 | length`, or `NO_CODE` where the code is longer or none. */
  readonly #table: Uint16Array
  /** How many codes there are of each length, and the symbols by length and value. */
  readonly #counts = new Uint16Array(16)
  readonly #symbols = new Uint16Array(288)

  constructor(tableBits: number) {
    this.#tableBits = tableBits
    this.#table = new Uint16Array(1 << tableBits)
  }

  /** Takes the lengths in bits of the symbols 0, 1, 2, ...: those from `from` to before `to`. */
  build(lengths: Uint8Array, from: number, to: number): void {
    const counts = this.#counts.fill(0)
    for (let i = from; i < to; i++) counts[lengths[i]!]!++
    counts[0] = 0
    const codes = new Uint16Array(16)
    const places = new Uint16Array(16)
    let code = 0
    for (let length = 1; length < 16; length++) {
      code = (code + counts[length - 1]!) << 1
      codes[length] = code
      places[length] = places[length - 1]! + counts[length - 1]!
      if (code + counts[length]! > 1 << length) throw new BrokenMember('a block has more codes than there can be')
    }
    const table = this.#table.fill(NO_CODE)
    for (let i = from; i < to; i++) {
      const length = lengths[i]!
      if (length === 0) continue
      this.#symbols[places[length]!++] = i - from
      const own = codes[length]!++
      if (length > this.#tableBits) continue
      // The input has the highest bit of a code first.
      let reversed = 0
      for (let bit = 0; bit < length; bit++) reversed |= ((own >>> bit) & 1) << (length - 1 - bit)
      for (let entry = reversed; entry < table.length; entry += 1 << length) table[entry] = ((i - from) << 4) | length
    }
  }

  /** The code that the held bits begin with: `symbol << 4 | length`, `MORE_BITS` if they do not reach, or `NO_CODE`. */
  find(hold: number, bits: number): number {
    const entry = this.#table[hold & (this.#table.length - 1)]!
    if (entry !== NO_CODE) return (entry & 15) <= bits ? entry : MORE_BITS
    let code = 0
    let first = 0
    let place = 0
    for (let length = 1; length < 16; length++) {
      if (length > bits) return MORE_BITS
      code |= (hold >>> (length - 1)) & 1
      const count = this.#counts[length]!
      if (code - count < first) return (this.#symbols[place + code - first]! << 4) | length
      place += count
      first = (first + count) << 1
      code <<= 1
    }
    return NO_CODE
  }
}
