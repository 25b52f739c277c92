import { expect, test } from 'vitest'
import { Turns } from '../../src/http/turns.ts'

test('slices of several requests take turns, in order, and what else waits comes between any two', async () => {
  const turns = new Turns()
  const seen: string[] = []
  let isWatching = true
  const watch = () => {
    if (seen.at(-1) !== 'others') seen.push('others')
    if (isWatching) setImmediate(watch)
  }
  setImmediate(watch)
  const work = async (name: string) => {
    for (let slice = 1; slice <= 3; slice++) {
      await turns.next()
      seen.push(`${name}${slice}`)
    }
  }
  await Promise.all(['a', 'b', 'c'].map(work))
  isWatching = false
  const slices = seen.filter((each) => each !== 'others')
  expect(slices).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'a3', 'b3', 'c3'])
  for (const [at, each] of seen.entries()) if (each !== 'others' && at > 0) expect(seen[at - 1]).toBe('others')
})
