/** What the compiler must take and refuse of metadata paths and values. Compiled, never run. */

import type { MetadataPathInput, MetadataPathOf, MetadataValueAt } from '../../src/query/metadata-path.ts'
import type { Scalar } from '../../src/query/spec.ts'
import type { JsonObject } from '../../src/row/conversation.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { got: A; expected: B }
declare function same<A, B>(yes: Equal<A, B>): void

interface Asked<M> {
  metadata<const Path extends MetadataPathInput>(
    path: MetadataPathOf<M, Path>,
    value: MetadataValueAt<M, Path>,
  ): Asked<M>
}

enum Tier {
  Gold = 'gold',
  Iron = 'iron',
}

interface Support {
  plan: 'free' | 'pro'
  score: number
  vip: boolean
  closed: null
  tier: Tier
  note?: string
  parent: string | null
  maybe?: 'a' | 'b' | null
  analysis: { sentiment: 'positive' | 'negative'; readonly scores: readonly number[] } | null
  order?: { readonly lines?: { sku: string; qty?: number }[] }
  tuple: [first: string, second: { third: boolean }]
  goal: { [slot: string]: string }
  known: { own: 1; [other: string]: number }
  extra: unknown
  anything: object
  byYear: { [year: number]: { total: number } }
  2024: { total: number }
  shape: { kind: 'circle'; radius: number } | { kind: 'square'; side: string }
  mixed: string | { inner: number }
  'a.b': { c: string }
  open: { 'gen_ai.model': { 'x.y': { z: 'm' | 1 } }; rest: string }
  l1: { l2: { l3: { l4: { l5: { l6: { l7: { l8: 'deep' } } } } } } }
}

type At<Path> = MetadataValueAt<Support, Path>

// Values keep their literal types; null stands where it may be stored, undefined nowhere.
same<At<'plan'>, 'free' | 'pro'>(true)
same<At<'score'>, number>(true)
same<At<'vip'>, boolean>(true)
same<At<'closed'>, null>(true)
same<At<'tier'>, Tier>(true)
same<At<'note'>, string>(true)
same<At<'parent'>, string | null>(true)
same<At<'maybe'>, 'a' | 'b' | null>(true)
same<At<'plan' | 'score'>, 'free' | 'pro' | number>(true)

// Optional and nullable objects and lists are walked, a step into a list is a number.
same<At<'analysis.sentiment'>, 'positive' | 'negative'>(true)
same<At<'analysis.scores.0'>, number>(true)
same<At<'order.lines.0.sku'>, string>(true)
same<At<'order.lines.12.qty'>, number>(true)
same<At<`order.lines.${number}.sku`>, string>(true)
same<At<'tuple.0'>, string>(true)
same<At<'tuple.1.third'>, boolean>(true)
same<At<'l1.l2.l3.l4.l5.l6.l7.l8'>, 'deep'>(true)

// Keys that are numbers, and types that do not name their keys.
same<At<'2024.total'>, number>(true)
same<At<'byYear.2025.total'>, number>(true)
same<At<'goal.food'>, string>(true)
same<At<'known.own'>, 1>(true)
same<At<'known.other'>, number>(true)
same<At<'extra'>, Scalar>(true)
same<At<'extra.any.thing'>, Scalar>(true)
same<At<'anything.at.all'>, Scalar>(true)

// Unions: what any of their members has.
same<At<'shape.kind'>, 'circle' | 'square'>(true)
same<At<'shape.radius'>, number>(true)
same<At<'shape.side'>, string>(true)
same<At<'mixed'>, string>(true)
same<At<'mixed.inner'>, number>(true)

// An object, a list and nothing have no scalar; an object that may be null has null.
same<At<'analysis'>, null>(true)
same<At<'goal'>, never>(true)
same<At<'order'>, never>(true)
same<At<'order.lines'>, never>(true)
same<At<'order.lines.0'>, never>(true)
same<At<'order.lines.sku'>, never>(true)
same<At<'analysis.scores.length'>, never>(true)
same<At<'plan.length'>, never>(true)
same<At<'nowhere'>, never>(true)
same<At<'toString'>, never>(true)
same<At<'constructor'>, never>(true)

// Lists of keys are not checked.
same<At<readonly ['a.b', 'c']>, Scalar>(true)
same<At<readonly string[]>, Scalar>(true)

// A quoted step is one key, dots included.
same<At<'"a.b".c'>, string>(true)
same<At<'"plan"'>, 'free' | 'pro'>(true)
same<At<'order."lines".0."sku"'>, string>(true)
same<At<'open."gen_ai.model"."x.y".z'>, 'm' | 1>(true)
same<At<'"a.b"'>, never>(true)
same<At<'"a.b'>, never>(true)
same<At<'"a.b"c'>, never>(true)

// A path that is there is itself; one that is not is what may stand there.
same<MetadataPathOf<Support, 'plan'>, 'plan'>(true)
same<MetadataPathOf<Support, 'analysis'>, 'analysis'>(true)
same<MetadataPathOf<Support, 'analysis.scores.3'>, 'analysis.scores.3'>(true)
same<MetadataPathOf<Support, readonly ['a.b', 'c']>, readonly ['a.b', 'c']>(true)
same<MetadataPathOf<Support, 'analysis.sen'>, 'analysis.sentiment' | 'analysis.scores'>(true)
same<MetadataPathOf<Support, 'l1.l2.l3.l4.l5.l6.'>, 'l1.l2.l3.l4.l5.l6.l7'>(true)
same<MetadataPathOf<Support, 'order.lines.0.'>, 'order.lines.0.sku' | 'order.lines.0.qty'>(true)
same<MetadataPathOf<Support, 'order.lines.sku'>, `order.lines.${number}`>(true)

same<MetadataPathOf<Support, '"a.b".c'>, '"a.b".c'>(true)
same<MetadataPathOf<Support, '"plan"'>, '"plan"'>(true)
same<MetadataPathOf<Support, '"a.b".'>, '"a.b".c'>(true)
same<MetadataPathOf<Support, '"open".'>, '"open"."gen_ai.model"' | '"open".rest'>(true)
same<MetadataPathOf<Support, 'open."gen'>, 'open."gen_ai.model"' | 'open.rest'>(true)
same<MetadataPathOf<Support, 'open."gen_ai.model"."x.y".'>, 'open."gen_ai.model"."x.y".z'>(true)

// Without a type anything goes.
for (const path of ['plan', 'a.b.c', ['a.b', 'c']] as const) {
  const untyped = {} as Asked<JsonObject>
  untyped.metadata(path, 'x').metadata(path, 1).metadata(path, true).metadata(path, null)
}
same<MetadataValueAt<JsonObject, 'a.0.b'>, Scalar>(true)
same<MetadataValueAt<unknown, 'a.b'>, Scalar>(true)
same<MetadataValueAt<Record<string, unknown>, 'a.b'>, Scalar>(true)
same<MetadataPathOf<JsonObject, 'a.b'>, 'a.b'>(true)
same<MetadataPathOf<unknown, 'a.b'>, 'a.b'>(true)
same<MetadataPathOf<JsonObject>, string | readonly string[]>(true)
export const dynamic = (path: string, keys: string[], value: Scalar, store: Asked<JsonObject>) =>
  store.metadata(path, value).metadata(keys, value)

// A value of any type of Scalar or a part of it.
same<MetadataValueAt<Record<string, string>, 'a'>, string>(true)
same<MetadataValueAt<Record<string, string>, 'a.b'>, never>(true)

declare const q: Asked<Support>

q.metadata('plan', 'pro')
  .metadata('analysis.sentiment', 'positive')
  .metadata('order.lines.0.qty', 2)
  .metadata('maybe', null)
  .metadata(['a.b', 'c'], 'x')
  .metadata('"a.b".c', 'x')
  .metadata('open."gen_ai.model"."x.y".z', 1)
  .metadata('goal.food', 'cheap')
  .metadata('extra.deep.0', null)
export const byIndex = (i: number) => q.metadata(`order.lines.${i}.sku`, 'x')

// @ts-expect-error A value that is none of the literals.
q.metadata('plan', 'gold')
// @ts-expect-error A value of another type.
q.metadata('score', '1')
// @ts-expect-error Null where none is stored.
q.metadata('plan', null)
// @ts-expect-error Never undefined, for an optional property either.
q.metadata('note', undefined)
// @ts-expect-error A misspelt key.
q.metadata('pln', 'pro')
// @ts-expect-error A misspelt key further in.
q.metadata('analysis.sentimnt', 'positive')
// @ts-expect-error Beyond a scalar.
q.metadata('plan.length', 3)
// @ts-expect-error A list has no keys but numbers.
q.metadata('order.lines.first.sku', 'x')
// @ts-expect-error An object has no scalar to compare with.
q.metadata('analysis', 'positive')
// @ts-expect-error Nor has a list.
q.metadata('order.lines', 'x')
// @ts-expect-error A value of another type at a quoted step.
q.metadata('"a.b".c', 1)
// @ts-expect-error A misspelt quoted key.
q.metadata('"a.c".c', 'x')
// @ts-expect-error A key with a dot needs double quotes or a list of keys.
q.metadata('a.b.c', 'x')
// @ts-expect-error The index signature says text.
q.metadata('goal.food', 1)
// @ts-expect-error An object is no scalar, in an untyped place either.
q.metadata('extra', {})
// @ts-expect-error A path is text or a list of texts.
q.metadata(1, 'x')
// @ts-expect-error A typed store does not take a path that is not known when compiled.
export const unknownPath = (path: string) => q.metadata(path, 'x')

// Types that lead back to themselves and to each other, walked as far as the path goes.
interface Tree {
  label: string
  up?: Tree
  children: Tree[]
}
same<MetadataValueAt<Tree, 'children.0.children.1.up.up.children.2.label'>, string>(true)
same<MetadataPathOf<Tree, 'children.0.'>, 'children.0.label' | 'children.0.up' | 'children.0.children'>(true)

interface User {
  email: string
  team: Team
  boss: User
  orders: Order[]
}
interface Team {
  title: string
  lead: User
  members: User[]
  parent: Team
}
interface Order {
  total: number
  buyer: User
  seller: Team
}
same<MetadataValueAt<User, 'team.lead.orders.0.seller.parent.members.3.boss.orders.1.total'>, number>(true)

// In generic code only lists of keys can be named.
export const generic = <M>(store: Asked<M>) => store.metadata(['tenant'], 'x')
// @ts-expect-error Nothing is known of M.
export const genericPath = <M>(store: Asked<M>) => store.metadata('tenant', 'x')

// Without the path as a parameter: all that begins with a key, and the value judges the rest.
same<MetadataPathOf<{ a: { b: 1 } }>, 'a' | `a.${string}` | readonly string[]>(true)
