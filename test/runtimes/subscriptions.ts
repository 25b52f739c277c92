/** What was subscribed to, of any query in this realm, since the list was last emptied. */
import { Query } from 'conversation-store'

export const subscriptions: { readonly isActive: boolean }[] = []

/** How many of them are not ended. */
export const active = () => subscriptions.filter(({ isActive }) => isActive).length

const { subscribe } = Query.prototype
Query.prototype.subscribe = function (this: Query, ...args: never[]) {
  const subscription = (subscribe as (...args: never[]) => ReturnType<typeof subscribe>).apply(this, args)
  subscriptions.push(subscription)
  return subscription
} as typeof subscribe
