/** Of which parts a snapshot is made, and the snapshot from its parts: see `split.ts`, which cuts it. */
import { show } from '../../base/errors.ts'
import { utf8Decoder } from '../load/codec.ts'
import { invalidSnapshot } from './fault.ts'
import { concatenated } from './format.ts'

export const FORMAT = 'conversation-store snapshot'
export const VERSION = 1

/** Of which parts a snapshot is made, in their order. JSON. */
export interface SnapshotManifest {
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
  /** Of the whole snapshot. */
  readonly bytes: number
  /** `name`: the SHA-256 of the part, in 64 hexadecimal digits. */
  readonly parts: readonly { readonly name: string; readonly bytes: number }[]
}

/** The bytes of a snapshot from those of its parts, in their order. Throws `INVALID_SNAPSHOT` for one that is missing or of another length. */
export function joined(parts: SnapshotManifest['parts'], pieces: readonly (Uint8Array | undefined)[]): Uint8Array {
  parts.forEach(({ name, bytes }, i) => {
    const came = pieces[i]
    if (came?.length === bytes) return
    const what = came === undefined ? 'is missing' : `should have ${bytes} bytes, but ${came.length} came`
    throw invalidSnapshot(`part ${name}`, `The part ${name} of the snapshot ${what}.`)
  })
  return concatenated(pieces as readonly Uint8Array[])
}

/** A manifest, as an object, or its JSON as a string or bytes. Throws `INVALID_SNAPSHOT`. O(parts). */
export function readManifest(given: unknown): SnapshotManifest {
  const manifest = Object(parsed(given)) as Partial<SnapshotManifest>
  if (manifest.format !== FORMAT)
    throw invalidSnapshot('manifest', 'The manifest is none of a snapshot. It is made by splitSnapshot().')
  if (manifest.version !== VERSION) {
    const versions = `The manifest is of version ${show(manifest.version)}, and this version reads ${VERSION}.`
    throw invalidSnapshot('manifest', `${versions} Open it with another version of conversation-store.`)
  }
  const isPart = (part: unknown) => {
    const { name, bytes } = Object(part) as Partial<SnapshotManifest['parts'][number]>
    // A name is no path that leads elsewhere.
    return typeof name === 'string' && /^[0-9a-f]{64}$/.test(name) && Number.isSafeInteger(bytes) && bytes! >= 0
  }
  if (!Array.isArray(manifest.parts) || !manifest.parts.every(isPart))
    throw invalidSnapshot('manifest', 'The manifest is damaged: its parts are no list of names and bytes.')
  return manifest as SnapshotManifest
}

function parsed(given: unknown): unknown {
  const json = given instanceof Uint8Array ? utf8Decoder(false).decode(given) : given
  if (typeof json !== 'string') return json
  try {
    return JSON.parse(json)
  } catch {
    throw invalidSnapshot('manifest', 'The manifest is no JSON.')
  }
}
