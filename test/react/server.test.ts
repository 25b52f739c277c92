/** The hooks on the server, where nothing is subscribed to. */
import { createElement, type ReactNode, StrictMode, Suspense } from 'react'
import { renderToReadableStream, renderToString } from 'react-dom/server'
import { describe, expect, test, vi } from 'vitest'
import { type Conversation, ConversationStore, type Envelope, Query, query } from '../../src/index.ts'
import { type AnyStore, StoreProvider, useConversations, useCount, useFacets } from '../../src/react/index.ts'

const store = ConversationStore.from([
  { conversation_id: 'a', started_at: '2026-01-05T10:00:00Z', device: 'mobile' },
  { conversation_id: 'b', started_at: '2026-01-06T10:00:00Z', device: 'desktop' },
])

function List({ initialData, page = 1 }: { initialData?: Envelope<Conversation>; page?: number }): ReactNode {
  const { data, status, error, isPlaceholder, waiting } = useConversations(query().page(page), {
    hold: true,
    keepPrevious: true,
    initialData,
  })
  const ids = data?.results.map(({ conversation_id: id }) => id)
  return JSON.stringify([status, ids ?? null, error?.message ?? null, isPlaceholder, waiting])
}

function Count({ page = 1 }: { page?: number }): ReactNode {
  return String(useCount(query().device('mobile').page(page)))
}

function Facets(): ReactNode {
  return JSON.stringify(useFacets(query(), { device: true }))
}

function rendered(of: AnyStore | null, child: ReactNode): string {
  const inside = createElement(Suspense, { fallback: 'suspended' }, child)
  const text = renderToString(createElement(StrictMode, null, createElement(StoreProvider, { store: of }, inside)))
  return text.replaceAll('&quot;', '"').replace(/<!--.*?-->/g, '')
}

describe('a store of the server', () => {
  test('gives its answers', () => {
    expect(rendered(store, createElement(List))).toBe('["success",["b","a"],null,false,0]')
    expect(rendered(store, createElement(Count))).toBe('1')
    expect(JSON.parse(rendered(store, createElement(Facets)))).toEqual({ ...store.query().facets({ device: true }) })
  })

  test('is not subscribed to', () => {
    const subscribe = vi.spyOn(Query.prototype, 'subscribe')
    rendered(store, [createElement(List, { key: 1 }), createElement(Count, { key: 2 })])
    expect(subscribe).not.toHaveBeenCalled()
    subscribe.mockRestore()
  })

  test('what cannot be answered is an error, in the words of the library', () => {
    const text = rendered(store, createElement(List, { page: 7 }))
    expect(JSON.parse(text).slice(0, 3)).toEqual([
      'error',
      null,
      'Page 7 is past the end. The last page is 1 (2 rows, 10 a page).'.replace(
        'The last page is 1',
        'There is one page',
      ),
    ])
  })

  test('streams', async () => {
    const stream = await renderToReadableStream(createElement(StoreProvider, { store }, createElement(Count)))
    expect(await new Response(stream).text()).toBe('1')
  })
})

describe('data that is given', () => {
  const initialData = store.query().device('mobile').fetch()

  test('is what is rendered, with a store and without one', () => {
    expect(rendered(store, createElement(List, { initialData }))).toBe('["success",["a"],null,false,0]')
    expect(rendered(null, createElement(List, { initialData }))).toBe('["success",["a"],null,false,0]')
  })

  test('without it and without a store all is pending', () => {
    expect(rendered(null, createElement(List))).toBe('["pending",null,null,false,0]')
    expect(rendered(null, createElement(Count))).toBe('undefined')
  })
})

test('outside of a provider there is no store', () => {
  expect(() => renderToString(createElement(Count))).toThrow(expect.objectContaining({ code: 'NO_STORE' }))
})
