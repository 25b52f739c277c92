/** Sizes that rows are placed by. */
import { type RefObject, useLayoutEffect, useState } from 'react'

/** Of a row, in the size of the page's type: three lines and the space around them. */
const ROW_REM = 4.5

/** The height of a row in pixels. */
export function rowHeight(): number {
  return ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}

/** How high an element is, in pixels. While it is hidden: as high as it was, or as the window is. */
export function useView(element: RefObject<HTMLElement | null>): number {
  const [view, setView] = useState(0)
  useLayoutEffect(() => {
    const measure = () => setView((before) => element.current?.clientHeight || before || window.innerHeight)
    measure()
    const observer = new ResizeObserver(measure)
    if (element.current !== null) observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return view
}
