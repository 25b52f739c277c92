/** Changes of all that is not a part: words, deleted rows, order. */
import type { OrderField, OrderTerm } from 'conversation-store/core'
import type { Asked } from '../contract.ts'
import { NOTHING } from '../query.ts'

/** Asks for free text as it is typed. `''` asks for nothing. */
export function setSearch(asked: Asked, search: string): Asked {
  return { ...asked, search }
}

/** Finds softly deleted conversations too, or no longer. */
export function setIncludeDeleted(asked: Asked, includeDeleted: boolean): Asked {
  return { ...asked, includeDeleted }
}

/** Orders by these terms. None: newest first. */
export function setOrder(asked: Asked, ...orderBy: readonly OrderTerm[]): Asked {
  return { ...asked, orderBy: orderBy.length === 0 ? NOTHING.orderBy : orderBy }
}

/** Orders by a field alone, descending at first; in the other direction where that is the order already. */
export function toggleOrder(asked: Asked, field: OrderField): Asked {
  return setOrder(asked, asked.orderBy[0] === `-${field}` ? field : `-${field}`)
}

/** Leaves out the page that a URL asked for. */
export function dropPaging({ paging: _, ...asked }: Asked): Asked {
  return asked
}

/** Asks for every conversation; the order stays. */
export function clearAll({ orderBy }: Asked): Asked {
  return { ...NOTHING, orderBy }
}

/** Whether nothing narrows what is shown. */
export function isEverything({ parts, search, includeDeleted }: Asked): boolean {
  return parts.length === 0 && search === '' && !includeDeleted
}
