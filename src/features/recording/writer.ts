/** Writing one conversation to a log. */
import { checkChoice, checkInteger, checkOptions, invalidOption } from '../../base/options.ts'
import { formatInstant, type Instant, toInstant } from '../../base/text/instant.ts'
import type { Json, JsonObject, Sender, Sentiment } from '../../row/conversation.ts'
import { durationOf } from '../../row/runs.ts'
import { type FileInput, readFile, readFiles, readMetadata, readOptional, readString } from './input.ts'
import { asJson, errorText } from './json.ts'
import type { Log } from './log.ts'
import { TOKEN_USAGE } from './parts.ts'
import { type RunEnd, recorded } from './tool.ts'

/** What goes with a message. */
export interface MessageOptions {
  readonly files?: readonly FileInput[]
  readonly metadata?: object | null
  /** When it was said; the clock's time when absent. */
  readonly at?: string | Date | number
}

/** A click on a button. */
export interface ButtonInput {
  readonly label: string
  readonly button_event?: string | null
  /** Any JSON. */
  readonly value?: unknown
  readonly metadata?: object | null
}

/** What the user said of the conversation. */
export interface FeedbackInput {
  readonly sentiment: Sentiment
  readonly comment?: string | null
  readonly metadata?: object | null
}

/** The tokens of one or more calls of a model. */
export interface TokenCounts {
  readonly prompt_tokens?: number
  readonly completion_tokens?: number
  readonly embedding_tokens?: number
  /** The sum of the others when absent. */
  readonly total_tokens?: number
}

const TOKENS = ['prompt_tokens', 'completion_tokens', 'embedding_tokens'] as const
const SENDERS: readonly Sender[] = ['end_user', 'agent']
const SENTIMENTS: readonly Sentiment[] = ['positive', 'neutral', 'negative']

/**
 * One conversation that is being recorded. Each method records one thing at the time that the clock gives then, and returns
 * the writer, so that calls can be chained. Input that cannot be recorded throws `INVALID_VALUE`, and nothing has changed.
 */
export class Writer {
  readonly conversation_id: string
  readonly #log: Log
  readonly #now: () => Instant

  /** @internal */
  constructor(conversation_id: string, log: Log, now: () => Instant) {
    this.conversation_id = conversation_id
    this.#log = log
    this.#now = now
  }

  /** Records what the user said. With files the text may be empty. */
  user(text: string, options: MessageOptions = {}): this {
    return this.#message('end_user', text, options)
  }

  /** Records what the agent said. With files the text may be empty. */
  agent(text: string, options: MessageOptions = {}): this {
    return this.#message('agent', text, options)
  }

  /**
   * A tool of the agent, recorded: a function that does what `fn` does, with the same `this`, arguments, result and error.
   * Each call is a run with its times, its input (the argument; a list of several), and its result or error, as JSON. While a
   * call runs, it has no `ended_at`. Of a promise the end is when it settles, of an async generator when it is read to its end.
   *
   * @example
   * const lookup = chat.tool('lookup_order', ({ order }: { order: number }) => ({ order, status: 'lost' }))
   * lookup({ order: 17 })
   */
  // biome-ignore lint/suspicious/noExplicitAny: a function of any arguments comes back as it is.
  tool<Fn extends (...args: any[]) => unknown>(name: string, fn: Fn): Fn {
    readString('name', name)
    if (typeof fn !== 'function') throw invalidOption('fn', fn, 'the function of the tool')
    return recorded(fn, name, (input) => this.run(name, input))
  }

  /**
   * Begins a run of a tool that is called elsewhere, and gives what ends it: a function that takes its `output` or its `error`,
   * once; later calls do nothing.
   *
   * @example
   * const end = chat.run('lookup_order', { order: 17 })
   * end({ output: { status: 'lost' } })
   */
  run(name: string, input?: unknown): (end: RunEnd) => void {
    readString('name', name)
    const started_at = this.#time()
    const body = { timestamp: started_at, action_name: name, started_at, tools_used: asJson(input), metadata: {} }
    const end = this.#log.action(this.conversation_id, body)
    let isOpen = true
    return (how) => {
      if (!isOpen) return
      isOpen = false
      const ended_at = this.#time()
      const response = 'error' in how ? null : asJson(how.output)
      const error_msg = 'error' in how ? errorText(how.error) : ''
      const duration_ms = durationOf({ started_at, ended_at })!
      end({ ...('input' in how && { tools_used: asJson(how.input) }), ended_at, duration_ms, response, error_msg })
    }
  }

  /** Records a click on a button: its label, or all of it. The message is the user's. */
  button(given: string | ButtonInput, more: Omit<ButtonInput, 'label'> = {}): this {
    const button = typeof given === 'string' ? { label: given, ...more } : given
    checkOptions('button', button, ['label', 'button_event', 'value', 'metadata'])
    const label = readString('label', button.label)
    const button_event = readOptional('button_event', button.button_event)
    const metadata = readMetadata(button.metadata) ?? {}
    const value = asJson(button.value)
    this.#log.button(this.conversation_id, { timestamp: this.#time(), button_event, label, value, metadata })
    return this
  }

  /** Records a file, or several, without a text: the user's, unless `sender` is `agent`. The message has no content. */
  attachment(
    given: FileInput | readonly FileInput[],
    options: { readonly sender?: Sender; readonly metadata?: object | null } = {},
  ): this {
    checkOptions('attachment', options, ['sender', 'metadata'])
    const files = Array.isArray(given) ? readFiles('files', given) : [readFile('file', given)]
    if (files.length === 0) throw invalidOption('files', given, 'one file or more')
    const { sender = 'end_user' } = options
    checkChoice('sender', sender, SENDERS)
    const metadata = readMetadata(options.metadata) ?? {}
    this.#log.files(this.conversation_id, { timestamp: this.#time(), sender, metadata }, files)
    return this
  }

  /**
   * Records tokens that were used, as a run of `token_usage` whose metadata has running totals: the counts of this call are
   * added to those of the conversation so far.
   *
   * @example chat.tokens({ prompt_tokens: 80, completion_tokens: 30 })
   */
  tokens(counts: TokenCounts): this {
    checkOptions('tokens', counts, [...TOKENS, 'total_tokens'])
    for (const [name, count] of Object.entries(counts)) if (count !== undefined) checkInteger(name, count, 0)
    const sum = TOKENS.reduce((all, name) => all + (counts[name] ?? 0), 0)
    const { total_tokens = sum } = counts
    const before = Object(this.#log.tokens(this.conversation_id)) as Readonly<Record<string, unknown>>
    const totals = Object.entries({ ...NO_TOKENS, ...counts, total_tokens }).map(([name, count]) => {
      return [name, (Number(before[name]) || 0) + (count ?? 0)] as const
    })
    const metadata: JsonObject = Object.fromEntries(totals)
    this.#log.action(this.conversation_id, { timestamp: this.#time(), action_name: TOKEN_USAGE, metadata })
    return this
  }

  /** Records what the user thinks of the conversation: a sentiment, or all of it. */
  feedback(given: Sentiment | FeedbackInput, more: Omit<FeedbackInput, 'sentiment'> = {}): this {
    const feedback = typeof given === 'string' ? { sentiment: given, ...more } : given
    checkOptions('feedback', feedback, ['sentiment', 'comment', 'metadata'])
    const { sentiment } = feedback
    checkChoice('sentiment', sentiment, SENTIMENTS)
    const comment = readOptional('comment', feedback.comment)
    const metadata = readMetadata(feedback.metadata)
    this.#log.feedback(this.conversation_id, { timestamp: this.#time(), sentiment, comment, metadata })
    return this
  }

  #message(sender: Sender, content: string, options: MessageOptions): this {
    checkOptions(sender === 'agent' ? 'agent' : 'user', options, ['files', 'metadata', 'at'])
    const files = readFiles('files', options.files)
    const metadata = readMetadata(options.metadata) ?? {}
    if (content !== '' || files.length === 0) readString('text', content)
    const body = { timestamp: this.#time(options.at), sender, metadata }
    if (content === '') this.#log.files(this.conversation_id, body, files)
    else this.#log.message(this.conversation_id, { ...body, content }, files)
    return this
  }

  /** The time, as it is stored. */
  #time(at?: string | Date | number): string {
    const instant = at === undefined ? this.#now() : toInstant(at)
    if (instant === undefined) throw invalidOption('at', at, 'an ISO 8601 string, a Date or epoch milliseconds')
    return formatInstant(instant)
  }
}

const NO_TOKENS: Readonly<Record<string, Json>> = {
  prompt_tokens: 0,
  completion_tokens: 0,
  total_tokens: 0,
  embedding_tokens: 0,
}
