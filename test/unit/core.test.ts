/** What `conversation-store/core` brings along, and that each feature works on it alone. */
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../src/core.ts'

/** The files of `src/` that a bundle of some code has, by their paths there. */
async function filesOf(code: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: '.' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    tsconfig: 'tsconfig.json',
    outdir: 'bundle',
  })
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  return inputs
    .filter(([file, { bytesInOutput }]) => file.startsWith('src/') && bytesInOutput > 0)
    .map(([file]) => file.slice('src/'.length))
}

const CORE = `export { ConversationStore, Query, query } from './src/core.ts'`
const FEATURES = [
  'explain',
  'export',
  'facets',
  'highlights',
  'histogram',
  'indexes',
  'live',
  'load',
  'metadata',
  'recording',
]

describe('a bundle of the core', async () => {
  const files = await filesOf(CORE)

  test('has the store, the builder, the wire and the engine', () => {
    for (const file of ['store/store.ts', 'query/builder.ts', 'wire/params.ts', 'engine/run.ts'])
      expect(files).toContain(file)
  })

  test('has no feature, no face and nothing of the text index', () => {
    const unwanted = /^(features|full|http|node|worker|react|cli|engine\/text)\//
    expect(files.filter((file) => unwanted.test(file))).toEqual([])
  })

  test('has the text index where that is handed in, and no feature with it', async () => {
    const more = await filesOf(`${CORE}; export { textIndex } from './src/text.ts'`)
    expect(more).toContain('engine/text/phrase.ts')
    expect(more.filter((file) => /^(features|full)\//.test(file))).toEqual([])
  })

  test.each(FEATURES)('with %s has neither the full classes nor the text index', async (feature) => {
    const more = await filesOf(`${CORE}; export * from './src/features/${feature}/index.ts'`)
    expect(more.some((file) => file.startsWith(`features/${feature}/`))).toBe(true)
    expect(more.filter((file) => /^(full|engine\/text)\//.test(file))).toEqual([])
  })
})

test('a bundle of the full store has one query and one store, and the text index', async () => {
  const files = await filesOf(`export { ConversationStore, query } from './src/index.ts'`)
  for (const file of ['full/query.ts', 'full/store.ts', 'engine/text/phrase.ts', 'features/facets/count.ts'])
    expect(files).toContain(file)
})

test.each([null, 5, true, 'text', {}])('%s is not a text index', (text) => {
  expect(() => new ConversationStore({ text: text as never })).toThrow(
    expect.objectContaining({ code: 'INVALID_VALUE', parameter: 'text' }),
  )
})
