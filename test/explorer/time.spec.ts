/** The histogram: its bars, and ranges that are dragged or chosen by keys. */
import { query } from '../../src/index.ts'
import { expect, judge, shows, test } from './opened.ts'
import type { Person } from './person.ts'

const ZONE = 'America/New_York'
const FORM = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: ZONE })

/** The bars as a person hears them, from the first to the last: the words of each, with its count. */
async function barsOf({ slider, page }: Person): Promise<string[]> {
  await slider.focus()
  await page.keyboard.press('Home')
  const most = Number(await slider.getAttribute('aria-valuemax'))
  const bars: string[] = []
  for (let at = 1; at <= most; at++) {
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe(String(at))
    bars.push((await slider.getAttribute('aria-valuetext'))!)
    await page.keyboard.press('ArrowRight')
  }
  return bars
}

const worded = (bars: { from: string; count: number }[]) =>
  bars.map(
    ({ from, count }) => `${FORM.format(Date.parse(from))}, ${count} ${count === 1 ? 'conversation' : 'conversations'}`,
  )

test('each bar has its count, by the day of the viewer', async ({ visit }) => {
  const person = await visit('', { timezoneId: ZONE })
  await shows(person)
  const expected = worded(judge.histogram(query(), 'day', ZONE))
  const bars = await barsOf(person)
  expect(bars.filter((words) => !words.endsWith(', 0 conversations'))).toEqual(expected)
})

test('bars follow what is asked, and others stay where they are', async ({ visit }) => {
  const person = await visit('?device=mobile', { timezoneId: ZONE })
  await shows(person, { on: 'Device', says: (q) => q.device('mobile') })
  const bars = await barsOf(person)
  const expected = worded(judge.histogram(query().device('mobile'), 'day', ZONE))
  expect(bars.filter((words) => !words.endsWith(', 0 conversations'))).toEqual(expected)
})

test('a range is dragged, and cleared', async ({ visit }) => {
  const person = await visit('', { timezoneId: ZONE })
  await shows(person)
  const box = (await person.slider.boundingBox())!
  const { mouse } = person.page
  await mouse.move(box.x + box.width * 0.3, box.y + box.height / 2)
  await mouse.down()
  await mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 5 })
  await mouse.up()
  const clear = person.page.getByRole('button', { name: 'Clear range' })
  await clear.waitFor()
  const asked = new URL(person.page.url()).searchParams
  const [after, before] = [
    asked.get('started_at_after')!,
    asked.get('started_at_before') ?? asked.get('started_at__lt')!,
  ]
  expect(after < before).toBe(true)
  await shows(person, { says: (q) => rangeOf(q, asked) })
  // It begins and ends with days of the viewer.
  expect(new Date(after).toLocaleTimeString('en-GB', { timeZone: ZONE })).toBe('00:00:00')
  await clear.click()
  await shows(person)
})

test('a range is chosen by keys', async ({ visit }) => {
  const person = await visit('', { timezoneId: ZONE })
  await shows(person)
  await person.slider.focus()
  await person.page.keyboard.press('Home')
  await person.page.keyboard.press('ArrowRight')
  for (let i = 0; i < 3; i++) await person.page.keyboard.press('Shift+ArrowRight')
  await person.page.keyboard.press('Enter')
  await person.page.getByRole('button', { name: 'Clear range' }).waitFor()
  await shows(person, { says: (q) => rangeOf(q, new URL(person.page.url()).searchParams) })
  // Of four days.
  const bars = judge.histogram(query(), 'day', ZONE).slice(1, 5)
  await expect
    .poll(async () => (await person.seen()).matching?.[0])
    .toBe(bars.reduce((sum, { count }) => sum + count, 0))
})

test('by hour, week and month', async ({ visit }) => {
  const person = await visit('', { timezoneId: ZONE })
  await shows(person)
  for (const unit of ['week', 'month', 'hour'] as const) {
    await person.page.getByRole('combobox', { name: 'Length of a bar' }).selectOption(unit)
    const counts = judge.histogram(query(), unit, ZONE)
    await person.slider.focus()
    await person.page.keyboard.press('Home')
    await expect
      .poll(() => person.slider.getAttribute('aria-valuetext'))
      .toContain(`, ${counts[0]!.count} conversation`)
    await person.page.keyboard.press('End')
    await expect
      .poll(() => person.slider.getAttribute('aria-valuetext'))
      .toContain(`, ${counts.at(-1)!.count} conversation`)
  }
})

/** The range of the address, as the library's parameters say it. */
function rangeOf(q: ReturnType<typeof query>, asked: URLSearchParams): never {
  let range = q
  for (const [name, value] of asked) {
    if (name === 'started_at_after' || name === 'started_at__gte') range = range.startedAfter(value)
    if (name === 'started_at_before') range = range.startedBefore(value)
    if (name === 'started_at__lt') range = range.where('started_at', 'lt', value)
  }
  return range as never
}
