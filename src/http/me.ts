/** The routes besides conversations and feedback: who asks, one message by its id, the bytes of a file. */
import { decodeBase64, decodedSize } from '../base/base64.ts'
import { notFound, streamOf } from './answer.ts'
import { type Call, type Outcome, ok, rowOf } from './call.ts'
import { Fields } from './fields.ts'
import { type FoundMessage, findMessage, type MessageIndex } from './message-index.ts'
import { messageShape } from './shapes.ts'
import { changedMessage } from './tracker.ts'

/** What a client may use beyond what all servers offer: batches of spans compressed with gzip. */
const CAPABILITIES = ['gzip-ingest']

/** GET /api/me/. */
export function showMe({ agent, role, environments, settings }: Call): Outcome {
  const since = settings.since()
  const isWriter = role === 'write' && !settings.isReadOnly
  return ok(() => ({
    agent_id: agent.id,
    agent_name: agent.name,
    role: isWriter ? 'write' : 'read',
    environments: environments.map((environment) => ({ ...environment, created_at: since, updated_at: since })),
    capabilities: CAPABILITIES,
  }))
}

/** GET /api/track/{id}/. */
export function showMessage(call: Call, messages: MessageIndex): Outcome {
  const { row, message } = messageOfPath(call, messages)
  return ok(() => messageShape(message, row, call))
}

/** PATCH /api/track/{id}/: replaces the metadata. */
export function updateMessage(call: Call, messages: MessageIndex): Outcome {
  const fields = new Fields(call.body, call.settings)
  if (!fields.has('metadata')) fields.refuse('metadata', 'This field is required.')
  const metadata = fields.metadata()
  fields.check()
  const { row, message: before, index } = messageOfPath(call, messages)
  const message = changedMessage(before, { metadata })
  return ok(
    () => messageShape(message, rowOf(call, row.id), call),
    [{ type: 'message_changed', conversation: row.id, index, message }],
  )
}

function messageOfPath(call: Call, messages: MessageIndex): FoundMessage {
  const found = findMessage(call, messages, Number(call.path.id))
  if (found === undefined) throw notFound()
  return found
}

/** The types that a browser may show; others are served as bytes. SVG can run scripts, which the sandbox forbids. */
const SHOWN = /^(?:(?:image|audio|video)\/[\w.+-]{1,100}|application\/pdf)$/

/** GET /api/files/{file}/. */
export function showFile({ agent, path }: Call): Outcome {
  const held = agent.state.files.get(path.file!)
  if (held === undefined || !agent.state.store.has(held.file.conversation)) throw notFound()
  const { filename, mime_type } = held.file
  const pieces = held.pieces.slice()
  const type = mime_type.toLowerCase().split(';', 1)[0]!.trim()
  return {
    status: 200,
    response: () =>
      new Response(streamOf(decoded(pieces)), {
        headers: {
          'content-length': String(pieces.reduce((size, piece) => size + decodedSize(piece), 0)),
          'content-type': SHOWN.test(type) ? type : 'application/octet-stream',
          'x-content-type-options': 'nosniff',
          'content-security-policy': 'sandbox',
          'content-disposition': disposition(filename),
        },
      }),
  }
}

/** Each piece is decoded when it is sent. */
function* decoded(pieces: readonly string[]): Generator<Uint8Array> {
  for (const piece of pieces) yield decodeBase64([piece])
}

/** Code points of a name in a header. */
const NAME_LENGTH = 200

/** The name twice, by RFC 6266: in ASCII and as it is, without control characters and lone surrogates. */
function disposition(filename: string): string {
  const clear = filename.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, '').trim() || 'file'
  const name = [...clear].slice(0, NAME_LENGTH).join('')
  const ascii = name.replace(/[^ -~]/g, '_').replace(/["\\]/g, '\\$&')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
