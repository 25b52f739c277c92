/** What a verification found, for people. */
import { counted, grouped } from '../base/text/counted.ts'
import type { Difference } from './verify-compare.ts'

/** Queries of a filter that are shown. */
const MOST_SHOWN = 3

/** The filters whose queries differ, with the smallest of these; where none does, that. */
export function reportOf(found: readonly Difference[], asked: ReadonlyMap<string, number>, rows: number): string {
  const lines = [
    `Asked ${grouped([...asked.values()].reduce((sum, n) => sum + n, 0))} queries over ${counted(rows, 'conversation')}.`,
  ]
  const byCause = new Map<string, Difference[]>()
  for (const each of found) byCause.set(causeOf(each), [...(byCause.get(causeOf(each)) ?? []), each])
  for (const [cause, differences] of [...byCause].sort(([, a], [, b]) => b.length - a.length)) {
    lines.push('', `${cause}: ${counted(differences.length, 'answer')} differ${differences.length === 1 ? 's' : ''}`)
    const shown = [...new Map(differences.sort(bySize).map((each) => [queryOf(each), each])).values()].slice(
      0,
      MOST_SHOWN,
    )
    for (const each of shown) lines.push(`  ?${queryOf(each)}`, `    ${each.what}`)
  }
  return `${lines.join('\n')}\n`
}

/** The parameters that a difference needs, the order aside unless it is all that is left. */
function causeOf({ params }: Difference): string {
  const names = params.map(([name]) => name)
  const others = names.filter((name) => name !== 'ordering')
  return (others.length > 0 ? others : names).join(' with ') || 'no parameter'
}

const bySize = (a: Difference, b: Difference) => queryOf(a).length - queryOf(b).length
const queryOf = ({ params }: Difference) => String(new URLSearchParams(params as unknown as [string, string][]))
