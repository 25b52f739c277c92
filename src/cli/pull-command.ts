/** `conversation-store pull`: copies conversations of the hosted API to a file. */
import { counted, grouped } from '../base/text/counted.ts'
import { walk } from '../hosted/walk.ts'
import { isLibraryError, StopError } from './failure.ts'
import { printable } from './printable.ts'
import { Progress } from './progress.ts'
import { PullFile } from './pull-file.ts'
import { readPullSettings } from './pull-options.ts'
import { type Streams, say, writeAll } from './streams.ts'

/** Runs the command. */
export async function runPull(options: Readonly<Record<string, unknown>>, streams: Streams): Promise<void> {
  const { hosted, query, asked, output } = readPullSettings(options)
  const file = await PullFile.open(output, { from: hosted.api, asked })
  const before = file.rows
  if (before > 0) say(streams, `${output}.part has ${counted(before, 'conversation')}: the pull goes on after them`)
  const progress = await Progress.of(streams, 'Pulling')
  let pulled = 0
  try {
    for await (const { rows, count } of walk(query, hosted, file.place)) {
      await file.write(rows)
      pulled += rows.length
      progress.show(pulled, Math.max(count, pulled), counted(file.rows, 'conversation'))
    }
  } catch (error) {
    await file.close()
    if (!isLibraryError(error) || error.code !== 'NOT_ANSWERED' || file.rows === 0) throw error
    const kept = `${counted(file.rows, 'conversation')} of it ${file.rows === 1 ? 'is' : 'are'} in ${output}.part`
    throw new StopError(`${error.message} ${kept}: the same command goes on from there.`)
  } finally {
    progress.stop()
  }
  await file.finish()
  const more = before > 0 ? `, ${grouped(before)} of them from before` : ''
  await writeAll(streams.stdout, [`${printable(output)}: ${counted(file.rows, 'conversation')}${more}\n`])
}
