/** The type of a question that is put as an object of wire parameters, by the rules of code. */
import type { Filter, NamedFilter } from '../query/filters.ts'
import type { MetadataPathOf } from '../query/metadata-path.ts'
import type { Condition, OrderTerm, Scalar } from '../query/spec.ts'
import type { InputOf } from '../query/values.ts'
import type { Fields, PlainField } from '../query/verbs.ts'

/** What a filter takes: a value, or where it has several, a list of them too. */
type Given<Row extends Filter> =
  | InputOf<Row['value']>
  | (Row extends { readonly takesSeveral: true } ? readonly InputOf<Row['value']>[] : never)
  | undefined

type OwnParameters = {
  readonly [Each in NamedFilter as Each extends { readonly parameter: infer Name extends string }
    ? Name
    : never]?: Given<Each>
}

type Aliases = {
  readonly [Each in NamedFilter as Each extends { readonly alias: infer Name extends string }
    ? Name
    : never]?: Given<Each>
}

type Comparisons = {
  readonly [Field in PlainField]: {
    readonly [Lookup in keyof Fields[Field] as `${Field}__${Lookup & string}`]?:
      | InputOf<Fields[Field][Lookup]>
      | undefined
  }
}[PlainField] extends infer Each
  ? AllOf<Each>
  : never

/** The members of a union, together. */
type AllOf<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never

interface Settings<Metadata> {
  readonly include_deleted?: boolean | undefined
  readonly ordering?: OrderTerm | readonly OrderTerm[] | undefined
  readonly page?: number | 'last' | undefined
  readonly cursor?: string | undefined
  readonly page_size?: number | undefined
  readonly full?: boolean | undefined
  /** Values by path, `{ 'order.id': 17 }`, or pairs as a URL has them. */
  readonly metadata?: { readonly [Path in Extract<MetadataPathOf<Metadata>, string>]?: Scalar } | string | undefined
  readonly metadata_key?: Extract<MetadataPathOf<Metadata>, string> | readonly string[] | undefined
  readonly metadata_value?: Scalar | undefined
  /** What has no parameter of its own: a list of conditions, or its JSON. */
  readonly where?: readonly Condition[] | string | undefined
}

/** The parameters of `fetchConversations` as an object. `undefined` asks for nothing. */
export type ConversationParameters<Metadata = unknown> = OwnParameters & Aliases & Comparisons & Settings<Metadata>
