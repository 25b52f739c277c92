/** Going to the next conversation: asked anywhere on the page, done by the list, which knows what is next. */

type Step = (by: 1 | -1) => void

let taker: Step | null = null

/** Goes to the next (1) or previous (-1) conversation of the list. */
export function step(by: 1 | -1): void {
  taker?.(by)
}

/** Takes the steps from now on, until the function that comes back is called. */
export function takeSteps(take: Step): () => void {
  taker = take
  return () => {
    if (taker === take) taker = null
  }
}

/** What finding the next conversation needs. */
interface Asked {
  /** The place of a conversation in the list, or -1. */
  readonly placeOf: (conversationId: string) => number | Promise<number>
  readonly idAt: (index: number) => string | undefined | Promise<string | undefined>
  readonly count: number
}

/**
 * The conversation after the one that is open, or before it, with its place. Null at the ends. Where the open one is not in the list:
 * the one at `near`.
 */
export async function stepped(
  openId: string | null,
  by: 1 | -1,
  near: number,
  { placeOf, idAt, count }: Asked,
): Promise<{ readonly id: string; readonly index: number } | null> {
  const place = openId === null ? -1 : await placeOf(openId)
  const index = place === -1 ? Math.min(near, count - 1) : place + by
  if (index < 0 || index >= count) return null
  const id = await idAt(index)
  return id === undefined ? null : { id, index }
}
