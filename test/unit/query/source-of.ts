/** An executor that answers with what it was asked. */

import type { QuerySpec } from '../../../src/query/spec.ts'
import type { QueryExecutor } from '../../../src/store/executor.ts'
import { executor, type StoreLike } from '../../../src/store/inside.ts'

/** The calls that an executor had, the executor, and a store that has it. */
export function sourceOf(
  rows: readonly unknown[] = [],
  baseUrl?: string,
): { asked: [string, QuerySpec][]; source: QueryExecutor; store: StoreLike<never> } {
  const asked: [string, QuerySpec][] = []
  const note =
    <Answer>(name: string, answer: (spec: QuerySpec) => Answer) =>
    (spec: QuerySpec): Answer => {
      asked.push([name, spec])
      return answer(spec)
    }
  const pageOf = (spec: QuerySpec, number?: number) => {
    const pageSize = spec.pageSize ?? 10
    const totalPages = Math.max(1, Math.ceil(rows.length / pageSize))
    const page = number ?? (spec.page === 'last' ? totalPages : (spec.page ?? 1))
    const shown = rows.slice((page - 1) * pageSize, page * pageSize)
    const nextCursor = () => (page < totalPages ? `after page ${page}` : null)
    return { count: rows.length, pageSize, totalPages, page, rows: shown, nextCursor }
  }
  const source = {
    baseUrl,
    page: note('page', (spec) => pageOf(spec)),
    pages: note('pages', (spec) => {
      const { page, totalPages } = pageOf(spec)
      return Array.from({ length: totalPages - page + 1 }, (_, i) => pageOf(spec, page + i))
    }),
    rows: note('rows', () => [...rows]),
    ids: note('ids', () => rows.map((_, i) => i + 1)),
    count: note('count', () => rows.length),
    first: note('first', () => rows[0]),
    matches: (spec: QuerySpec, row: object) => {
      asked.push(['matches', spec])
      return rows.includes(row)
    },
  }
  const store = { [executor]: source } as unknown as StoreLike<never>
  return { asked, source: source as unknown as QueryExecutor, store }
}
