/** Drafts to rows: those of one conversation are merged, each gets an id, and one function makes the row. */
import type { Json, JsonObject } from '../../row/conversation.ts'
import { type RowOfTurns, type Turn, toRow } from '../turns/index.ts'
import type { Draft } from './format.ts'
import { hashOf } from './hash.ts'
import { joinResults, keyOf, mergeTurns } from './histories.ts'

/** A row, and the line of the first record of it. */
export interface DraftedRow {
  readonly row: RowOfTurns
  readonly line: number
}

/** The longest id that a row may have. */
const LONGEST_ID = 255

/** The rows of drafts, in the order of the first of each conversation. */
export function rowsOf(drafts: Iterable<Draft>, format: string, lossy: boolean): DraftedRow[] {
  const rows = new Map<string, Draft>()
  for (const draft of mergedHistories(drafts)) {
    const id = idOf(draft, format)
    const before = rows.get(id)
    rows.set(id, before === undefined ? draft : merged(before, draft))
  }
  // Spans and runs that have nothing to do with a conversation.
  if (lossy) for (const [id, { turns }] of rows) if (turns.length === 0) rows.delete(id)
  return [...rows].map(([id, draft]) => ({ row: rowOf(id, draft, format, lossy), line: draft.line }))
}

function idOf({ id, turns }: Draft, format: string): string {
  if (id === undefined || id === '') return `${format}-${hashOf(JSON.stringify(turns.map(keyOf)))}`
  return id.length <= LONGEST_ID ? id : `${id.slice(0, LONGEST_ID - 27)}-${hashOf(id)}`
}

/** Requests of one conversation, told by the history that they repeat or by the answer that they go on from, as one draft. */
function mergedHistories(drafts: Iterable<Draft>): Draft[] {
  const result: Draft[] = []
  /** By the hash of some turns: the draft that ends with them, and one that goes on. */
  const ends = new Map<string, number>()
  const inside = new Map<string, number>()
  const answers = new Map<string, number>()
  const learn = (place: number, hashes: readonly string[]) => {
    for (const hash of hashes.slice(0, -1)) inside.set(hash, place)
    const last = hashes.at(-1)
    if (last !== undefined) ends.set(last, place)
  }
  for (const draft of drafts) {
    if (draft.isHistory !== true || draft.id !== undefined) {
      result.push(draft)
      continue
    }
    // One answer is logged once, however often it is in the log.
    const same = draft.answers === undefined ? undefined : answers.get(draft.answers)
    if (same !== undefined) {
      result[same] = { ...merged(result[same]!, draft), turns: result[same]!.turns }
      continue
    }
    const hashes = prefixHashes(draft.turns)
    let place = draft.continues === undefined ? undefined : answers.get(draft.continues)
    if (place !== undefined) {
      const before = result[place]!
      result[place] = { ...merged(before, draft), turns: [...before.turns, ...newTurns(before.turns, draft.turns)] }
      learn(place, prefixHashes(result[place]!.turns))
    } else {
      const whole = hashes.at(-1) ?? ''
      place = ends.get(whole) ?? inside.get(whole)
      for (let i = hashes.length - 2; i >= 0 && place === undefined; i--) place = ends.get(hashes[i]!)
      if (place === undefined) place = result.push(draft) - 1
      else result[place] = merged(result[place]!, draft)
      learn(place, hashes)
    }
    if (draft.answers !== undefined) answers.set(draft.answers, place)
  }
  return result
}

/** Turns without instructions that were given before. */
function newTurns(before: readonly Turn[], turns: readonly Turn[]): Turn[] {
  const said = new Set(before.filter(({ role }) => role === 'system').map(({ text }) => text))
  return turns.filter(({ role, text }) => role !== 'system' || !said.has(text))
}

/** For each beginning of the turns a hash of it. Instructions do not count. */
function prefixHashes(turns: readonly Turn[]): string[] {
  let hash = ''
  return turns
    .filter(({ role }) => role !== 'system')
    .map((turn) => {
      hash = hashOf(hash + keyOf(turn))
      return hash
    })
}

function merged(first: Draft, second: Draft): Draft {
  const feedbacks = [...(first.feedbacks ?? []), ...(second.feedbacks ?? [])]
  const earliest = [first.started_at, second.started_at].filter((time) => time !== undefined).sort()[0]
  const latest = [first.ended_at, second.ended_at]
    .filter((time) => time !== undefined)
    .sort()
    .at(-1)
  return {
    ...second,
    ...withoutUndefined(first),
    started_at: earliest,
    ended_at: latest,
    turns: mergeTurns(first.turns, second.turns),
    ...(feedbacks.length > 0 && { feedbacks: distinct(feedbacks) }),
    metadata: both(first.metadata, second.metadata),
    source: both(first.source, second.source),
    extra: bothExtras(first.extra, second.extra),
  }
}

function withoutUndefined(draft: Draft): Draft {
  return Object.fromEntries(
    Object.entries(draft).filter(([, value]) => value !== undefined && value !== null),
  ) as unknown as Draft
}

function both(first: JsonObject | undefined, second: JsonObject | undefined): JsonObject | undefined {
  return first === undefined ? second : { ...second, ...first }
}

/** What differs stands under `others`, once each. */
function bothExtras(first: JsonObject | undefined, second: JsonObject | undefined): JsonObject | undefined {
  if (first === undefined || second === undefined) return first ?? second
  const { others = [], ...own } = first
  const known = { ...own } as Record<string, Json>
  const differing: Record<string, Json> = {}
  for (const [key, value] of Object.entries(second)) {
    if (!(key in known)) known[key] = value
    else if (JSON.stringify(known[key]) !== JSON.stringify(value)) differing[key] = value
  }
  const list = distinct([...(others as Json[]), ...(Object.keys(differing).length > 0 ? [differing] : [])])
  return list.length === 0 ? known : { ...known, others: list }
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}

function rowOf(id: string, draft: Draft, format: string, lossy: boolean): RowOfTurns {
  const { name, customer_id, environment, feedbacks, metadata, source, extra } = draft
  const turns = joinResults(draft.turns)
  const times = timesOf(turns)
  const started_at = draft.started_at ?? times[0]
  const ended_at = draft.ended_at ?? (times.length > 1 && times.at(-1) !== started_at ? times.at(-1) : undefined)
  const own = metadata !== undefined && 'source' in metadata ? { metadata } : {}
  const said = lossy ? turns.filter(({ role }) => role !== 'system') : turns
  return toRow(
    said,
    {
      conversation_id: id,
      started_at,
      ...(ended_at !== undefined && { ended_at }),
      ...(name && { name }),
      ...(customer_id && { customer_id }),
      ...(environment && { environment }),
      ...(feedbacks !== undefined && feedbacks.length > 0 && { feedbacks }),
      metadata: { ...metadata, source: { format, ...source, ...own } },
      ...(!lossy && extra !== undefined && Object.keys(extra).length > 0 && { extra }),
    },
    { keepsAll: !lossy },
  )
}

/** The times of turns and calls, ascending. All are UTC to the same shape, so text order is time order to the second. */
function timesOf(turns: readonly Turn[]): string[] {
  return turns
    .flatMap(({ at, tools }) => [at, ...tools.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt])])
    .filter((time) => time !== undefined)
    .sort((a, b) => Date.parse(a) - Date.parse(b))
}
