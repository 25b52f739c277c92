/** Spans as they are served: rows of a list, and the tree of a trace. */
import { compareInstants } from '../../base/text/instant.ts'
import type { Conversation } from '../../row/conversation.ts'
import type { ArchivedSpan } from './span.ts'
import { formatMicros } from './times.ts'

/** A span as a row, with what came if that is asked for. */
export function spanShape(span: ArchivedSpan, { conversation_id }: Conversation, withPayload: boolean): object {
  const { id, conversation, traceId, spanId, parentId, kind, name, startedAt, endedAt, duration, status } = span
  return {
    id,
    conversation,
    conversation_id,
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: parentId,
    kind,
    name,
    started_at: formatMicros(startedAt),
    ended_at: endedAt === undefined ? null : formatMicros(endedAt),
    duration_ms: duration,
    status,
    attributes: span.attributes,
    events: span.payload.events ?? [],
    ...(withPayload && { payload: span.payload }),
  }
}

/** A span and those that it is the parent of. */
export interface SpanNode {
  readonly span: ArchivedSpan
  readonly children: SpanNode[]
}

/**
 * The spans of a trace as trees, by their start. A span whose parent is not there is a root; so is the first of those that are
 * each other's parents. O(spans x log spans).
 */
export function treeOf(spans: readonly ArchivedSpan[]): readonly SpanNode[] {
  const sorted = spans.toSorted((a, b) => compareInstants(a.startedAt, b.startedAt) || a.id - b.id)
  const nodes = sorted.map((span): SpanNode => ({ span, children: [] }))
  // Two conversations may have spans of one id: a parent in the same one comes first.
  const own = new Map(nodes.map((node) => [`${node.span.conversation} ${node.span.spanId}`, node]))
  const any = new Map(nodes.map((node) => [node.span.spanId, node]).reverse() as [string, SpanNode][])
  const roots: SpanNode[] = []
  const parents = new Map<SpanNode, SpanNode>()
  for (const node of nodes) {
    const { conversation, parentId } = node.span
    const parent = parentId === null ? undefined : (own.get(`${conversation} ${parentId}`) ?? any.get(parentId))
    if (parent === undefined || parent === node) roots.push(node)
    else {
      parents.set(node, parent)
      parent.children.push(node)
    }
  }
  const seen = new Set<SpanNode>()
  for (const root of roots) reach(root, seen)
  for (const node of nodes) {
    if (seen.has(node)) continue
    const siblings = parents.get(node)!.children
    siblings.splice(siblings.indexOf(node), 1)
    roots.push(node)
    reach(node, seen)
  }
  return roots
}

/** Notes a node and all below it. */
function reach(root: SpanNode, seen: Set<SpanNode>): void {
  const open = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    seen.add(node)
    for (const child of node.children) if (!seen.has(child)) open.push(child)
  }
}

/** The JSON of trees in parts, however deep they are. */
export function* nodeParts(roots: readonly SpanNode[], shape: (span: ArchivedSpan) => object): Generator<string> {
  const open = [{ nodes: roots, at: 0 }]
  yield '['
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const node = level.nodes[level.at]
    if (node === undefined) {
      open.pop()
      yield open.length > 0 ? ']}' : ']'
      continue
    }
    yield `${level.at++ > 0 ? ',' : ''}${JSON.stringify(shape(node.span)).slice(0, -1)},"children":[`
    open.push({ nodes: node.children, at: 0 })
  }
}
