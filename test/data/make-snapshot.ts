/** Writes a golden snapshot of the format that is written now, of the rows of `snapshot-rows.json`. Run: npx tsx test/data/make-snapshot.ts */
import { readFileSync, writeFileSync } from 'node:fs'
import { MAJOR, MINOR } from '../../src/features/snapshot/format.ts'
import { ConversationStore } from '../../src/index.ts'
import { writeSnapshot } from '../../src/snapshot.ts'

const here = (name: string) => new URL(`./${name}`, import.meta.url)
const store = ConversationStore.from(JSON.parse(readFileSync(here('snapshot-rows.json'), 'utf8')))
// One that is gone: ids are not given again.
store.add({ conversation_id: 'gone', started_at: '2026-01-01' })
store.purge('gone')
const metadata = ['plan', 'tags', 'nested.deep', 'nested."x.y"', 'zero']
const bytes = await writeSnapshot(store, { text: true, actions: true, metadata, blockBytes: 1_000 })
const file = `snapshot-${MAJOR}.${MINOR}.snap`
writeFileSync(here(file), bytes)
console.log(`${file}: ${bytes.length} bytes`)
