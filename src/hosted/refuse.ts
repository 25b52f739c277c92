/** What the hosted API cannot be asked. It is refused before a request is sent. */
import { InvalidQueryError } from '../base/errors.ts'

/** The error of something that no route of the API does; `instead` says what to do. */
export function notOnTheWire(parameter: string, value: unknown, instead: string): InvalidQueryError {
  const message = `${parameter}: the hosted API has no route for it. ${instead}`
  return new InvalidQueryError([{ parameter, value, code: 'NOT_ON_THE_WIRE', message }])
}

/** Asks a question of a store in memory. */
export const IN_MEMORY = 'Ask a store in memory: await store.load(hosted.all(query())).'
