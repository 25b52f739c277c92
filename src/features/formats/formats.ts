/** The formats by their names, the most particular first: the first that knows a record is that of its source. */
import type { Part } from '../turns/index.ts'
import { aiSdk } from './ai-sdk.ts'
import { chatgpt } from './chatgpt.ts'
import { claudeCode } from './claude-code.ts'
import { claudeExport } from './claude-export.ts'
import { codex } from './codex.ts'
import type { Format } from './format.ts'
import { intercom } from './intercom.ts'
import { langfuse } from './langfuse.ts'
import { langsmith } from './langsmith.ts'
import { type ForeignFormat, type FormatName, OWN } from './names.ts'
import { openai } from './openai.ts'
import { otel } from './otel.ts'
import { sharegpt } from './sharegpt.ts'

export { FORMAT_NAMES, type ForeignFormat, type FormatName, OWN } from './names.ts'

/** The formats of others. */
export const FORMATS = {
  chatgpt,
  claude: claudeExport,
  intercom,
  langfuse,
  langsmith,
  otel,
  codex,
  'claude-code': claudeCode,
  sharegpt,
  'ai-sdk': aiSdk,
  openai,
} as const satisfies Record<ForeignFormat, Format>

/** The format of a record, if it is of one. O(keys). */
export function formatOf(value: unknown): FormatName | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const record = value as Part
  for (const [name, format] of Object.entries(FORMATS)) if (format.detect(record)) return name as ForeignFormat
  return isRow(record) ? OWN : undefined
}

/** Whether a record is a row, or was meant as one; or an empty page of them. */
function isRow(record: Part): boolean {
  const { conversation_id, started_at, schema_version, is_marked, customer_id, results, conversations } = record
  if ([conversation_id, started_at, schema_version, is_marked].some((value) => value !== undefined)) return true
  const isEmpty = (list: unknown) => Array.isArray(list) && list.length === 0
  return typeof customer_id === 'string' || isEmpty(results) || isEmpty(conversations)
}

/** What a list in a record may be, if the record is only its envelope: the records in it and their format. */
export function enveloped(
  value: unknown,
  wanted?: FormatName,
): { readonly records: readonly unknown[]; readonly format: FormatName } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  for (const inner of Object.values(value)) {
    if (!Array.isArray(inner)) continue
    const format = inner
      .slice(0, 20)
      .map(formatOf)
      .find((name) => name !== undefined && (wanted === undefined || name === wanted))
    if (format !== undefined) return { records: inner, format }
  }
  return undefined
}

/** What a value looks like, for an error: its kind, and its keys. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)?.slice(0, 60) ?? 'nothing'
  const keys = Object.keys(value)
  if (keys.length === 0) return 'an object without keys'
  const shown = keys.slice(0, 6).map((key) => JSON.stringify(key.slice(0, 40)))
  return `an object with the keys ${shown.join(', ')}${keys.length > 6 ? `, and ${keys.length - 6} more` : ''}`
}

/** What is read, for an error. */
export const READ = `Read are the store's own rows and ${Object.values(FORMATS)
  .map(({ title }) => title)
  .join(', ')}.`
