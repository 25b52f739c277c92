/** The fixtures of each format: small files in the shapes that their makers document, written for these tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type FormatReport,
  type ReadConversationsOptions,
  type RowOfTurns,
  readConversations,
} from '../../../../src/features/formats/index.ts'

const FOLDER = fileURLToPath(new URL('../../../data/formats/', import.meta.url))

/** A file of a format. */
export interface Fixture {
  readonly format: string
  readonly file: string
  readonly path: string
  readonly text: string
}

/** All of them, by format and name. */
export const FIXTURES: readonly Fixture[] = readdirSync(FOLDER).flatMap((format) =>
  readdirSync(join(FOLDER, format)).map((file) => {
    const path = join(FOLDER, format, file)
    return { format, file, path, text: readFileSync(path, 'utf8') }
  }),
)

/** The text of one. */
export function fixture(format: string, file: string): string {
  return FIXTURES.find((each) => each.format === format && each.file === file)!.text
}

/** The rows of a source, and what is reported of it. */
export async function read(
  source: Parameters<typeof readConversations>[0],
  options: ReadConversationsOptions = {},
): Promise<{ rows: RowOfTurns[]; report: FormatReport }> {
  const rows: RowOfTurns[] = []
  const reports: FormatReport[] = []
  for await (const row of readConversations(source, { ...options, onReport: (report) => void reports.push(report) }))
    rows.push(row)
  return { rows, report: reports[0]! }
}

/** What is said and done in a row, a line each: who, what, and of an action its input and result. */
export function transcript({ messages }: RowOfTurns): string[] {
  return messages.map(({ sender, content, action_name, metadata, action_logs }) => {
    const { kind } = Object(metadata) as { kind?: string }
    if (!action_name) return `${kind ?? (sender === 'end_user' ? 'user' : 'agent')}: ${content}`
    const [log] = action_logs ?? []
    const result = log?.error_message ? `failed: ${log.error_message}` : JSON.stringify(log?.response)
    return `${action_name}(${JSON.stringify(log?.tools_used)}) ${result}`
  })
}
