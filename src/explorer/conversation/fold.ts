/** How much of a long message is shown: a window, which begins small and grows in steps. */

/** From one UTF-16 unit to before another. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** A message that is longer than this is folded, to about so much. */
const FOLDED = 1500
const FOLDED_LINES = 24
/** What the first step shows, and each step after it. */
const FIRST_STEP = 20_000
const STEP = 100_000
/** What is shown before a match that a window jumps to. */
const LEAD = 1000

/** The window that a message begins with: all of a short one. */
export function firstWindow(text: string): Window {
  const lines = endOfLine(text, FOLDED_LINES)
  const to = Math.min(text.length, FOLDED, lines)
  // Folding away a line or two would help nobody.
  return {
    from: 0,
    to:
      text.length - to < FOLDED / 4 && endOfLine(text, FOLDED_LINES + 6) >= text.length ? text.length : cutAt(text, to),
  }
}

/** The window after "show more". */
export function grown(text: string, { from, to }: Window): Window {
  const step = to - from < FIRST_STEP ? FIRST_STEP : STEP
  return { from, to: cutAt(text, Math.min(text.length, to + step)) }
}

/** The window after "show what is before". */
export function grownBack(text: string, { from, to }: Window): Window {
  return { from: cutAt(text, Math.max(0, from - STEP)), to }
}

/** A window in which a stretch is seen: grown up to it if it is near, else one around it. */
export function including(text: string, window: Window, start: number, end: number): Window {
  if (start >= window.from && end <= window.to) return window
  const to = cutAt(text, Math.min(text.length, end + LEAD))
  if (start >= window.from && end <= window.to + FIRST_STEP) return { from: window.from, to }
  return { from: cutAt(text, Math.max(0, start - LEAD)), to }
}

/** The place after so many lines. */
function endOfLine(text: string, lines: number): number {
  let at = -1
  for (let line = 0; line < lines; line++) {
    at = text.indexOf('\n', at + 1)
    if (at === -1) return text.length
  }
  return at
}

/** A place near where no character and, if there is white space a little before, no word is cut. */
function cutAt(text: string, at: number): number {
  if (at <= 0 || at >= text.length) return Math.min(Math.max(at, 0), text.length)
  const space = Math.max(text.lastIndexOf(' ', at), text.lastIndexOf('\n', at))
  if (at - space < 40 && space > 0) return space
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at
}
