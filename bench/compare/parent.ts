/** The way from a process to the one that started it. */

/** Tells the parent something; done when it is on its way. */
export function tell(told: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send!(told, undefined, {}, (error) => (error === null ? resolve() : reject(error)))
  })
}

/** What the process was asked to do. */
export function job<Job>(): Job {
  return JSON.parse(process.argv[2]!) as Job
}
