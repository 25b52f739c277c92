/** The keys of a conversation that are judged, with their types. */
import {
  businessId,
  FEEDBACK,
  flag,
  id,
  instant,
  listOf,
  MESSAGE,
  metadata,
  object,
  required,
  shapeOf,
  string,
} from './types.ts'

const PATCH_TYPES = { name: string, is_marked: flag, customer_id: string, device: string, language: string, metadata }

/** The keys of a patch. */
export const PATCH = shapeOf(PATCH_TYPES)

/** The keys of a conversation. */
export const CONVERSATION = shapeOf({
  ...PATCH_TYPES,
  id,
  conversation_id: required(businessId),
  customer_ip_address: string,
  environment: string,
  is_deleted: flag,
  is_used: flag,
  started_at: required(instant),
  ended_at: instant,
  deleted_at: instant,
  geo_location: object,
  messages: listOf(MESSAGE),
  feedbacks: listOf(FEEDBACK),
})
