/** The bytes of bodies that are in memory, over all requests of a handler: many unfinished bodies must not add up. */
import { Refusal } from './answer.ts'

/** Seconds after which a refused body may be sent again. */
const RETRY_AFTER = 1

/** One body, from its first byte until the request was carried out. */
export class BodyInFlight {
  readonly #all: BodiesInFlight
  /** Bytes that have come. */
  bytes = 0
  /** Ends the reading; undefined while nothing is read. */
  stop: (() => void) | undefined
  #isRefused = false

  constructor(all: BodiesInFlight) {
    this.#all = all
  }

  /** Counts bytes that came. Throws the 503 where all bodies have too many bytes then, and this one is the largest. */
  add(bytes: number): void {
    if (!this.#isRefused) this.#all.add(this, bytes)
    this.check()
  }

  /** Throws the 503 of a body that was refused. */
  check(): void {
    if (this.#isRefused) throw this.#all.refusal()
  }

  /** Refuses this body, for there are too many bytes. */
  refuse(): void {
    this.#isRefused = true
    this.stop?.()
  }

  /** The request was carried out, or was refused. */
  end(): void {
    this.#all.remove(this)
  }
}

/** All bodies of a handler. */
export class BodiesInFlight {
  readonly #most: number
  readonly #bodies = new Set<BodyInFlight>()
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Bytes of all bodies. O(1). */
  get bytes(): number {
    return this.#bytes
  }

  /** A body of which no byte has come. */
  begin(): BodyInFlight {
    return new BodyInFlight(this)
  }

  /** Counts bytes of a body. The largest body that is being read makes room: small ones, which most are, are let through. */
  add(body: BodyInFlight, bytes: number): void {
    body.bytes += bytes
    this.#bytes += bytes
    this.#bodies.add(body)
    while (this.#bytes > this.#most) {
      let largest = body
      for (const each of this.#bodies) if (each.stop !== undefined && each.bytes > largest.bytes) largest = each
      this.remove(largest)
      largest.refuse()
      if (largest === body) break
    }
  }

  /** Counts a body no more. */
  remove(body: BodyInFlight): void {
    if (this.#bodies.delete(body)) this.#bytes -= body.bytes
  }

  /** The 503 of a body for which there is no room. */
  refusal(): Refusal {
    const detail = `Too many bodies at a time. Together they may have ${this.#most} bytes. Send this one again later.`
    return new Refusal(503, detail, { 'retry-after': String(RETRY_AFTER) })
  }
}
