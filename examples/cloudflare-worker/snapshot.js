// Makes src/conversations.snap, which the Worker is shipped with, of src/conversations.json (or NDJSON, gzipped or not).
import { writeFile } from 'node:fs/promises'
import { ConversationStore } from 'conversation-store'
import { loadFiles } from 'conversation-store/load/node'

const store = new ConversationStore()
for await (const rows of loadFiles('src/conversations.json')) store.addMany(rows, { own: true })
await writeFile('src/conversations.snap', await store.toSnapshot())
