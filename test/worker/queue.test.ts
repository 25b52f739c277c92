import { describe, expect, test } from 'vitest'
import { TaskQueue } from '../../src/worker/queue.ts'

/** A queue, and what became of its tasks. */
function queueOf() {
  const queue = new TaskQueue()
  const told: string[] = []
  const add = (id: number, replaces?: string) =>
    queue.add({ id, replaces, begin: () => told.push(`${id} begins`), drop: () => told.push(`${id} is dropped`) })
  /** Waits until all that waits has begun. */
  const over = () =>
    new Promise<void>((resolve) => {
      queue.add({ id: -1, begin: resolve, drop: resolve })
    })
  return { queue, told, add, over }
}

describe('tasks', () => {
  test('begin in their order, none at once, and a task that comes later begins too', async () => {
    const { told, add, over } = queueOf()
    for (const id of [1, 2, 3]) add(id)
    expect(told).toEqual([])
    await over()
    expect(told).toEqual(['1 begins', '2 begins', '3 begins'])
    add(4)
    await over()
    expect(told.at(-1)).toBe('4 begins')
  })

  test('that come when the queue has been empty for a while begin too', async () => {
    const { told, add, over } = queueOf()
    await over()
    await new Promise((resolve) => setTimeout(resolve, 20))
    add(1)
    await over()
    expect(told).toEqual(['1 begins'])
  })

  test('are dropped by their id while they wait', async () => {
    const { queue, told, add, over } = queueOf()
    for (const id of [1, 2]) add(id)
    queue.drop(1)
    queue.drop(7)
    expect(told).toEqual(['1 is dropped'])
    await over()
    expect(told).toEqual(['1 is dropped', '2 begins'])
    queue.drop(2)
    expect(told).toHaveLength(2)
  })

  test('are dropped by a newer one with the same key, and by no other', async () => {
    const { told, add, over } = queueOf()
    add(1, 'search')
    add(2)
    add(3, 'list')
    add(4, 'search')
    add(5)
    expect(told).toEqual(['1 is dropped'])
    await over()
    expect(told.slice(1)).toEqual(['2 begins', '3 begins', '4 begins', '5 begins'])
  })

  test('are all dropped at the end', async () => {
    const { queue, told, add, over } = queueOf()
    for (const id of [1, 2]) add(id)
    queue.clear()
    await over()
    expect(told).toEqual(['1 is dropped', '2 is dropped'])
  })
})
