/** What a person dropped. */
import type { Picked } from '../data/contract.ts'

/** The entries of what was dropped: folders can be read as entries alone. Files where a browser has no entries. */
export function pickedOf({ items, files }: DataTransfer): Picked {
  const entries = [...items].flatMap((item): Picked => {
    if (item.kind !== 'file') return []
    const entry = item.webkitGetAsEntry?.()
    const file = entry == null ? item.getAsFile() : null
    return entry != null ? [entry] : file === null ? [] : [file]
  })
  return entries.length > 0 ? entries : [...files]
}
