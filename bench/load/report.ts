/** The load test's results as Markdown. */
import type { Measured } from './client.ts'
import type { Fsync } from './fsync.ts'
import type { Hold } from './hold.ts'

/** One server under one kind of load. */
export interface Load extends Measured {
  readonly server: string
  readonly question: string
  readonly connections: number
}

/** For how long one kind of request held the event loop. */
export interface Loop extends Hold {
  readonly question: string
  readonly answers: number
}

/** All that a run found. */
export interface Results {
  readonly date: string
  readonly machine: string
  readonly command: string
  readonly rows: number
  readonly connections: number
  readonly seconds: number
  readonly loads: readonly Load[]
  /** The bare disk, before, between and after. */
  readonly fsyncs: readonly Fsync[]
  readonly rowsOfLoop: number
  readonly loop: readonly Loop[]
}

/** The most milliseconds that a request may hold the event loop. */
const HOLD_LIMIT = 50

export function report(results: Results): string {
  const { rows, connections, seconds, loads, fsyncs, loop } = results
  const disk = { median: middle(fsyncs.map((each) => each.median)), p99: Math.max(...fsyncs.map((each) => each.p99)) }
  return `# Load

${results.date}, ${results.machine}. \`${results.command}\`

${count(rows)} conversations of 11 messages, none deleted, the same in both. The client (autocannon, ${connections} connections, each sending
its next request when the last is answered, ${seconds} seconds after a warm-up) and the server share the cores of this machine. json-server
runs without its log and without compression, its rows stored in the order asked for; both answered alike before they were timed.

${table(
  ['request', 'server', 'requests a second', 'median', 'p99', 'longest'],
  loads.map((load) => [
    load.question,
    load.server,
    count(Math.round(load.perSecond)),
    ...[load.median, load.p99, load.longest].map(time),
  ]),
)}

An append of 512 bytes and its fsync on the same disk, in the same run, with no server: median ${time(disk.median)}, p99 ${time(disk.p99)}.

${aims(results, disk)
  .map((aim) => `- ${aim}`)
  .join('\n')}

## The event loop

${count(results.rowsOfLoop)} conversations; each kind of request alone, one after another, once warm. Longest is the most by which a timer of the server was
late, garbage collection and the machine's other work included; garbage is the longest collection in that time.

${table(
  ['request', 'answers', 'longest', 'garbage'],
  loop.map((each) => [each.question, count(each.answers), time(each.longest), time(each.garbage)]),
)}

${
  loop.every((each) => each.longest <= HOLD_LIMIT)
    ? `None held the loop for more than ${HOLD_LIMIT} ms.`
    : `Over ${HOLD_LIMIT} ms: ${loop
        .filter((each) => each.longest > HOLD_LIMIT)
        .map((each) => each.question)
        .join('; ')}.`
}
`
}

/** What was aimed at, and what came out. */
function aims({ loads, connections }: Results, disk: Fsync): string[] {
  const find = (question: string, server: string) =>
    loads.find((load) => load.question.startsWith(question) && load.server.startsWith(server))!
  const [list, theirs] = [find('list, filtered', 'conversation'), find('list, filtered', 'json-server')]
  const detail = find('detail', 'conversation')
  const [saved, plain] = ['conversation-store --save', 'conversation-store'].map((server) =>
    loads.find((load) => load.question === 'write: a message' && load.server === server),
  ) as [Load, Load]
  const alone = loads.find((load) => load.connections === 1 && load.server === 'conversation-store --save')!
  const syncs = (milliseconds: number) => `${(milliseconds / disk.median).toFixed(1)} fsyncs`
  return [
    `Filtered lists, aim ten times json-server: ${(list.perSecond / theirs.perSecond).toFixed(1)} times.`,
    `Lists of 10 rows and details with ${connections} connections, aim p99 under 20 ms: ${time(list.p99)} and ${time(detail.p99)}.`,
    `Writes with --save, aim p99 within 3 fsyncs of this disk (median): ${time(saved.p99)}, or ${syncs(saved.p99)}, with ${connections} connections, of which ` +
      `${time(plain.p99)} without --save (what it adds: ${syncs(saved.p99 - plain.p99)}); ${time(alone.p99)}, or ${syncs(alone.p99)}, with one connection.`,
  ]
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    row(head),
    row(head.map((_, i) => (i < 2 && head.length > 4 ? '---' : i === 0 ? '---' : '---:'))),
    ...lines.map(row),
  ].join('\n')
}

function time(milliseconds: number): string {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1_000)} µs`
  return `${milliseconds < 100 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`
}

function count(number: number): string {
  return number.toLocaleString('en')
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
}
