/** Loaded into the served process before anything else: says how much memory is in use when its parent asks. */
process.on('message', () => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  process.send?.({ heapUsed, arrayBuffers })
})
// A parent that listens keeps no server alive.
process.channel?.unref()
