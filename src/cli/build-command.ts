/** `conversation-store build`: writes conversations as a snapshot, in one file or in parts. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { counted, grouped } from '../base/text/counted.ts'
import { splitSnapshot, writeSnapshot, writeSnapshotStream } from '../features/snapshot/index.ts'
import type { ConversationStore } from '../index.ts'
import { type BuildSettings, readBuildSettings } from './build-options.ts'
import { readStore } from './input.ts'
import { printable } from './printable.ts'
import { Progress } from './progress.ts'
import { type Streams, say, writeAll } from './streams.ts'
import { WholeFile } from './whole-file.ts'

/** Runs the command. */
export async function runBuild(
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
  streams: Streams,
): Promise<void> {
  const settings = readBuildSettings(files, options)
  // Before the files are read, which may take a minute: a directory that is missing is reported at once.
  await using output = await WholeFile.create(settings.output)
  const { store, warnings } = await readStore(files, settings.skipInvalid, streams)
  for (const warning of warnings) say(streams, warning)
  const progress = await Progress.of(streams, 'Packing', 'nothing')
  try {
    const write = settings.split === undefined ? writeFile : writeParts
    const done = await write(store, settings, output, progress)
    progress.stop()
    const rows = counted(store.size, 'conversation')
    await writeAll(streams.stdout, [`${printable(settings.output)}: ${rows} in ${done}\n`])
  } finally {
    progress.stop()
  }
}

/** Writes the file, or files. Gives what there is now, for people. */
type Write = (
  store: ConversationStore,
  settings: BuildSettings,
  output: WholeFile,
  progress: Progress,
) => Promise<string>

const writeFile: Write = async (store, { contents }, output, progress) => {
  let bytes = 0
  for await (const piece of writeSnapshotStream(store, { ...contents, onProgress: showing(progress) })) {
    await output.write(piece)
    bytes += piece.length
  }
  await output.keep()
  return counted(bytes, 'byte')
}

const writeParts: Write = async (store, { contents, split, output: path }, output, progress) => {
  const bytes = await writeSnapshot(store, { ...contents, onProgress: showing(progress) })
  const { manifest, parts } = await splitSnapshot(bytes, { maxBytes: split! })
  let written = 0
  for (const { name, bytes } of parts) {
    const file = join(dirname(path), name)
    if (await isThere(file, bytes)) continue
    await using part = await WholeFile.create(file)
    await part.write(bytes)
    await part.keep()
    written += bytes.length
  }
  // The manifest last: all that it names is there.
  await output.write(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`))
  await output.keep()
  return `${counted(parts.length, 'part')} of ${counted(bytes.length, 'byte')}, ${grouped(written)} of them new`
}

const showing =
  (progress: Progress) =>
  ({ done, total }: { readonly done: number; readonly total: number }) =>
    progress.show(done, total, counted(total, 'conversation'))

/** Whether a part is there from before. */
async function isThere(file: string, bytes: Uint8Array): Promise<boolean> {
  try {
    // A file that was damaged since is written again.
    return Buffer.compare(await readFile(file), bytes) === 0
  } catch {
    return false
  }
}
