/** How the pages are read. */
import { FACETS as LABELS } from '../../src/explorer/facets/fields.ts'
import type { Reader } from './probe.ts'
import { FACETS } from './question.ts'

const textOf = (selector: string, within: ParentNode = document) => within.querySelector(selector)?.textContent ?? null
const textsOf = (selector: string) => Array.from(document.querySelectorAll(selector), (each) => each.textContent ?? '')

const PEER: Reader = {
  text: () => document.querySelector<HTMLInputElement>('#text')?.value ?? '',
  count: () => textOf('#count') || null,
  isReady: () => true,
  first: () => document.querySelector<HTMLElement>('#list li')?.dataset.key ?? null,
  marks: () => textsOf('#list mark'),
  facets: () =>
    Object.fromEntries(
      Array.from(document.querySelectorAll<HTMLElement>('[data-facet]'), (box) => [
        box.dataset.facet!,
        Object.fromEntries(
          Array.from(box.querySelectorAll<HTMLElement>('label'), (label) => [
            label.dataset.value!,
            textOf('output', label)!,
          ]),
        ),
      ]),
    ),
  hasBars: () => true,
  areBarsOld: () => false,
  areFacetsOld: () => false,
}

/** The count as the filter bar says it: `1,204 of 100,000`, and ` so far` while not all are there. */
const said = () => textOf('search[aria-label="Filter conversations"] span[aria-hidden=true]:has(> b)') ?? ''
/** Facets by what the page calls them. */
const WORDED = LABELS.filter(({ field }) => field in FACETS)
const HISTOGRAM = '[aria-label="When conversations started"]'

const EXPLORER: Reader = {
  text: () => document.querySelector<HTMLInputElement>('input[role=combobox]')?.value ?? '',
  count: () => /^[\d,]+(?= of )/.exec(said())?.[0] ?? null,
  isReady: () => /^[\d,]+ of [\d,]+ ·/.test(said()),
  first() {
    const row = document.querySelector('[role=option][aria-posinset="1"]')
    const time = row?.querySelector('time')?.dateTime
    return time === undefined ? null : `${time} ${textOf('[title=Customer]', row!) ?? ''}`
  },
  marks: () => textsOf('[role=option][aria-posinset] mark'),
  facets: () =>
    Object.fromEntries(
      WORDED.map(({ field, label, words }) => {
        const list = document.querySelector<HTMLElement>(`[aria-label=Filters] ul[aria-label="${label}"]`)
        const values = Object.entries(words ?? {})
        const counts = Array.from(list?.querySelectorAll('[role=checkbox]') ?? []).flatMap((box) => {
          const name = box.querySelector('bdi')!
          // Rows without a value, which plain pages do not count.
          if (name.dataset.kind === 'words') return []
          const value = values.find(([, word]) => word === name.textContent)?.[0] ?? name.textContent!
          return [[value, name.nextElementSibling!.textContent!]]
        })
        return [field, Object.fromEntries(counts) as Record<string, string>]
      }),
    ),
  hasBars: () => document.querySelector(`${HISTOGRAM} canvas`) !== null,
  areBarsOld: () => document.querySelector(`${HISTOGRAM} > [data-old]`) !== null,
  areFacetsOld: () => document.querySelector('[aria-label=Filters] ul[data-old]') !== null,
}

export const READERS: Readonly<Record<string, Reader>> = { peer: PEER, explorer: EXPLORER }
