/** What a snapshot says of itself beside its arrays, checked: a file can be anyone's. */
import { show } from '../../base/errors.ts'
import { invalidSnapshot } from './fault.ts'
import type { Facts } from './write.ts'

type Test = (value: unknown) => boolean

const isString: Test = (value) => typeof value === 'string'
const isCount: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isSize: Test = (value) => isCount(value) && value !== 0
const isStrings: Test = (value) => Array.isArray(value) && value.every(isString)
/** Whether all of some keys have what they must; others may be there, of a later version. */
const has =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(tests).every(([key, test]) => test(Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined))

const FACTS: Readonly<Record<keyof Facts, Test>> = {
  date: isString,
  text: isString,
  // What is none of its kind fits no reader: see `isCutAlike`.
  characters: () => true,
  // Others are left out.
  search: () => true,
  rows: isCount,
  deleted: isCount,
  pages: has({
    defaultPageSize: isSize,
    maxPageSize: isSize,
    baseUrl: (value) => value === undefined || isString(value),
  }),
  greatestIds: has({ conversation: isCount, message: isCount, feedback: isCount }),
  indexes: isStrings,
  columns: isStrings,
  jsonBytes: isCount,
}

/** The facts of a directory. Throws `INVALID_SNAPSHOT`. */
export function readFacts(given: unknown): Facts {
  const facts = Object(given) as Facts
  for (const [name, test] of Object.entries(FACTS)) {
    const value = Object.hasOwn(facts, name) ? facts[name as keyof Facts] : undefined
    if (!test(value))
      throw invalidSnapshot('directory', `The snapshot is damaged in its directory: ${name} is ${show(value)}.`)
  }
  // The settings and ids that there are, whatever else stands beside them: a file does not say how much a query may cost.
  const { pages, greatestIds } = facts
  const { defaultPageSize, maxPageSize, baseUrl } = pages
  const { conversation, message, feedback } = greatestIds
  return {
    ...facts,
    pages: { defaultPageSize, maxPageSize, ...(baseUrl !== undefined && { baseUrl }) },
    greatestIds: { conversation, message, feedback },
  }
}
