/** What a key may read of imports: the schema of an import file, its limits and an example. Nothing can be imported with a key. */
import { forbidden } from './answer.ts'
import { type Call, type Outcome, ok } from './call.ts'

/** The limits of an import, as the hosted service has them. */
const LIMITS = {
  max_chunk_request_bytes: 5_242_880,
  max_chunks_per_run: 400,
  max_content_length: 100_000,
  max_conversations_per_chunk: 500,
  max_conversations_per_run: 100_000,
  max_import_file_bytes: 209_715_200,
  max_messages_per_conversation: 2_000,
  max_metadata_bytes: 16_384,
  max_metadata_depth: 10,
  max_open_runs_per_agent: 3,
  schema_version: 1,
}

const SHORT_TEXT = { type: ['string', 'null'], maxLength: 255 }
const METADATA = { type: ['object', 'null'], description: 'At most 10 levels and 16,384 bytes of JSON.' }
const TIME = { type: 'string', format: 'date-time', description: 'ISO 8601 with an offset or Z.' }

/** The names that a sender may have, in any case. */
const SENDERS = ['user', 'human', 'customer', 'end_user', 'assistant', 'bot', 'ai', 'agent']

/** An object of these keys alone. */
function record(properties: object, required: readonly string[]): object {
  return { type: 'object', additionalProperties: false, required, properties }
}

const MESSAGE = record(
  {
    sender: { type: 'string', description: `One of ${SENDERS.join(', ')}, in any case.` },
    content: { type: 'string', minLength: 1, maxLength: LIMITS.max_content_length },
    timestamp: TIME,
    metadata: METADATA,
  },
  ['sender', 'content', 'timestamp'],
)

const CONVERSATION = record(
  {
    conversation_id: { type: 'string', minLength: 1, maxLength: 255 },
    started_at: TIME,
    messages: { type: 'array', minItems: 1, maxItems: LIMITS.max_messages_per_conversation, items: MESSAGE },
    name: SHORT_TEXT,
    customer_id: SHORT_TEXT,
    language: SHORT_TEXT,
    device: SHORT_TEXT,
    metadata: METADATA,
  },
  ['conversation_id', 'started_at', 'messages'],
)

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Import file, version 1',
  ...record(
    { schema_version: { const: LIMITS.schema_version }, conversations: { type: 'array', items: CONVERSATION } },
    ['schema_version', 'conversations'],
  ),
}

const EXAMPLE = {
  schema_version: LIMITS.schema_version,
  conversations: [
    {
      conversation_id: 'order-17',
      started_at: '2026-01-05T10:00:00Z',
      name: 'Where is my order?',
      customer_id: 'kim',
      language: 'en',
      device: 'mobile',
      metadata: { plan: 'pro' },
      messages: [
        { sender: 'user', content: 'Where is my order?', timestamp: '2026-01-05T10:00:00Z' },
        {
          sender: 'assistant',
          content: 'It ships tomorrow.',
          timestamp: '2026-01-05T10:00:02Z',
          metadata: { tokens: 12 },
        },
      ],
    },
  ],
}

/** GET /api/imports/schema/. */
export const showSchema = (): Outcome => ok(() => SCHEMA)

/** GET /api/imports/limits/. */
export const showLimits = (): Outcome => ok(() => LIMITS)

/** GET /api/imports/example/. */
export const showExample = (): Outcome => ok(() => EXAMPLE)

/** Anything else below /api/imports/, whatever the verb. */
export function refuseImport(_: Call): Outcome {
  throw forbidden()
}
