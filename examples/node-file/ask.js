import { ConversationStore } from 'conversation-store'
import { loadFiles } from 'conversation-store/load/node'

const [file, word] = process.argv.slice(2)

const store = new ConversationStore()
for await (const rows of loadFiles(file)) store.addMany(rows, { own: true })

const query = store.query().messageContains(word)
const page = query.pageSize(5).fetch()
console.log(`${page.count} of ${store.size} conversations contain "${word}":`)
for (const row of page.results) {
  console.log(`${row.started_at}  ${row.conversation_id}  ${query.highlights(row)[0]?.snippet.text}`)
}

const { device } = query.facets({ device: true })
console.log(device.map(({ value, count }) => `${value}: ${count}`).join(', '))
