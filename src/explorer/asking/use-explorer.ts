/** What is asked and looked at, for components. The URL holds both. */

import type { Query } from 'conversation-store/core'
import { createContext, useContext } from 'react'
import type { Session, SessionState } from '../data/contract.ts'
import type { Explore } from './contract.ts'

/** All that a component may use. */
export interface Explorer extends Explore, SessionState {
  /** The query of `asked`: one object as long as what is asked is the same. */
  readonly query: Query
  readonly session: Session
}

export const ExplorerContext = createContext<Explorer | null>(null)

/** Throws outside the page. */
export function useExplorer(): Explorer {
  const explorer = useContext(ExplorerContext)
  if (explorer === null) throw new Error('This component has nothing to show. Put it inside <Explorer>.')
  return explorer
}
