/** Modules live from one fault to the next: what a test file does while it is read must not meet the fault before. */
const stryker = (globalThis as { __stryker__?: { activeMutant?: string | undefined } }).__stryker__
if (stryker !== undefined) stryker.activeMutant = undefined
