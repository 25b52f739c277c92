import { store } from './store.ts'

/** Made anew for each request: the store changes. */
export const dynamic = 'force-dynamic'

export default function Page() {
  const { count, results } = store.query().lean().fetch()
  return (
    <main>
      <h1>{`${count} conversations`}</h1>
      <ul>
        {results.map((row) => (
          <li key={row.id}>{row.conversation_id}</li>
        ))}
      </ul>
    </main>
  )
}
