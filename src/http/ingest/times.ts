/** Times of spans, as rows have them. */
import { type Instant, parseInstant } from '../../base/text/instant.ts'

/** An instant in UTC, always with six digits of a second: `2026-11-20T09:00:00.000000Z`. O(1). */
export function formatMicros({ ms, us }: Instant): string {
  return `${new Date(ms).toISOString().slice(0, 23)}${String(us).padStart(3, '0')}Z`
}

/** The instant that a value says; undefined where it is not a string or says none. */
export function instantIn(value: unknown): Instant | undefined {
  return typeof value === 'string' ? parseInstant(value.trim()) : undefined
}

/** The same as a row has it; null for none. */
export function timeOf(value: unknown): string | null {
  const instant = instantIn(value)
  return instant === undefined ? null : formatMicros(instant)
}
