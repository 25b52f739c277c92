/** `conversation-store explore` as a process, in a package whose built page is a stub. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildCommand } from './serving.ts'

/** The stub: what a browser would get. */
export const PAGE = {
  'index.html': '<!doctype html><title>stub</title><script type="module" src="./assets/index-abc123.js"></script>',
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/index-abc123.js': 'document.title = "runs"',
  'assets/index-abc123.css': 'body { color: red }',
} as const

/** Writes the stub into a folder. */
export function writePage(folder: string): string {
  for (const [name, text] of Object.entries(PAGE)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** A package with the command, and with the stub unless `page` is false. */
export interface StubPackage {
  readonly command: string
  remove(): void
}

/** Builds the command as it stands in the package of a user. */
export async function buildPackage(name: string, page = true): Promise<StubPackage> {
  const command = await buildCommand(`${name}-${process.pid}/dist/cli`)
  const folder = dirname(dirname(command))
  writeFileSync(join(folder, 'package.json'), '{"name":"conversation-store"}')
  if (page) writePage(join(folder, 'dist/explorer'))
  return { command, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** An event of a stream of events. */
export interface StreamEvent {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** The events of an answer as they come, as a browser reads them. */
export async function* eventsOf(answer: Response): AsyncGenerator<StreamEvent, void, undefined> {
  let text = ''
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const of = (name: string) =>
        lines
          .filter((line) => line.startsWith(`${name}: `))
          .map((line) => line.slice(name.length + 2))
          .join('\n')
      if (of('event') !== '') yield { id: of('id'), event: of('event'), data: of('data') }
    }
  }
}
