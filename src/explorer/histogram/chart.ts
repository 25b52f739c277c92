/** The picture: bars and axes on a canvas, by uPlot. Loaded when the page is there. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Bars } from './bars.ts'
import { type Span, tickText } from './time.ts'

/** What is drawn. */
export interface Picture {
  readonly bars: Bars
  /** Bars outside are dimmed. */
  readonly span: Span | null
}

export interface Chart {
  draw(picture: Picture): void
  /** Draws again in the colours and the size that there are now. */
  refresh(): void
  destroy(): void
}

/** Where the bars stand in the element, in CSS pixels: the rest is for the axes. */
export const INSETS = { start: 44, end: 20, top: 6, bottom: 20 } as const

const GAP = 1
/** A single bar of a day is not as wide as the page. In CSS pixels. */
const MOST_WIDTH = 64

/** Puts a chart into an element, whose size it has. */
export function makeChart(element: HTMLElement, timeZone: string): Chart {
  let picture: Picture = { bars: { edges: [0, 1], counts: [0] }, span: null }
  let colours = coloursOf(element)
  const ends = () => [picture.bars.edges[0]! / 1000, picture.bars.edges.at(-1)! / 1000] as [number, number]
  const most = () => picture.bars.counts.reduce((max, count) => Math.max(max, count), 1)
  const axis = { stroke: () => colours.quiet, font: colours.font, ticks: { show: false } }
  const plot = new uPlot(
    {
      ...sizeOf(element),
      padding: [INSETS.top, INSETS.end, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      scales: { x: { time: true, range: ends }, y: { range: () => [0, most()] } },
      axes: [
        {
          ...axis,
          ...{ size: INSETS.bottom, gap: 4, space: 70, grid: { show: false } },
          values: (_, splits, __, ___, step) => splits.map((seconds) => tickText(seconds, step, timeZone)),
        },
        {
          ...axis,
          ...{ size: INSETS.start, gap: 6, space: 26, incrs: WHOLE_STEPS },
          grid: { stroke: () => colours.line, width: 1 },
          values: (_, splits) => splits.map((count) => COMPACT.format(count)),
        },
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: { draw: [(u) => drawBars(u, picture, colours)] },
    },
    [ends(), [0, 0]],
    element,
  )
  // The words for the picture are beside it.
  plot.root.setAttribute('aria-hidden', 'true')
  const watcher = new ResizeObserver(() => plot.setSize(sizeOf(element)))
  watcher.observe(element)
  return {
    draw(next) {
      picture = next
      plot.setData([ends(), [0, most()]])
    },
    refresh() {
      colours = coloursOf(element)
      plot.redraw(false, true)
    },
    destroy() {
      watcher.disconnect()
      plot.destroy()
    },
  }
}

const WHOLE_STEPS = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact' })

function sizeOf({ clientWidth, clientHeight }: HTMLElement) {
  return { width: Math.max(clientWidth, 1), height: Math.max(clientHeight, 1) }
}

function coloursOf(element: HTMLElement) {
  const style = getComputedStyle(element)
  // `light-dark()` is resolved in a property that takes a colour, so each is read through one.
  const probe = document.createElement('span')
  element.append(probe)
  const colour = (name: string) => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  const colours = {
    line: colour('--line'),
    quiet: colour('--text-quiet'),
    bar: colour('--accent-solid'),
    dimmed: colour('--bar'),
    font: `${style.fontSize} ${style.fontFamily}`,
  }
  probe.remove()
  return colours
}

/** Bars that are thinner than a pixel are drawn over each other: the highest is seen. O(bars). */
function drawBars(u: uPlot, { bars, span }: Picture, colours: ReturnType<typeof coloursOf>): void {
  const { ctx, bbox } = u
  const { edges, counts } = bars
  const [first, last] = [edges[0]!, edges.at(-1)!]
  const most = u.scales.y!.max ?? 1
  const xOf = (ms: number) => bbox.left + Math.round(((ms - first) / (last - first)) * bbox.width)
  ctx.save()
  for (const isIn of [false, true]) {
    ctx.fillStyle = isIn ? colours.bar : colours.dimmed
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i]!
      const [from, to] = [edges[i]!, edges[i + 1]!]
      if (count === 0 || (span === null || (from >= span.from && to <= span.to)) !== isIn) continue
      const length = xOf(to) - xOf(from)
      const width = Math.min(length, MOST_WIDTH * devicePixelRatio)
      const x = xOf(from) + Math.floor((length - width) / 2)
      const height = Math.max(1, Math.round((count / most) * bbox.height))
      ctx.fillRect(x, bbox.top + bbox.height - height, Math.max(1, width > 3 ? width - GAP : width), height)
    }
  }
  ctx.restore()
}
