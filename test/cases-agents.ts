/** Match cases of what is asked about agents: who said it, and what a tool did. `cases.ts` says how they are run. */
import type {
  ActionMatch,
  Condition,
  FailedCondition,
  MessageCondition,
  MessageMatch,
  SenderCondition,
  TextCondition,
} from '../src/query/spec.ts'
import type { ActionLog, ConversationInput, Message } from '../src/row/conversation.ts'
import type { MatchCase } from './cases.ts'

const said = (value: string): MessageCondition => ({ field: 'message', lookup: 'icontains', value })
const from = (value: SenderCondition['value']): SenderCondition => {
  return { field: 'message_sender', lookup: 'exact', value }
}
const message = (value: MessageMatch): Condition => ({ field: 'message', lookup: 'matches', value })
const run = (value: ActionMatch): Condition => ({ field: 'action', lookup: 'matches', value })
const failed = (value: boolean): FailedCondition => ({ field: 'action_failed', lookup: 'exact', value })
const named = (value: string): TextCondition => ({ field: 'action_name', lookup: 'exact', value })
const not = (...group: Condition[]): Condition => ({ not: group })
const where = (...group: Condition[]): string => String(new URLSearchParams({ where: JSON.stringify(group) }))

const row = (conversation_id: string, ...messages: Message[]): ConversationInput => {
  return { conversation_id, started_at: '2024-03-01T12:00:00Z', messages }
}
const user = (content: string, more: Partial<Message> = {}): Message => ({ sender: 'end_user', content, ...more })
const agent = (content: string, more: Partial<Message> = {}): Message => ({ sender: 'agent', content, ...more })
const action = (action_name: string | null, ...action_logs: ActionLog[]): Message =>
  agent('', { action_name, action_logs })

const talks: readonly ConversationInput[] = [
  row('user', user('I want a REFUND now'), agent('Sure')),
  row('agent', user('Hello'), agent('Your refund is on its way now')),
  row('both', user('Refund!'), agent('A refund, now?')),
  row('two messages', user('refund'), user('now')),
  row('with a file', user('refund', { attachments: [{ id: 1, filename: 'bill.pdf' }] })),
  row('file elsewhere', user('refund'), agent('here', { attachments: [{}] })),
  row('no files', user('refund', { attachments: [] }), agent('null', { attachments: null })),
  row('silent', agent('')),
  { conversation_id: 'nothing', started_at: '2024-03-01', messages: null },
  row('Straße', user('STRASSE'), agent('straße')),
  { ...row('deleted', user('refund')), is_deleted: true },
]

const noon = '2024-01-15T12:00:00Z'
const runs: readonly ConversationInput[] = [
  row('unlogged', agent('', { action_name: 'lookup_order' })),
  row('empty log', action('lookup_order')),
  row('null log', agent('', { action_name: 'lookup_order', action_logs: null })),
  row(
    'fine',
    action('lookup_order', {
      duration_ms: 120,
      tools_used: { order: 4711, notes: ['Straße', 'a "quote"'] },
      response: { status: 'Shipped', left: null },
      error_message: null,
    }),
  ),
  row(
    'failed',
    action('lookup_order', {
      duration_ms: 30_000,
      tools_used: 'order: 4711',
      response: 'nothing',
      error_message: 'TIMEOUT after 30 s',
    }),
  ),
  row('two runs', action('refund', { error_message: 'timeout', duration_ms: 1 }, { duration_ms: 900, response: 'ok' })),
  row('two actions', action('refund', { error_message: 'timeout' }), action('lookup_order', { duration_ms: 900 })),
  row('nameless', action(null, { error_message: 'boom' }), action('', { tools_used: [1] })),
  row('empty error', action('a', { error_message: '' })),
  row('odd error', action('b', { error_message: { code: 'timeout' }, duration_ms: '900', response: 900 })),
  row('by ends', action('c', { started_at: noon, ended_at: '2024-01-15T12:00:00.001005Z' })),
  row('null duration', action('d', { duration_ms: null, started_at: noon, ended_at: '2024-01-15T13:00:02+01' })),
  row('text duration', action('e', { duration_ms: '2000', started_at: noon, ended_at: '2024-01-15T12:00:02Z' })),
  row('one end', action('f', { started_at: noon }, { started_at: 'soon', ended_at: noon })),
  row('backwards', action('g', { started_at: noon, ended_at: '2024-01-15T11:59:59Z' })),
  row('at once', action('h', { duration_ms: 0, tools_used: null, response: null })),
  row('escaped', action('i', { tools_used: { text: 'line\nline' }, response: 'line\nline' })),
  row('emoji', action('j', { tools_used: { k: '😀' }, response: ['\u212a'] })),
  row('flags', action('k', { tools_used: true, response: false })),
  row('talk', user('timeout 4711')),
  { ...row('deleted', action('lookup_order', { error_message: 'x' })), is_deleted: true },
]

const ofTalks: readonly Omit<MatchCase, 'rows'>[] = [
  {
    name: 'a sender alone: some message is from it',
    query: [from('agent')],
    wire: 'message_sender=agent',
    keeps: ['user', 'agent', 'silent'],
    drops: ['two messages', 'with a file', 'nothing', 'deleted'],
  },
  {
    name: 'no message is from a sender',
    query: [not(from('agent'))],
    keeps: ['two messages', 'with a file', 'nothing'],
    drops: ['user', 'silent'],
  },
  {
    name: 'one and the same message is from the sender and contains the text',
    query: [message({ sender: 'end_user', contains: ['refund'] })],
    wire: 'message_contains=refund&message_sender=end_user',
    keeps: ['user', 'both', 'two messages'],
    drops: ['agent', 'nothing', 'deleted'],
  },
  {
    name: 'the two parameters in any order, with white space',
    query: [message({ sender: 'agent', contains: ['refund'] })],
    wire: 'message_sender=+agent&message_contains=refund+',
    keeps: ['agent', 'both'],
    drops: ['user', 'two messages'],
  },
  {
    name: 'an empty message_contains leaves the sender',
    query: [from('agent')],
    wire: 'message_contains=&message_sender=agent',
    keeps: ['agent', 'silent'],
    drops: ['two messages'],
  },
  {
    name: 'an empty message_sender is not applied',
    query: [said('refund')],
    wire: 'message_contains=refund&message_sender=',
    keeps: ['user', 'agent'],
    drops: ['silent'],
  },
  {
    name: 'message_sender does not restrict what stands in where',
    query: [said('way'), message({ sender: 'end_user', contains: ['hello'] })],
    wire: `message_contains=hello&message_sender=end_user&${where(said('way'))}`,
    keeps: ['agent'],
    drops: ['user', 'both'],
  },
  {
    name: 'message_contains and a sender of another message',
    query: [said('now'), from('agent')],
    keeps: ['user', 'agent', 'both'],
    drops: ['two messages'],
  },
  {
    name: 'several strings are in one and the same message',
    query: [message({ contains: ['refund', 'NOW'] })],
    keeps: ['user', 'agent', 'both'],
    drops: ['two messages'],
  },
  {
    name: 'several strings, of one sender',
    query: [message({ contains: ['now', 'refund'], sender: 'end_user' })],
    keeps: ['user'],
    drops: ['agent', 'both', 'two messages'],
  },
  {
    name: 'each call may be met by another message',
    query: [message({ sender: 'end_user', contains: ['refund'] }), message({ sender: 'agent', contains: ['refund'] })],
    keeps: ['both'],
    drops: ['user', 'agent'],
  },
  {
    name: 'the message that contains the text has attachments',
    query: [message({ contains: ['refund'], hasAttachments: true })],
    keeps: ['with a file'],
    drops: ['file elsewhere', 'no files', 'user'],
  },
  {
    name: 'some message has attachments',
    query: [message({ hasAttachments: true })],
    keeps: ['with a file', 'file elsewhere'],
    drops: ['no files', 'user', 'nothing'],
  },
  {
    name: 'some message has no attachments: an absent, a null and an empty list',
    query: [message({ hasAttachments: false })],
    keeps: ['file elsewhere', 'no files', 'user', 'silent'],
    drops: ['with a file', 'nothing'],
  },
  {
    name: 'an empty list of strings holds for nothing',
    query: [message({ contains: [], sender: 'agent' })],
    keeps: [],
    drops: ['agent', 'silent', 'nothing'],
  },
  {
    name: 'a message ignores case as all strings do',
    query: [message({ sender: 'agent', contains: ['STRAẞE'] })],
    keeps: ['Straße'],
    drops: ['user'],
  },
  {
    name: 'no message has all of it',
    query: [not(message({ sender: 'end_user', contains: ['refund'] }))],
    keeps: ['agent', 'silent', 'nothing'],
    drops: ['user', 'both'],
  },
  {
    name: 'a message in a branch',
    query: [
      { or: [[message({ hasAttachments: true, sender: 'agent' })], [message({ contains: ['on', 'its', 'way'] })]] },
    ],
    keeps: ['file elsewhere', 'agent'],
    drops: ['with a file', 'user'],
  },
]

const ofRuns: readonly Omit<MatchCase, 'rows'>[] = [
  {
    name: 'a name alone is the name of an action, with runs or without',
    query: [run({ name: ['lookup_order'] })],
    wire: 'action_name__exact=lookup_order',
    keeps: ['unlogged', 'empty log', 'null log', 'fine', 'failed', 'two actions'],
    drops: ['two runs', 'nameless', 'talk'],
  },
  {
    name: 'some run failed',
    query: [failed(true)],
    keeps: ['failed', 'two runs', 'two actions', 'nameless'],
    drops: ['unlogged', 'fine', 'empty error', 'odd error', 'talk', 'deleted'],
  },
  {
    name: 'some run did not fail: without an error, with an empty one, with one that is no string, without a log',
    query: [failed(false)],
    keeps: [
      'unlogged',
      'empty log',
      'null log',
      'fine',
      'two runs',
      'two actions',
      'nameless',
      'empty error',
      'odd error',
    ],
    drops: ['failed', 'talk'],
  },
  {
    name: 'no run failed',
    query: [not(failed(true))],
    keeps: ['unlogged', 'fine', 'talk'],
    drops: ['failed', 'two runs', 'nameless'],
  },
  {
    name: 'one and the same run has the name and failed',
    query: [run({ name: ['lookup_order'], failed: true })],
    keeps: ['failed'],
    drops: ['two actions', 'fine', 'unlogged', 'deleted'],
  },
  {
    name: 'of several names any, and a run without a log did not fail',
    query: [run({ name: ['lookup_order', 'a'], failed: false })],
    keeps: ['unlogged', 'empty log', 'null log', 'fine', 'two actions', 'empty error'],
    drops: ['failed', 'two runs', 'nameless'],
  },
  {
    name: 'no names hold for nothing',
    query: [run({ name: [], failed: false })],
    keeps: [],
    drops: ['unlogged', 'fine', 'nameless'],
  },
  {
    name: 'each call may be met by another run',
    query: [run({ name: ['lookup_order'], failed: false }), run({ name: ['refund'], failed: true })],
    keeps: ['two actions'],
    drops: ['two runs', 'failed', 'fine'],
  },
  {
    name: 'the input: JSON as compact text, a string as it stands',
    query: [run({ input: 'order' })],
    keeps: ['fine', 'failed'],
    drops: ['unlogged', 'two runs', 'talk'],
  },
  {
    name: 'the input has keys, quotes and colons of its JSON, and no white space',
    query: [run({ input: '{"order":4711,"notes":["stra\u1e9ee","a \\"quote\\""]}' })],
    keeps: ['fine'],
    drops: ['failed'],
  },
  { name: 'a string has no quotes around it', query: [run({ input: '"order' })], keeps: ['fine'], drops: ['failed'] },
  {
    name: 'what is escaped in JSON is escaped',
    query: [run({ input: 'line\\nline' })],
    keeps: ['escaped'],
    drops: ['fine'],
  },
  { name: 'a string is not', query: [run({ output: 'line\nline' })], keeps: ['escaped'], drops: ['fine'] },
  {
    name: 'numbers, lists and flags are JSON too',
    query: [{ or: [[run({ input: '[1]' })], [run({ input: 'TRUE' })], [run({ output: '900' })]] }],
    keeps: ['nameless', 'flags', 'odd error'],
    drops: ['at once', 'two runs'],
  },
  {
    name: 'null contains nothing, not even its name',
    query: [{ or: [[run({ input: 'null' })], [run({ output: 'null' })], [run({ error: 'null' })]] }],
    keeps: ['fine'],
    drops: ['at once', 'unlogged', 'nameless'],
  },
  { name: 'the output', query: [run({ output: '"status":"SHIPPED"' })], keeps: ['fine'], drops: ['failed'] },
  { name: 'the output ignores case', query: [run({ output: 'k' })], keeps: ['emoji', 'two runs'], drops: ['fine'] },
  {
    name: 'the error, ignoring case; one that is no string contains nothing',
    query: [run({ error: 'Timeout' })],
    keeps: ['failed', 'two runs', 'two actions'],
    drops: ['odd error', 'empty error', 'talk'],
  },
  {
    name: 'an error of a run that did not fail is none',
    query: [run({ error: 'timeout', failed: false })],
    keeps: [],
    drops: ['failed', 'two runs', 'odd error'],
  },
  {
    name: 'strings of one and the same run',
    query: [run({ error: 'timeout', output: 'ok' })],
    keeps: [],
    drops: ['two runs', 'failed'],
  },
  {
    name: 'name, input and error of one run',
    query: [run({ name: ['lookup_order'], input: '4711', error: '30 s' })],
    keeps: ['failed'],
    drops: ['fine', 'two actions'],
  },
  {
    name: 'longer than, exclusive',
    query: [run({ longerThan: 900 })],
    keeps: ['failed', 'null duration'],
    drops: ['two runs', 'two actions', 'odd error', 'text duration', 'unlogged', 'one end'],
  },
  {
    name: 'shorter than, exclusive',
    query: [run({ shorterThan: 1 })],
    keeps: ['at once', 'backwards'],
    drops: ['two runs', 'unlogged', 'one end', 'empty error'],
  },
  {
    name: 'to the microsecond, from its ends: not longer than it took',
    query: [run({ name: ['c'], longerThan: 1.005 })],
    keeps: [],
    drops: ['by ends'],
  },
  {
    name: 'nor shorter',
    query: [run({ name: ['c'], shorterThan: 1.005 })],
    keeps: [],
    drops: ['by ends'],
  },
  {
    name: 'but longer than a microsecond less, and shorter than one more',
    query: [run({ longerThan: 1.004, shorterThan: 1.006 })],
    keeps: ['by ends'],
    drops: ['two runs'],
  },
  {
    name: 'a null duration is absent: its ends tell; a duration that is no number is none',
    query: [run({ longerThan: 1999, shorterThan: 2001 })],
    keeps: ['null duration'],
    drops: ['text duration', 'by ends'],
  },
  { name: 'longer than 0', query: [run({ longerThan: 0 })], keeps: ['by ends'], drops: ['at once', 'backwards'] },
  {
    name: 'the slow run is not the one that failed',
    query: [run({ failed: true, longerThan: 500 })],
    keeps: ['failed'],
    drops: ['two runs', 'two actions'],
  },
  {
    name: 'ends that exclude each other hold for nothing',
    query: [run({ longerThan: 900, shorterThan: 900 })],
    keeps: [],
    drops: ['two runs', 'failed'],
  },
  {
    name: 'no run has all of it: a row without runs too',
    query: [not(run({ error: 'timeout' }))],
    keeps: ['talk', 'fine', 'odd error'],
    drops: ['failed', 'two runs'],
  },
  {
    name: 'what an action is called and what a run did stand beside each other',
    query: [named('lookup_order'), failed(true)],
    keeps: ['failed', 'two actions'],
    drops: ['fine', 'two runs'],
  },
]

export const agentCases: readonly MatchCase[] = [
  ...ofTalks.map((one) => ({ ...one, rows: talks })),
  ...ofRuns.map((one) => ({ ...one, rows: runs })),
]
