/** Text indexes of a file: used where this runtime cuts the file's characters as its writer did, whatever Unicode either has. */
import { describe, expect, it } from 'vitest'
import { Characters } from '../../../src/features/snapshot/characters.ts'
import { fileOf } from '../../../src/features/snapshot/file.ts'
import { arraysOf, concatenated, readDirectory } from '../../../src/features/snapshot/format.ts'
import { isCutAlike } from '../../../src/features/snapshot/unicode.ts'
import type { Facts } from '../../../src/features/snapshot/write.ts'
import { ConversationStore } from '../../../src/index.ts'
import { readSnapshotSync } from '../../../src/snapshot.ts'

const classesOf = (...texts: readonly string[]) => {
  const characters = new Characters()
  for (const text of texts) characters.add(text)
  return characters.classes()
}

describe('the characters of strings', () => {
  it('are listed by class, each once, without ASCII, in both cases', () => {
    expect(classesOf('a É漢—', '漢 é\u2003𝒳😀')).toEqual({ 1: '\u2003', 2: '—😀', 3: '漢', 4: 'Éé𝒳' })
    expect(classesOf('plain ASCII')).toEqual({})
  })

  it('are cut alike where each has the class of this runtime', () => {
    expect(isCutAlike(classesOf('É漢—\u2003𝒳😀'))).toBe(true)
    expect(isCutAlike({})).toBe(true)
    for (const other of [{ 4: '😀' }, { 2: 'é' }, { 4: 'é', 3: 'é' }, { 4: 1 }, { 4: null }, null, undefined, 'é'])
      expect(isCutAlike(other), JSON.stringify(other)).toBe(false)
  })
})

describe('a snapshot', () => {
  const started_at = '2026-01-05T10:00:00Z'
  const store = ConversationStore.from(
    ['Café — 漢字 😀', 'A refund'].map((content, i) => ({
      conversation_id: `c-${i}`,
      started_at,
      messages: [{ sender: 'end_user', content }],
    })),
  )
  /** The same file with other facts. */
  const withFacts = (bytes: Uint8Array, change: object) => {
    const { facts, sections, from } = readDirectory<Facts>(bytes)
    const given = sections.map((section) => ({ name: section.name, arrays: arraysOf(bytes, from, section, true) }))
    return concatenated(fileOf({ ...facts, ...change }, given))
  }
  const asked = (bytes: Uint8Array, text: string) => {
    const query = readSnapshotSync(bytes).query().messageContains(text)
    return { ids: query.ids(), index: query.explain().steps.map(({ index }) => index) }
  }

  it('brings its text index where its characters are cut alike', async () => {
    const bytes = await store.toSnapshot()
    expect(readDirectory<Facts>(bytes).facts.characters).toEqual({ 2: '—😀', 3: '字漢', 4: 'é' })
    expect(asked(bytes, 'CAFÉ')).toEqual({ ids: [1], index: ['text index'] })
    expect(asked(withFacts(bytes, {}), '漢')).toEqual({ ids: [1], index: ['text index'] })
  })

  it.each([
    ['another class of a character', { characters: { 4: '😀' } }],
    ['no classes', { characters: undefined }],
    ['other rules', { text: 'cutting 0, folding of Unicode 17.0' }],
  ])('answers the same without it: %s', async (_, change) => {
    const bytes = withFacts(await store.toSnapshot(), change)
    const { ids, index } = asked(bytes, 'CAFÉ')
    expect(ids).toEqual([1])
    expect(index).not.toEqual(['text index'])
  })
})
