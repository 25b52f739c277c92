/** The worker that holds the conversations of one source, for all tabs that have it open; a plain worker has one tab. */
import { exposeStore } from 'conversation-store/worker'
import type { FromTab, FromWorker, Task } from './protocol.ts'
import { plainMessage } from './reading/words.ts'
import { Pile } from './worker/pile.ts'
import { send } from './worker/sending.ts'
import { type TabPort, Tabs } from './worker/tabs.ts'

/** The global of either kind of worker, by shape: the page's types know neither. */
const scope = globalThis as unknown as TabPort & {
  readonly onconnect?: unknown
  addEventListener(type: 'connect', listener: (event: MessageEvent) => void): void
  close(): void
}

const pile = new Pile(() => tabs.tell(statusNow()))
const tabs = new Tabs(hear, () => scope.close())

if ('onconnect' in scope) scope.addEventListener('connect', ({ ports }) => tabs.add(ports[0]!))
else tabs.add(scope)

function hear(message: FromTab, port: TabPort): void {
  if (message.say === 'open') {
    pile.open(message.order)
    port.postMessage(statusNow())
  } else if (message.say === 'connect' && pile.state !== undefined) exposeStore(pile.state.store, message.port)
  else if (message.say === 'task') {
    perform(message.task).then(
      () => port.postMessage({ tell: 'done', id: message.id, error: null }),
      (error) => port.postMessage({ tell: 'done', id: message.id, error: plainMessage(error) }),
    )
  }
}

function statusNow(): FromWorker {
  const { state } = pile
  if (state === undefined) return { tell: 'nothing' }
  return { tell: 'status', status: state.status, store: state.storeNumber, session: state.session }
}

async function perform(task: Task): Promise<void> {
  const { state, keeper, order } = pile
  if (task.do === 'send' && state !== undefined && order?.kind === 'served')
    return send(state, order, task.id, task.change)
  if (task.do !== 'send' && keeper !== undefined) return keeper[task.do]()
  throw new Error('These conversations cannot be kept in this browser.')
}
