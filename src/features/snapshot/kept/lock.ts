/** One writer a name in all pages and workers of an origin, by a Web Lock: the browser releases it when a page is gone. */
import type { AbortSignalLike } from '../../../base/host.ts'
import { host } from './host.ts'

/**
 * Calls `act` while no other has the lock of the name, and resolves to what it returns. With `isPatient` it waits for the lock;
 * without, it resolves to `undefined` where another has it. Calls `act` at once where there are no locks.
 */
export async function withLock<Result>(
  name: string,
  { isPatient, signal }: { readonly isPatient: boolean; readonly signal?: AbortSignalLike },
  act: () => Promise<Result>,
): Promise<Result | undefined> {
  const { locks } = host.navigator ?? {}
  if (locks === undefined) return act()
  let isHeld = false
  // A lock that is asked for only if it is free takes no signal.
  const options = isPatient ? { ...(signal && { signal }) } : { ifAvailable: true }
  try {
    return await locks.request(`conversation-store snapshot: ${name}`, options, async (lock) => {
      isHeld = true
      return lock === null ? undefined : await act()
    })
  } catch (error) {
    // A page of no origin has the locks, and may not use them.
    if (isHeld || signal?.aborted) throw error
    return act()
  }
}
