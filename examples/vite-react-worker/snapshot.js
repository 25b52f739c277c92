// Makes public/conversations.snap, which the page opens, of public/conversations.ndjson.
import { writeFile } from 'node:fs/promises'
import { ConversationStore } from 'conversation-store'
import { loadFiles } from 'conversation-store/load/node'

const store = new ConversationStore()
for await (const rows of loadFiles('public/conversations.ndjson')) store.addMany(rows, { own: true })
await writeFile('public/conversations.snap', await store.toSnapshot())
