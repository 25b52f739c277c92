export interface Instant {
  readonly ms: number
  readonly us: number
}
