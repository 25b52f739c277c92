/** The query of what a person put together. */
import { Query } from 'conversation-store/core'
import type { Asked } from './contract.ts'

export const NOTHING: Asked = { parts: [], search: '', orderBy: ['-started_at'], includeDeleted: false }

/** Parts that are switched off ask for nothing. */
export function queryOf({ parts, search, orderBy, includeDeleted }: Asked): Query {
  const where = parts
    .filter(({ isOff }) => !isOff)
    .map((part) => {
      const condition =
        'any' in part
          ? {
              or: part.any
                .filter(({ isOff }) => !isOff)
                .map((pill) => [pill.isNegated ? { not: [pill.condition] } : pill.condition]),
            }
          : part.condition
      return part.isNegated ? { not: [condition] } : condition
    })
  const query = Query.fromSpec({ where, orderBy, ...(includeDeleted && { includeDeleted }) } as never) as Query
  return query.search(search === '' ? undefined : search)
}
