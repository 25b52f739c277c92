/** The tables, for the terminal and as Markdown. */
import { PEERS } from './peers/index.ts'
import type { Best, Cell, QuestionResult, Results } from './results.ts'
import { showRate, showTime, showTimes } from './results.ts'

/** A table: a text a cell. */
export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A table as text. */
export function draw(table: Table, as: 'terminal' | 'markdown'): string {
  return as === 'markdown' ? markdown(table) : columns(table)
}

/** All of a run as text, a table after the other. */
export function report(results: Results, as: 'terminal' | 'markdown'): string {
  const title = as === 'markdown' ? (text: string) => `## ${text}` : (text: string) => text.toUpperCase()
  const blocks = [
    title('Against the best peer and the limit'),
    draw(summary(results), as),
    title('Targets'),
    draw(aims(results), as),
    title('Medians of all peers'),
    draw(medians(results), as),
    title('First calls'),
    draw(matrix(results, 'first'), as),
    title('99th percentiles'),
    draw(matrix(results, 'p99'), as),
    title('Building and memory'),
    draw(building(results), as),
    ...(results.building === undefined ? [] : [draw(ways(results), as)]),
    ...(results.cold === undefined
      ? []
      : [title('Cold start: from process start to the first answer of W2'), draw(cold(results), as)]),
    title('What was not timed, and why'),
    draw(notTimed(results), as),
    title('The peers'),
    draw(peers(results), as),
  ]
  return `${header(results, as)}\n\n${blocks.join('\n\n')}\n`
}

function header(
  { size, source, rows, visible, textBytes, commit, date, machine, command, seconds }: Results,
  as: string,
) {
  const lines = [
    `${rows.toLocaleString('en')} conversations (${source}), ${visible.toLocaleString('en')} not deleted, ${(textBytes / 1e6).toFixed(1)} MB of text`,
    `${Object.values(machine).join(', ')}`,
    `Commit ${commit}, ${date}, ${Math.round(seconds / 60)} minutes: ${command}`,
    'Medians over rotating variants; every answer was checked before it was timed. Times are of whole answers: the exact count and the documents of the page.',
  ]
  return as === 'markdown' ? `# Benchmark, ${size}\n\n${lines.join('  \n')}` : `\n${lines.join('\n')}`
}

function summary({ questions }: Results): Table {
  return {
    head: ['', 'question', 'matches', 'ours', 'p99', 'first', 'best package', '', 'best by hand', '', 'limit', 'of it'],
    rows: questions.map(({ id, title, matches, cells, bestPackage, bestByHand, limit }) => [
      id,
      title,
      matches.toLocaleString('en'),
      time(cells.ours, 'median'),
      time(cells.ours, 'p99'),
      time(cells.ours, 'first'),
      ...against(bestPackage),
      ...against(bestByHand),
      limit === undefined ? '' : `${showTime(limit.median)} ${limit.peer}`,
      limit?.times === undefined ? '' : showTimes(1 / limit.times),
    ]),
  }
}

function against(best: Best | undefined): [string, string] {
  if (best === undefined) return ['', '']
  return [`${showTime(best.median)} ${best.peer}`, best.times === undefined ? '' : showTimes(best.times)]
}

function aims({ aims: all }: Results): Table {
  return {
    head: ['', 'what', 'is', 'target', ''],
    rows: all.map(({ id, what, is, target, verdict }) => [id, what, is, target, verdict]),
  }
}

function medians(results: Results): Table {
  return matrix(results, 'median')
}

function matrix({ questions, peers: all }: Results, which: 'median' | 'p99' | 'first'): Table {
  const names = Object.keys(all)
  const cell = ({ cells }: QuestionResult) => names.map((name) => time(cells[name], which))
  return { head: ['', ...names], rows: questions.map((question) => [question.id, ...cell(question)]) }
}

function time(cell: Cell | undefined, which: 'median' | 'p99' | 'first'): string {
  if (cell === undefined) return ''
  if (cell.status === 'ok') return showTime(cell[which])
  if (cell.status === 'nearest') return `(${showTime(cell[which])})`
  return cell.status === 'cannot' ? '–' : cell.status
}

function building({ peers: all }: Results): Table {
  return {
    head: ['', 'rows/s without texts', 'with texts', 'bytes a row beyond the documents', 'of them for texts'],
    rows: Object.entries(all).flatMap(([name, { built, rowsPerSecond }]) => {
      if (built === undefined || rowsPerSecond === undefined) return []
      const [plain, text] = rowsPerSecond
      const hasText = built.text > 0
      return [
        [
          name,
          plain.toLocaleString('en'),
          hasText ? text.toLocaleString('en') : '',
          (built.plainBytes + built.textBytes).toLocaleString('en'),
          hasText ? built.textBytes.toLocaleString('en') : '',
        ],
      ]
    }),
  }
}

const WAYS = {
  parse: 'JSON.parse of each line, results kept',
  plain: 'addMany of plain objects: checked, copied, indexed but for texts',
  plainAdd: '... of it addMany alone',
  own: 'addMany of rows given away (own: true), indexed but for texts',
  ownAdd: '... of it addMany alone',
  load: 'load of NDJSON in memory, parsing included, indexed but for texts',
  text: 'the text index',
} as const

function ways({ building: built }: Results): Table {
  const { rowsPerSecond } = built!
  return {
    head: ['this library, W9', 'rows/s', 'of JSON.parse'],
    rows: Object.entries(WAYS).map(([way, text]) => {
      const rate = rowsPerSecond[way as keyof typeof WAYS]
      return [text, showRate(rate), showTimes(rate / rowsPerSecond.parse)]
    }),
  }
}

function cold({ cold: all }: Results): Table {
  return {
    head: ['', 'all', 'starting', 'parsing', 'building', 'answering', ''],
    rows: Object.entries(all!).map(([name, { total, parts, failure }]) => [
      name,
      showTime(total),
      ...['starting', 'parsing', 'building', 'answering'].map((part) =>
        parts[part] === undefined ? '' : showTime(parts[part]),
      ),
      failure ?? '',
    ]),
  }
}

function notTimed({ questions, peers: all }: Results): Table {
  const rows = new Map<string, { name: string; what: string; why: string; ids: string[] }>()
  for (const { id, cells } of questions) {
    for (const [name, cell] of Object.entries(cells)) {
      if (PEERS[name]!.kind === 'limit' && cell.status === 'cannot') continue
      if (cell.status === 'ok' || ('why' in cell && cell.why === all[name]!.failure)) continue
      const [why, found] = 'why' in cell ? [cell.why] : cell.note!.split(': ')
      const what = cell.status === 'nearest' ? 'cannot; in brackets its nearest' : cell.status
      const shown = found === undefined ? id : `${id} (${found})`
      const same = rows.get(`${name} ${what} ${why}`)
      if (same === undefined) rows.set(`${name} ${what} ${why}`, { name, what, why: why!.slice(0, 240), ids: [shown] })
      else same.ids.push(shown)
    }
  }
  const failures = Object.entries(all).flatMap(([name, { failure }]) =>
    failure === undefined ? [] : [[name, 'all', 'failed', failure]],
  )
  return {
    head: ['', 'questions', '', 'why'],
    rows: [...failures, ...[...rows.values()].map(({ name, ids, what, why }) => [name, ids.join(', '), what, why])],
  }
}

function peers({ peers: all }: Results): Table {
  return {
    head: ['', '', 'version', 'how it is used', 'processes'],
    rows: Object.entries(all).map(([name, { kind, version, about, processes }]) => [
      name,
      kind,
      version ?? '',
      about,
      String(processes),
    ]),
  }
}

function markdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function columns({ head, rows }: Table): string {
  const lines = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...lines.map((line) => (line[i] ?? '').length)))
  const draw = (line: readonly string[]) =>
    line
      .map((cell, i) => (i === line.length - 1 ? cell : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [
    draw(head),
    '-'.repeat(
      Math.min(
        160,
        widths.reduce((sum, width) => sum + width + 2, 0),
      ),
    ),
    ...rows.map(draw),
  ].join('\n')
}
