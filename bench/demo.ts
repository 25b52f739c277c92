/**
 * Loads conversations, generated ones or those of the files it is given, and answers questions as a person would ask them,
 * each beside the time that `Array.filter` and plain loops take over the same documents. Their answers are compared.
 *
 * `npm run demo`, `npm run demo -- FILES...`
 */
import { basename } from 'node:path'
import { generate } from '../src/features/generate/index.ts'
import { loadFilesInto } from '../src/features/load/node.ts'
import { type Conversation, ConversationStore } from '../src/index.ts'
import { executorOf } from '../src/store/inside.ts'
import { FIRST_ID, KNOWN_ANSWERS } from './known-answers.ts'
import { Progress } from './progress.ts'
import { QUESTIONS, type Question, REAL_QUESTIONS } from './questions.ts'
import { REAL_TABLES, TABLES, type TableQuestion } from './tables.ts'
import { measure, showTime, timeOf } from './timing.ts'

const GENERATED_ROWS = 20_000
const ROWS_OF_A_PAGE = 10
const HITS = 3
const LINES = 5

const files = process.argv.slice(2)
const store = new ConversationStore()
const start = performance.now()
if (files.length > 0) await loadFiles(files)
else loadGenerated()
const { format } = new Intl.NumberFormat('en')
console.log(`${format(store.size)} conversations loaded in ${showTime(performance.now() - start)}.`)
console.log(
  `All indexes, over messages and runs too, built in ${showTime(timeOf(() => store.warm({ actions: true })))}.\n`,
)

// What a program without the store would have: the documents in an array.
const documents = [...store].filter((row) => !row.is_deleted)

const questions = files.length > 0 ? REAL_QUESTIONS : QUESTIONS
let wrong = 0
questions.forEach((question, i) => {
  answer(question, i + 1)
})
const tables = files.length > 0 ? REAL_TABLES : TABLES
tables.forEach((question, i) => {
  answerInNumbers(question, questions.length + i + 1)
})
console.log('How the store goes about it, for the sixth question:\n')
console.log(questions[5]!.ask(store.query()).explain().text)

const loaded = new Set(files.map((file) => basename(file).split('.')[0]!))
const known = KNOWN_ANSWERS.filter(({ file }) => loaded.has(file))
if (known.length > 0) checkKnownAnswers()
if (wrong > 0) {
  console.log(`\n${wrong} answers are wrong.`)
  process.exitCode = 1
}

async function loadFiles(paths: readonly string[]): Promise<void> {
  const progress = new Progress('bytes')
  await loadFilesInto(store, paths, {
    onProgress: ({ bytes, totalBytes = bytes, rows }) => progress.show(bytes, totalBytes, rows),
  })
  progress.stop()
}

function loadGenerated(): void {
  const progress = new Progress('rows')
  let batch = []
  for (const row of generate({ count: GENERATED_ROWS })) {
    batch.push(row)
    if (batch.length < 1_000) continue
    store.addMany(batch, { own: true })
    progress.show(store.size, GENERATED_ROWS, store.size)
    batch = []
  }
  store.addMany(batch, { own: true })
  progress.stop()
}

/** Asks a question both ways and prints what came. */
function answer({ words, ask, keeps, order = newestFirst }: Question, number: number): void {
  const asked = ask(store.query())
  // In a part of the data a page may be past the end.
  if ((Number(asked.spec.page) - 1) * ROWS_OF_A_PAGE >= asked.count()) {
    console.log(`${String(number).padStart(2)}. ${words}\n    The data has no such page.\n`)
    return
  }
  const { count, results, current_page, total_pages: pages } = asked.fetch()
  const read = readBy(() => ask(store.query()).fetch())
  const page = current_page ?? 1
  const ours = measure(() => ask(store.query()).fetch(), 150)
  const naive = measure(() => documents.filter(keeps).sort(order).slice(0, ROWS_OF_A_PAGE), 300)
  console.log(`${String(number).padStart(2)}. ${words}`)
  console.log(`    ${callOf(ask)}.fetch()`)
  const place = page === 1 ? '' : ` (page ${format(page)} of ${format(pages)})`
  const times = `${showTime(ours.median)}; Array.filter, sort and slice take ${showTime(naive.median)}`
  console.log(`    ${format(count)} conversations${place} in ${times}: ${ratio(naive.median / ours.median)}${read}.`)
  for (const row of results.slice(0, HITS)) console.log(`      ${describe(row)}`)
  const expected = documents.filter(keeps).sort(order)
  const ids = expected.slice((page - 1) * ROWS_OF_A_PAGE, page * ROWS_OF_A_PAGE).map(({ id }) => id)
  if (expected.length !== count || String(ids) !== String(results.map(({ id }) => id))) {
    wrong++
    console.log(`    WRONG: Array.filter finds ${format(expected.length)}, first of the page ${ids[0]}.`)
  }
  console.log('')
}

/** The same for a question that is answered by numbers. */
function answerInNumbers({ words, ask, plainly }: TableQuestion, number: number): void {
  const lines = ask(store.query())
  const read = readBy(() => ask(store.query()))
  const ours = measure(() => ask(store.query()), 150)
  const naive = measure(() => plainly(documents), 300)
  console.log(`${String(number).padStart(2)}. ${words}`)
  console.log(`    ${callOf(ask)}`)
  const times = `${showTime(ours.median)}; plain loops take ${showTime(naive.median)}`
  console.log(`    ${format(lines.length)} lines in ${times}: ${ratio(naive.median / ours.median)}${read}.`)
  for (const [label, ...numbers] of lines.slice(0, LINES)) {
    console.log(`      ${label.padEnd(32)}${numbers.map((each) => format(each ?? 0).padStart(10)).join('')}`)
  }
  const expected = plainly(documents)
  if (JSON.stringify(expected) !== JSON.stringify(lines)) {
    wrong++
    console.log(`    WRONG: plain loops give ${JSON.stringify(expected.slice(0, LINES))}.`)
  }
  console.log('')
}

/** How many documents were read to find an answer, once the indexes are there. */
function readBy(ask: () => unknown): string {
  const { work } = executorOf(store).engine
  const before = work.documentsRead + work.indexed
  ask()
  return `; documents read: ${format(work.documentsRead + work.indexed - before)}`
}

/** The call as it stands in the questions, on one line. What runs them writes letters beyond ASCII as escapes. */
function callOf(ask: Question['ask'] | TableQuestion['ask']): string {
  const source = ask.toString().replace(/\s*\n\s*/g, '')
  const readable = source.replace(/\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/gi, (_, four, two) =>
    String.fromCharCode(Number.parseInt(four ?? two, 16)),
  )
  return readable.replace(/^\(?query\)?\s*=>\s*/, '').replace(/\bquery\b(?=\.)/g, 'store.query()')
}

function newestFirst(a: Conversation, b: Conversation): number {
  return a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : b.id - a.id
}

function ratio(times: number): string {
  return times < 10 ? `${times.toFixed(1)} times as long` : `${format(Math.round(times))} times as long`
}

function describe({ id, started_at, device, language, name, messages }: Conversation): string {
  const text = (name ?? messages.find(({ content }) => content !== '')?.content ?? '').replaceAll(/\s+/g, ' ')
  const subject = text.length > 70 ? `${text.slice(0, 69).trimEnd()}…` : text
  return [id, started_at.slice(0, 16).replace('T', ' '), device ?? '-', language ?? '-', subject].join('  ')
}

/** Prints each known count beside the store's. */
function checkKnownAnswers(): void {
  console.log('\nKnown answers, deleted conversations included:\n')
  let right = 0
  for (const { file, condition, count: expected, ask } of known) {
    const count = ask(store.query()).count()
    if (count === expected) right++
    else wrong++
    const verdict = count === expected ? 'ok   ' : `WRONG, ${format(expected)} expected`
    console.log(`  ${verdict} ${format(count).padStart(6)}  ${file}: ${condition}`)
  }
  const nothing = [...loaded].filter((file) => file in FIRST_ID && !known.some((answer) => answer.file === file))
  const others = nothing.length > 0 ? ` (none are known of ${nothing.join(', ')})` : ''
  console.log(`\n  ${right} of ${known.length} known answers hold${others}.`)
}
