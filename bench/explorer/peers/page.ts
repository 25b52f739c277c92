/** A plain page around a worker: a field, the count, thirty rows, six facets, and a histogram. No library paints it. */
import { type Answer, type Ask, FACETS, VALUES } from '../question.ts'
import type { Message, Question } from './worker.ts'

const worker = new Worker('worker.js', { type: 'module' })
const [input, count, list, facets, histogram] = ['#text', '#count', '#list', '#facets', '#histogram'].map(
  (name) => document.querySelector(name) as HTMLElement,
) as [HTMLInputElement, HTMLElement, HTMLElement, HTMLElement, HTMLCanvasElement]

let ask: Ask = { text: '', ticked: {} }
let last = 0
/** Whether the worker is at work: what is asked meanwhile waits, the last of it alone. */
let isBusy = true
let isWaiting = false

function send(): void {
  if (isBusy) {
    isWaiting = true
    return
  }
  isBusy = true
  isWaiting = false
  worker.postMessage({ ...ask, number: ++last } satisfies Question)
}

worker.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  isBusy = false
  if (data.kind === 'answer' && data.number === last) paint(data.answer)
  if (data.kind === 'ready' || isWaiting) send()
})

input.addEventListener('input', () => {
  ask = { ...ask, text: input.value }
  send()
})

facets.addEventListener('change', ({ target }) => {
  const { name, value, checked } = target as HTMLInputElement
  const others = (ask.ticked[name] ?? []).filter((one) => one !== value)
  ask = { ...ask, ticked: { ...ask.ticked, [name]: checked ? [...others, value] : others } }
  send()
})

function paint({ count: found, rows, facets: counted, days }: Answer): void {
  count.textContent = found.toLocaleString('en')
  list.replaceChildren(
    ...rows.map(({ key, title, snippet, match, about }) => {
      const item = document.createElement('li')
      item.dataset.key = key
      const words = document.createElement('p')
      if (match === null) words.textContent = snippet
      else {
        const mark = document.createElement('mark')
        mark.textContent = snippet.slice(...match)
        words.append(snippet.slice(0, match[0]), mark, snippet.slice(match[1]))
      }
      item.append(element('strong', title), words, element('small', about))
      return item
    }),
  )
  for (const name of Object.keys(FACETS)) paintFacet(name, counted[name]!)
  paintHistogram(days)
}

/** Values keep their elements, so that a tick keeps its focus. */
function paintFacet(name: string, counted: Answer['facets'][string]): void {
  const box = facets.querySelector(`[data-facet="${name}"]`)!
  const ticked = ask.ticked[name] ?? []
  const shown = counted.slice(0, VALUES)
  for (const value of ticked) if (!shown.some((one) => one[0] === value)) shown.push([value, 0])
  const known = new Map([...box.querySelectorAll('label')].map((label) => [label.dataset.value!, label]))
  box.replaceChildren(
    ...shown.map(([value, number]) => {
      const label = known.get(value) ?? labelOf(name, value)
      label.querySelector('output')!.textContent = number.toLocaleString('en')
      label.querySelector('meter')!.value = number / (shown[0]![1] || 1)
      return label
    }),
  )
}

function labelOf(name: string, value: string): HTMLLabelElement {
  const label = document.createElement('label')
  label.dataset.value = value
  const tick = Object.assign(document.createElement('input'), { type: 'checkbox', name, value })
  label.append(tick, value, document.createElement('meter'), document.createElement('output'))
  return label
}

function paintHistogram(days: Answer['days']): void {
  const context = histogram.getContext('2d')!
  context.clearRect(0, 0, histogram.width, histogram.height)
  const most = Math.max(1, ...days.map(([, number]) => number))
  const first = Date.parse(days.reduce((least, [day]) => (day < least ? day : least), '9999-12-31'))
  for (const [day, number] of days) {
    const x = ((Date.parse(day) - first) / 86_400_000) * 3
    const height = (number / most) * histogram.height
    context.fillRect(x, histogram.height - height, 2, height)
  }
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
