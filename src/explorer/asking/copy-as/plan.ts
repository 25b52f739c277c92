/** How a question is answered, with times. */
import type { Explanation, QuerySpec } from 'conversation-store'
import { toCode } from 'conversation-store/explain'

type Query = { readonly spec: QuerySpec }

/** What the plan is asked of. */
export interface PlanSource {
  count(query: Query): Promise<number>
  explain(query: Query): Promise<Explanation>
}

/** Counts that are timed. The first may build an index. */
const COUNTS = 5

/** The plan of a query with the time of its first count, of the median of the next, and of explaining it. `now` gives milliseconds. */
export async function planWithTimes(query: Query, store: PlanSource, now: () => number): Promise<string> {
  const timed = async (ask: () => Promise<unknown>) => {
    const start = now()
    await ask()
    return now() - start
  }
  const times: number[] = []
  for (let i = 0; i < COUNTS; i++) times.push(await timed(() => store.count(query)))
  const [first, ...others] = times as [number, ...number[]]
  const median = others.sort((a, b) => a - b)[Math.floor(others.length / 2)]!
  let plan: Explanation | undefined
  const explaining = await timed(async () => {
    plan = await store.explain(query)
  })
  return [
    toCode(query),
    '',
    plan!.text,
    `times: ${ms(first)} at first, ${ms(median)} again (median of ${others.length}), ${ms(explaining)} to explain`,
  ].join('\n')
}

function ms(time: number): string {
  return `${time < 10 ? time.toFixed(2) : Math.round(time)} ms`
}
