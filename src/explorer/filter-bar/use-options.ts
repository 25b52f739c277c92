/** What the combobox offers now: the options themselves come from `asking/choices`, their counts from the store. */
import type { FacetCounts, FacetRequest, FacetValue } from 'conversation-store'
import { useEffect, useMemo, useState } from 'react'
import { withoutField } from '../asking/changes/index.ts'
import type { Draft, Ready } from '../asking/choices/draft.ts'
import { FIELDS, type FieldChoice, fieldChoice, metadataChoice } from '../asking/choices/fields.ts'
import {
  directOptions,
  fieldOptions,
  lastWord,
  type Option,
  operatorOptions,
  valueOptions,
} from '../asking/choices/options.ts'
import { queryOfRows } from '../asking/query.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { usePaths } from '../facets/use-paths.ts'

/** Values are looked up once typing has paused so long. */
const PAUSE_MS = 120
/** Values that are listed, and values of each field that a word finds. */
const LIMIT = 50
const FEW = 3
/** Fields in which a word is looked for. */
const LOOKED_IN = ['device', 'language', 'environment', 'action_name', 'customer_id'] as const

const NO_VALUES: readonly FacetValue[] = []

/** What is offered, and whether values are still looked up. */
interface Offered {
  readonly options: readonly Option[]
  readonly isPending: boolean
}

/** The options of the stage that a draft is at, while the list is open. */
export function useOptions(draft: Draft | null, text: string, isOpen: boolean): Offered {
  const { asked } = useExplorer()
  const paths = usePaths()
  const request = requestFor(draft, text)
  const counts = useCounts(request, isOpen)
  const fields = useMemo(
    () => [...FIELDS, ...(paths ?? []).map(({ label, lists }) => metadataChoice(label, lists === 'always'))],
    [paths],
  )
  const options = useMemo(() => {
    if (!isOpen) return []
    if (draft === null) return [...fieldOptions(text, fields, asked), ...directOptions(text, foundIn(counts))]
    if (draft.operator === undefined) return operatorOptions(draft, text)
    const values = counts?.[facetOf(draft)] ?? NO_VALUES
    return valueOptions(draft as Ready, text, { values, asked, now: Date.now() })
  }, [draft, text, isOpen, fields, counts, asked])
  return { options, isPending: isOpen && draft !== null && request !== undefined && counts === undefined }
}

type Counts = Readonly<Record<string, readonly FacetValue[]>>

/** What the store is asked for a stage; undefined for nothing. */
function requestFor(draft: Draft | null, text: string): FacetRequest | undefined {
  const match = (draft === null ? lastWord(text) : text).trim()
  if (draft === null)
    return match.length < 2 ? undefined : Object.fromEntries(LOOKED_IN.map((field) => [field, { limit: FEW, match }]))
  return draft.operator?.takes === 'value' ? { [facetOf(draft)]: { limit: LIMIT, match } } : undefined
}

function facetOf({ field, operator }: Draft): string {
  return operator?.facet ?? field.field
}

/** The values of a request with their counts, over the current query without what is ticked in the one field that is asked. */
function useCounts(request: FacetRequest | undefined, isOpen: boolean): Counts | undefined {
  const { store, asked } = useExplorer()
  const [counts, setCounts] = useState<{ readonly key: string; readonly counts: Counts }>()
  const key = JSON.stringify(request)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of the request.
  useEffect(() => {
    if (store === null || request === undefined || !isOpen) return
    const control = new AbortController()
    const fields = Object.keys(request)
    // The words that are typed in search of a value would leave no other.
    const others = fields.length === 1 ? withoutField(asked, fields[0]!) : { ...asked, search: '' }
    const timer = setTimeout(
      () => {
        store.facets(queryOfRows(others), request, { signal: control.signal }).then(
          (found: FacetCounts) => setCounts({ key, counts: found as unknown as Counts }),
          // Ended, or a path that is gone: no values are offered.
          () => {},
        )
      },
      counts === undefined ? 0 : PAUSE_MS,
    )
    return () => {
      clearTimeout(timer)
      control.abort()
    }
  }, [store, key, asked, isOpen])
  // Values of another field are none of this one; those of a shorter text are better than a list that jumps.
  return counts !== undefined && fieldsOf(counts.key) === fieldsOf(key) ? counts.counts : undefined
}

function fieldsOf(key: string | undefined): string {
  return key === undefined ? '' : Object.keys(JSON.parse(key) as object).join()
}

/** The values that have the word in them: a facet lists those that are asked for too. */
function foundIn(
  counts: Counts | undefined,
): { readonly field: FieldChoice; readonly values: readonly FacetValue[] }[] {
  return Object.entries(counts ?? {}).flatMap(([name, values]) => {
    const field = fieldChoice(name)
    const found = values.filter(({ value, selected }) => value !== null && !selected)
    return field === undefined || found.length === 0 ? [] : [{ field, values: found }]
  })
}
