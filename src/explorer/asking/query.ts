/** The query of what a person put together. */
import { Query, type QuerySpec } from 'conversation-store/core'
import type { Asked } from './contract.ts'
import { conditionOf } from './parts.ts'

/** Every conversation, newest first. */
export const NOTHING: Asked = { parts: [], search: '', orderBy: ['-started_at'], includeDeleted: false }

/** The query that the URL holds. Parts that are switched off ask for nothing, and so does white space around words. */
export function queryOf(asked: Asked): Query {
  return Query.fromSpec({ ...specOf(asked), ...asked.paging }) as Query
}

/** The query of all rows: the one that panes ask. A page that the URL names is left out. */
export function queryOfRows(asked: Asked): Query {
  return Query.fromSpec(specOf(asked)) as Query
}

function specOf({ parts, search, orderBy, includeDeleted }: Asked): QuerySpec {
  const isOn = (part: Asked['parts'][number]) => !part.isOff && !('any' in part && part.any.every(({ isOff }) => isOff))
  const words = search.trim()
  return {
    where: [
      ...parts.filter(isOn).map(conditionOf),
      ...(words === '' ? [] : [{ field: 'search', lookup: 'icontains', value: words } as const]),
    ],
    orderBy,
    ...(includeDeleted && { includeDeleted }),
  }
}
