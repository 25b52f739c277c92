import { createHandler } from 'conversation-store/http'
import { store } from '../../store.ts'

const handler = (request: Request) => api(request)
const api = createHandler(store)

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST }
