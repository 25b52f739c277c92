/** Pictures of the page in its states, in two schemes at three widths: `npx tsx test/explorer/screenshots.ts FOLDER [STATE]`. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from '../package/packed.ts'
import { launch } from './chromium.ts'
import { serveFolder } from './server.ts'
import { prepare, STATES } from './states.ts'

const [folder, only] = process.argv.slice(2)
if (folder === undefined) throw new Error('Where to? npx tsx test/explorer/screenshots.ts FOLDER [STATE]')
mkdirSync(folder, { recursive: true })
run('npx', ['vite', 'build', 'src/explorer', '--logLevel', 'error'], ROOT)

const host = await serveFolder()
prepare(host)
const browser = await launch()
for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 900, 360]) {
    const viewport = { width, height: width === 360 ? 740 : 900 }
    for (const [number, [name, bring]] of Object.entries(STATES).entries()) {
      if (only !== undefined && name !== only) continue
      const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', timezoneId: 'Europe/Berlin' })
      context.setDefaultTimeout(10_000)
      const page = await context.newPage()
      // What does not come is in the picture too.
      await bring({ page, host }).catch((error: Error) => console.error(`${name}: ${error.message.split('\n')[0]}`))
      await page.screenshot({
        path: join(
          folder,
          `${String(number + 1).padStart(2, '0')}-${name.replaceAll(/[^a-z]+/g, '-')}-${width}-${colorScheme}.png`,
        ),
      })
      await context.close()
    }
  }
}
await browser.close()
await host.close()
