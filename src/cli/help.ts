/** The longer texts of `--help`. */

const EXIT_CODES = `
Exit codes:
  0  done, also where a reader such as head closes the pipe early
  1  stopped on the way: standard output, or the file of --output or --save,
     cannot be written
  2  wrong input: an unknown option, an invalid value, an unreadable file`

/** By command, what follows its options; and what several commands say. */
export const HELP = {
  files: 'files and folders to read, of any format, gzipped or not; - or none for standard input',
  maxWork: 'the most work of a request with where, in units of about a microsecond; none for no limit (default: 20000)',
  skipInvalid: 'report invalid rows on standard error and leave them out, instead of stopping',

  program: `
Examples:
  $ conversation-store query chats.ndjson.gz --device mobile
  $ conversation-store stats chats.ndjson.gz
  $ conversation-store build chats.ndjson.gz -o chats.snap
  $ conversation-store query chats.snap --device mobile
  $ conversation-store serve chats.snap
  $ conversation-store stats ~/.claude/projects
  $ conversation-store explore chats.snap --open
${EXIT_CODES}`,

  query: `
Examples:
  $ conversation-store query chats.ndjson.gz --message-contains refund
  $ conversation-store query chats.ndjson.gz --metadata plan:pro --count
  $ conversation-store query chats.ndjson.gz --is-marked --format csv --all
  $ conversation-store query *.ndjson --device mobile,tablet --explain
  $ conversation-store query recorded.journal --has-feedback
  $ conversation-store query chats.ndjson --aggregate 'avg duration' --by device
${EXIT_CODES}`,

  stats: `
Examples:
  $ conversation-store stats chats.ndjson.gz
  $ zcat chats.ndjson.gz | conversation-store stats --format json
${EXIT_CODES}`,

  build: `
A snapshot has the conversations, compressed, and their indexes. query, stats
and serve open it without parsing and indexing, and so does code. FILEs may be
snapshots too: build chats.snap new.ndjson -o chats.snap. Parts of --split are
named by their SHA-256; those that are there already are not written again.

Examples:
  $ conversation-store build chats.ndjson.gz -o chats.snap
  $ conversation-store build chats.ndjson.gz -o chats.snap --metadata plan
  $ conversation-store build chats.ndjson.gz -o parts/chats.json --split 24MiB
${EXIT_CODES}`,

  import: `
Read are OpenAI messages and Responses items, AI SDK messages, sessions of Claude
Code and Codex, OpenTelemetry and OpenInference spans, ShareGPT, Langfuse,
LangSmith, the exports of ChatGPT and Claude accounts, and Intercom. The other
commands read them too.

Examples:
  $ conversation-store import traces.jsonl --from otel -o inbox.ndjson.gz
  $ conversation-store import ~/.claude/projects -o sessions.ndjson.gz
  $ cat requests.jsonl | conversation-store import > rows.ndjson
${EXIT_CODES}`,

  inspect: `
Examples:
  $ conversation-store inspect chats.snap
  $ conversation-store inspect chats.snap --verify
  $ conversation-store inspect chats.snap --format json
${EXIT_CODES}`,

  pull: `
Only filters that the API has parameters for can be given. Conversations come in
the order of their time, soft-deleted ones with --include-deleted. Until FILE is
whole it is FILE.part; the same command goes on where it was broken off. The API
is asked one page at a time, and not again before it says so. The key is also
read from AGENTSIGHT_API_KEY, and written nowhere.

Examples:
  $ conversation-store pull --from https://api.example.com -o inbox.ndjson.gz
  $ conversation-store pull --from https://api.example.com -o july.ndjson
      --started-at-after 2026-07-01 --started-at-before 2026-07-31
${EXIT_CODES}`,

  explore: `
It prints the address of the page. A broken file or row is reported and left
out, and the page lists it too. Without --save, what is written is kept until
the command ends. Ctrl+C ends it.

Examples:
  $ conversation-store explore chats.ndjson.gz --open
  $ conversation-store explore exports/ --read-only
  $ conversation-store explore chats.snap --save notes.journal
  $ conversation-store explore
${EXIT_CODES}`,

  verify: `
It reads all conversations of the agent, soft-deleted ones too, then asks each
query there and of a store in memory over the same rows. Queries hold values of
the rows and awkward ones: other cases, spaces, empty and invalid values, pages
past the end. A query that differs is made as small as it goes. Conversations
that are written meanwhile show as differences.

Exit code 3: answers differ.

Examples:
  $ conversation-store verify --against https://api.example.com
  $ conversation-store verify --against http://127.0.0.1:8400 --seed 7
${EXIT_CODES}`,

  serve: `
Examples:
  $ conversation-store serve --save recorded.journal
  $ conversation-store serve chats.snap
  $ conversation-store serve chats.ndjson.gz --port 0 --watch --log
  $ CONVERSATION_STORE_KEY=ags_... conversation-store serve --host 0.0.0.0
${EXIT_CODES}`,
} as const
