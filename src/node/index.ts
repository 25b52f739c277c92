/** A handler as a server on this machine. The entry point `conversation-store/node`, for Node, Deno and Bun. */
export { type Handler, type Listening, type ListenOptions, listen, type RequestEntry } from './listen.ts'
