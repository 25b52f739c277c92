/** The year in which generated conversations start: from 2024-07-01 until 2025-07-01. */

const YEAR_START_MS = /* @__PURE__ */ Date.UTC(2024, 6, 1)

/** How long it is. */
export const YEAR_MICROSECONDS = 365 * 86_400 * 1_000_000

/** Microseconds since the start of the year, as `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
export function timestamp(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000)
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0')
  return `${new Date(YEAR_START_MS + milliseconds).toISOString().slice(0, -1)}${rest}Z`
}
