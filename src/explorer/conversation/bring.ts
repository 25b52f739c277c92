/** Scrolls one element, and no other around it: to where another that is inside is in its middle, or at its top. */
export function bring(scroller: HTMLElement, element: Element, where: 'middle' | 'top'): void {
  const outer = scroller.getBoundingClientRect()
  const inner = element.getBoundingClientRect()
  const space = where === 'top' ? 0 : Math.max(0, (outer.height - inner.height) / 2)
  scroller.scrollTop += inner.top - outer.top - space
}
