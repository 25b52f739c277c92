/** Debian's Chromium, or the one that the environment names. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
  // Even a request that the watch does not see reaches nothing.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

/** Starts a browser. One that is missing is an error. */
export function launch(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`There is no ${CHROMIUM}: apt-get install chromium, or name a Chromium in the variable CHROMIUM.`)
  }
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS })
}
