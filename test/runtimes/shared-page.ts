/** A page within the suite's own that has a live query in the shared worker, of which the address is its name. */
import { query } from 'conversation-store'
import { connectStore } from 'conversation-store/worker'

// biome-ignore lint/suspicious/noExplicitAny: the project is checked without DOM types.
declare const SharedWorker: any, parent: any, name: string

connectStore(new SharedWorker(name, { type: 'module' }).port).subscribe(query(), () =>
  parent.postMessage('subscribed', '*'),
)
