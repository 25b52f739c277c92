/** What each wire parameter asks for, in a line. For the command line and docs/filters.md alone. */
import type { FilterName } from '../query/filters.ts'

/** A line for each parameter of its own. */
export const FILTER_DOCS: Readonly<Record<FilterName, string>> = {
  conversation_id: 'The conversation id is equal.',
  customer_id: 'The customer id is equal.',
  name: 'The name contains the text, ignoring case.',
  device: 'The device is equal.',
  language: 'The language is equal.',
  environment: 'The environment is equal: production (prod) or development (dev).',
  env: 'Short for environment.',
  customer_ip_address: 'The IP address of the customer is equal.',
  is_marked: 'Marked (true) or not marked (false).',
  is_used: 'Used (true), which an absent one reads as, or not used (false). The hosted API ignores it.',
  include_deleted: 'Also softly deleted rows, which never match otherwise.',
  started_at_after: 'Started at this time or later.',
  started_at_before: 'Started at this time or earlier.',
  has_messages: 'Has any message (true) or none (false).',
  message_contains: 'Some one message contains the text, ignoring case.',
  message_sender:
    'Some message is from end_user or agent; with message_contains, the same one. The hosted API ignores it.',
  action_name: 'The name of some action contains the text, ignoring case.',
  action_name__exact: 'The name of some action is equal.',
  has_action: 'Has any action (true) or none (false).',
  has_feedback: 'Has any feedback (true) or none (false).',
  feedback_sentiment: 'Some feedback is positive, neutral or negative.',
  feedback_source: 'Some feedback comes from customer or platform; with feedback_sentiment, the same one.',
  metadata: 'Values in the metadata, key:value,key2:value2, nested keys joined by dots; "1" in quotes is a string.',
  metadata_key: 'A metadata key whose value is in metadata_value.',
  metadata_value: 'The value under metadata_key, where it has a comma or a colon.',
  search: 'Every term is contained in the name, an id or some message, ignoring case; a phrase stands in "quotes".',
  where: 'The JSON of conditions that no other parameter can say.',
  ordering: 'Fields to order by, separated by commas, descending with a leading "-". Default: -started_at.',
  page: 'The page, from 1, or last.',
  cursor: 'The page after the one whose next_cursor this is.',
  page_size: 'Rows a page has. Default 10, at most 100.',
  full: 'Whole rows (true), or rows without messages and feedbacks but with their numbers (false).',
}

/** What each lookup of FIELD`__`LOOKUP compares. */
export const LOOKUP_DOCS: Readonly<Record<string, string>> = {
  exact: 'is equal',
  iexact: 'is equal, ignoring case',
  contains: 'contains the text',
  icontains: 'contains the text, ignoring case',
  startswith: 'starts with the text',
  istartswith: 'starts with the text, ignoring case',
  in: 'is one of these, separated by commas',
  isnull: 'is null (true) or not (false)',
  gt: 'is greater, or later',
  gte: 'is greater, later or equal',
  lt: 'is less, or earlier',
  lte: 'is less, earlier or equal',
}
