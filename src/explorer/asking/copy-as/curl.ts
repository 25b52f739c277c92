/** A question as a command. */
import type { Query } from 'conversation-store/core'
import { readable } from '../url/search.ts'

/** Where the hosted API stands, until a person writes the right address and key. */
const HOSTED = 'https://api.example.com/api/conversations/'

/** A `curl` command that asks an API which answers at this address, in the parameters of this package. */
export function servedCurl(query: Query, address: string): string {
  return command(address, String(query.toSearchParams()), [])
}

/**
 * A `curl` command that asks the hosted API, with a placeholder for its address and key. Where the API has no parameter for a
 * condition, comments name it, and the command asks an API of this package instead: left out it would widen the answer.
 */
export function hostedCurl(query: Query): string {
  const key = "-H 'Authorization: Api-Key YOUR_KEY'"
  try {
    return command(HOSTED, String(query.toSearchParams({ hosted: true })), [key])
  } catch (error) {
    const faults = (error as { readonly faults?: readonly { readonly message: string }[] }).faults ?? []
    const notes = faults.map(({ message }) => `# ${message.replaceAll('\n', ' ')}`)
    return [
      ...notes,
      '# Serve the conversations with this package to ask all of it:',
      servedCurl(query, 'http://localhost:8080/api/conversations/'),
    ].join('\n')
  }
}

function command(address: string, search: string, headers: readonly string[]): string {
  const url = search === '' ? address : `${address}?${readable(search)}`
  return ['curl', ...headers, quoted(url)].join(' ')
}

/** A word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
