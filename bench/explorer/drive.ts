/** Uses a page as a person does, and gives what its probe measured. */
import type { Browser, Locator, Page } from 'playwright-core'
import type { Known } from './known.ts'
import type { Measured } from './probe.ts'

/** A page that is measured. */
export interface Measurable {
  readonly url: string
  /** Which reader of `readers.ts`. */
  readonly reader: string
  /** The field that is typed into. */
  field(page: Page): Locator
  /** The box of a value of a facet. */
  value(page: Page, facet: string, value: string): Locator
}

/** Milliseconds from the beginning of the navigation, and the longest task of the page's thread until then; 0: none over 50. */
export interface Loaded {
  readonly firstRows: number
  readonly ready: number
  readonly longestTask: number
}

export interface Used {
  readonly strokes: readonly Measured[]
  readonly ticks: readonly Measured[]
  readonly longestTask: number
}

/** Opens the page in a fresh profile and waits until all can be asked. With `known` it is used then. */
export async function measure(
  browser: Browser,
  probe: string,
  measurable: Measurable,
  total: number,
  known?: Known,
): Promise<{ readonly loaded: Loaded; readonly used: Used | null }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  try {
    const page = await context.newPage()
    const failed = new Promise<never>((_, reject) => {
      page.on('pageerror', reject)
      page.on('crash', () => reject(new Error('The page crashed.')))
    })
    failed.catch(() => {})
    const probing = { reader: measurable.reader, total: total.toLocaleString('en') }
    await page.addInitScript({ content: `globalThis.probing = ${JSON.stringify(probing)}\n${probe}` })
    await page.goto(measurable.url)
    await Promise.race([until(page, 'probe.firstRows !== null && probe.ready !== null', 300_000), failed])
    const loaded = await page.evaluate<Loaded>(`({
      firstRows: probe.firstRows,
      ready: probe.ready,
      longestTask: ${longestTask('start < probe.ready')},
    })`)
    if (known === undefined) return { loaded, used: null }
    return { loaded, used: await Promise.race([use(page, measurable, known), failed]) }
  } finally {
    await context.close()
  }
}

async function use(page: Page, measurable: Measurable, known: Known): Promise<Used> {
  const begun = await page.evaluate<number>('performance.now()')
  const strokes = await type(page, measurable.field(page), known)
  const ticks = await tick(page, measurable, known)
  return { strokes, ticks, longestTask: await page.evaluate<number>(longestTask(`start > ${begun}`)) }
}

/** Words letter by letter, at the speed of a person, each selected and deleted when its answer is there. */
async function type(page: Page, field: Locator, { words }: Known): Promise<Measured[]> {
  await field.click()
  let beat = 0
  for (const { word, strokes, cleared } of words) {
    await page.evaluate(`probe.arm('keydown', ${JSON.stringify([...strokes, cleared])})`)
    for (const letter of word) {
      await page.keyboard.press(letter === ' ' ? 'Space' : letter)
      // Some 90 words a minute, and not even.
      beat = (beat * 31 + 7) % 97
      await page.waitForTimeout(80 + beat)
    }
    await answered(page, 1)
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Backspace')
    await answered(page, 0)
  }
  // What it offers lies over the page.
  await field.blur()
  return page.evaluate<Measured[]>('probe.measured.splice(0)')
}

async function tick(page: Page, measurable: Measurable, { ticks }: Known): Promise<Measured[]> {
  for (const { facet, value, expected } of ticks) {
    const box = measurable.value(page, facet, value)
    await box.scrollIntoViewIfNeeded()
    await page.evaluate(`probe.arm('click', ${JSON.stringify([expected])})`)
    await box.click()
    await answered(page, 0)
  }
  return page.evaluate<Measured[]>('probe.measured.splice(0)')
}

/** All but so many strokes are answered. */
async function answered(page: Page, left: number): Promise<void> {
  try {
    await until(page, `probe.pending() <= ${left}`, 30_000)
  } catch {
    throw new Error(`The page does not show the right answer: ${await page.evaluate('probe.difference()')}`)
  }
}

/** Asked again and again: the policy of the page lets no condition be put into it. */
async function until(page: Page, condition: string, timeout: number): Promise<void> {
  const end = Date.now() + timeout
  while (!(await page.evaluate<boolean>(condition))) {
    if (Date.now() > end) throw new Error(`After ${timeout / 1_000} s not yet: ${condition}`)
    await page.waitForTimeout(20)
  }
}

const longestTask = (when: string) =>
  `Math.max(0, ...probe.longTasks.filter(([start]) => ${when}).map(([, duration]) => duration))`
