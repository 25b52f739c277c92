/** Opening a page in the person's browser. */
import { spawn } from 'node:child_process'
import { systemText } from '../base/system-text.ts'
import { type Streams, say } from './streams.ts'

/** The program of each system that opens a URL, and its arguments before it. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Opens a URL of this server. Never throws: the URL was printed, and a person can open it. */
export function openBrowser(url: string, streams: Pick<Streams, 'stderr'>): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const failed = (why: string) => say(streams, `The browser cannot be opened: ${why}. Open the page yourself.`)
  try {
    const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true })
    child.once('error', (error) => failed(systemText(error)))
    child.once('exit', (code) => {
      if (code !== 0 && code !== null) failed(`${program} ended with ${code}`)
    })
    child.unref()
  } catch (error) {
    failed(systemText(error))
  }
}
