/** What the explorer's page is told of where its conversations come from. */
import { basename } from 'node:path'
import type { FileFault } from './explore-faults.ts'
import { onOneLine } from './printable.ts'

/** `/explore/session.json`. Paths are relative to the page. */
export interface Session {
  /** `generated`: the server has no conversations, and the page makes its own, which it does not send to the API. */
  readonly source: { readonly kind: 'served' | 'generated'; readonly name: string }
  /** How many conversations there are, deleted ones too. */
  readonly rows: number
  /** Whether this client may not write. */
  readonly isReadOnly: boolean
  /** What of the files was left out: the first hundred, */
  readonly faults: readonly FileFault[]
  /** and how many there were. */
  readonly faultCount: number
  /** The prefix of `api/`. */
  readonly api: string
  /**
   * Where the conversations come from quickest: a snapshot that is at hand, else their rows as NDJSON, for a snapshot of many
   * takes seconds to make. The header `X-Sequence` of its answer says up to which change. Null where there are none.
   */
  readonly data: string | null
  /** The number of the last change: what came after it is at `changes?after=`. Null where there are no conversations. */
  readonly sequence: number | null
}

/** What to call some files and a journal, safe to be shown: `inbox.ndjson, 2 more`. */
export function sourceName(files: readonly string[], save: string | undefined): string {
  const [first, ...more] = files.length > 0 ? files : save === undefined ? [] : [save]
  if (first === undefined) return 'recorded conversations'
  const name = first === '-' ? 'standard input' : onOneLine(basename(first)) || first
  return more.length === 0 ? name : `${name}, ${more.length} more`
}
