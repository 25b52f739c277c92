/** Tasks one after the other: one begins in each turn of the event loop, so that newer messages are heard in between. */
import { nextTurn } from '../features/load/host.ts'

/** A task that waits. */
export interface Task {
  readonly id: number
  /** Waiting tasks with the same key are dropped when this one comes. */
  readonly replaces?: string | undefined
  begin(): void
  drop(): void
}

/** First come, first served. */
export class TaskQueue {
  #waiting: Task[] = []
  #isMoving = false

  /** Appends a task, and drops the waiting ones that it replaces. */
  add(task: Task): void {
    if (task.replaces !== undefined) this.#drop(({ replaces }) => replaces === task.replaces)
    this.#waiting.push(task)
    if (!this.#isMoving) void this.#move()
  }

  /** Drops a task if it has not begun. */
  drop(id: number): void {
    this.#drop((task) => task.id === id)
  }

  /** Drops all. */
  clear(): void {
    this.#drop(() => true)
  }

  #drop(isMeant: (task: Task) => boolean): void {
    const dropped = this.#waiting.filter(isMeant)
    if (dropped.length === 0) return
    this.#waiting = this.#waiting.filter((task) => !isMeant(task))
    for (const task of dropped) task.drop()
  }

  async #move(): Promise<void> {
    this.#isMoving = true
    for (;;) {
      await nextTurn()
      const task = this.#waiting.shift()
      if (task === undefined) break
      task.begin()
    }
    this.#isMoving = false
  }
}
