import { describe, expect, it, test } from 'vitest'
import { originOf } from '../../src/http/cors.ts'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'

const ORIGINS = [
  'https://app.example.com',
  'http://localhost:5173',
  'http://[::1]:5173',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  'moz-extension://1b5a4f0e-6f0c-4c7e-9a53-0f1d2c3b4a59',
  'safari-web-extension://1B5A4F0E-6F0C-4C7E-9A53-0F1D2C3B4A59',
  'tauri://localhost',
  'capacitor://localhost',
  'ionic://localhost',
  'vscode-webview://0a1b2c3d4e5f',
  'app://.',
  'app://com.example.desktop',
  'app://localhost:3000',
  'file://',
]

describe('originOf', () => {
  test.each(ORIGINS)('%s is an origin', (origin) => {
    expect(originOf(origin)).toBe(origin)
  })

  test.each([
    ['https://App.Example.com/', 'https://app.example.com'],
    ['https://app.example.com:443', 'https://app.example.com'],
    ['TAURI://localhost/', 'tauri://localhost'],
  ])('%s means %s', (text, origin) => {
    expect(originOf(text)).toBe(origin)
  })

  test.each([
    '',
    '*',
    'null',
    'localhost',
    'localhost:3000',
    'https://',
    'https://app.example.com/path',
    'https://app.example.com?x',
    'https://user@app.example.com',
    'https://a b',
    'tauri://localhost/index.html',
    'data:text/html,x',
    'https://*.a.example',
    'https://*',
  ])('%j is not an origin', (text) => {
    expect(originOf(text)).toBeUndefined()
  })
})

describe('a handler', () => {
  it.each(ORIGINS)('lets pages of %s call, and no other', async (origin) => {
    const handler = createHandler(new ConversationStore(), { cors: origin })
    expect(handler.allowsOrigin(origin)).toBe(true)
    expect(handler.allowsOrigin('https://other.example')).toBe(false)
    const headers = async (from: string) =>
      (await handler(new Request('http://localhost/api/me/', { headers: { origin: from } }))).headers
    expect((await headers(origin)).get('access-control-allow-origin')).toBe(origin)
    expect((await headers('https://other.example')).get('access-control-allow-origin')).toBeNull()
  })

  it.each(['https://app.example.com/', 'https://app.example.com:443', 'TAURI://localhost', 'null', 'localhost'])(
    'refuses the option %s, which no browser sends',
    (cors) => {
      expect(() => createHandler(new ConversationStore(), { cors })).toThrow(/^cors is "/)
    },
  )
})
