/** A snapshot that this browser keeps. */
import { deleteCached, readKept } from 'conversation-store/snapshot'
import { OpenFailure, type Opening } from '../reading/opening.ts'
import { plainMessage } from '../reading/words.ts'

/** The name under which one pile is kept: the last for which a person asked. */
export const KEPT = 'conversation-store explorer'

const ADVICE = 'Browsers remove what they keep when the disk is full. Drop the file here again, and keep it once more.'

export async function openKept(opening: Opening): Promise<void> {
  const store = await readKept(KEPT).catch(async (error: unknown) => {
    await deleteCached(KEPT).catch(() => {})
    throw new OpenFailure('The conversations that were kept are damaged', `${plainMessage(error)} ${ADVICE}`)
  })
  if (store === undefined) throw new OpenFailure('The conversations that were kept are gone', ADVICE)
  opening.use(store)
}
