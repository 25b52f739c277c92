/** The names of formats, apart from the readers, which are fetched when they are needed. */

/** The formats of other tools, the most particular first. */
export const FOREIGN_NAMES = [
  'chatgpt',
  'claude',
  'intercom',
  'langfuse',
  'langsmith',
  'otel',
  'codex',
  'claude-code',
  'sharegpt',
  'ai-sdk',
  'openai',
] as const

/** The store's own rows, which need no conversion. */
export const OWN = 'conversation-store'

/** The name of a format of other tools. */
export type ForeignFormat = (typeof FOREIGN_NAMES)[number]

/** The name of a format. */
export type FormatName = ForeignFormat | typeof OWN

/** The names of all formats. */
export const FORMAT_NAMES: readonly FormatName[] = [...FOREIGN_NAMES, OWN]
