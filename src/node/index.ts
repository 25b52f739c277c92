/** A handler as a server on this machine, and its writes in a file. The entry point `conversation-store/node`, for Node, Deno and Bun. */
export * from './journal/index.ts'
export { type Handler, type Listening, type ListenOptions, listen, type RequestEntry } from './listen.ts'
