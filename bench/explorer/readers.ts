/** How the two pages are read. */
import type { Reader } from './probe.ts'

export const READERS: Readonly<Record<string, Reader>> = {
  peer: {
    field: '#text',
    count: () => document.querySelector('#count')?.textContent || null,
    isReady: () => true,
    first: () => document.querySelector<HTMLElement>('#list li')?.dataset.id ?? null,
    facets: () =>
      Object.fromEntries(
        Array.from(document.querySelectorAll<HTMLElement>('[data-facet]'), (box) => [
          box.dataset.facet!,
          Object.fromEntries(
            Array.from(box.querySelectorAll<HTMLElement>('label'), (label) => [
              label.dataset.value!,
              label.querySelector('output')!.textContent!,
            ]),
          ),
        ]),
      ),
  },
}
