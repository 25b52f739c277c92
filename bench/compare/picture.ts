/** The picture of a run: a row a question, a dot a peer, on a logarithmic scale of milliseconds. */
import { load } from './peer.ts'
import { PEERS } from './peers/index.ts'
import type { Results } from './results.ts'
import { showTime } from './results.ts'

interface Dot {
  readonly question: string
  readonly peer: string
  readonly median: number
  readonly kind: 'ours' | 'package' | 'hand' | 'other' | 'limit'
  readonly label: string
}

/** The parts of the plotting library that are used. */
interface PlotLibrary {
  plot(options: object): { readonly outerHTML: string }
  dot(data: readonly Dot[], options: object): object
  tickX(data: readonly Dot[], options: object): object
  text(data: readonly Dot[], options: object): object
  ruleY(data: readonly string[], options: object): object
  link(data: readonly object[], options: object): object
}

interface Dom {
  parseHTML(html: string): { readonly document: unknown }
}

/** Middle tones on no ground at all: legible on white and on black, and a little better with what the page says. */
const STYLE = `
  svg { --quiet: #8b949e; --ours: #d1570b; --package: #2f6fd6; --hand: #1f8a70; --text: #3d444d; background: none;
    font-family: system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) {
    svg { --quiet: #7d8590; --ours: #ff9a4d; --package: #79b0ff; --hand: #4fc9a8; --text: #d1d7e0; }
  }
  svg text { fill: var(--text); }`

/** The picture as SVG. */
export async function picture(results: Results): Promise<string> {
  const Plot = await load<PlotLibrary>('@observablehq/plot')
  const { parseHTML } = await load<Dom>('linkedom')
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const dots = dotsOf(results)
  const names = results.questions.map(({ id, title }) => `${id}  ${title}`)
  const common = { x: 'median', y: 'question' }
  const of = (kind: Dot['kind']) => dots.filter((dot) => dot.kind === kind)
  const figure = Plot.plot({
    document,
    width: 1120,
    height: 70 + names.length * 26,
    marginLeft: 372,
    marginBottom: 40,
    marginRight: 245,
    style: { fontSize: '12px', background: 'none' },
    x: {
      type: 'log',
      label: 'median of one answer, logarithmic',
      labelAnchor: 'center',
      labelOffset: 36,
      tickFormat: showTime,
      grid: true,
      ticks: 7,
    },
    y: { label: null, domain: names },
    marks: [
      Plot.ruleY(names, { stroke: 'var(--quiet)', strokeOpacity: 0.25 }),
      Plot.dot(of('other'), { ...common, r: 3, stroke: 'var(--quiet)', strokeOpacity: 0.9, title: 'label' }),
      Plot.tickX(of('limit'), { ...common, stroke: 'var(--text)', strokeWidth: 2, insetTop: 5, insetBottom: 5 }),
      Plot.dot(of('package'), { ...common, r: 4.5, fill: 'var(--package)', title: 'label' }),
      Plot.dot(of('hand'), { ...common, r: 4.5, fill: 'var(--hand)', title: 'label' }),
      Plot.dot(of('ours'), { ...common, r: 6, fill: 'var(--ours)', title: 'label' }),
      ...beside(Plot, of('package'), 14),
      ...beside(Plot, of('hand'), 148),
    ],
  })
  return withLegend(figure.outerHTML, results)
}

/** What the best are called, in a column at the right, in place of labels that would cover the dots. */
function beside(Plot: PlotLibrary, dots: readonly Dot[], dx: number): object[] {
  const options = { y: 'question', text: 'label', frameAnchor: 'right', textAnchor: 'start', dx, fontSize: 10.5 }
  return [Plot.text(dots, options)]
}

function dotsOf({ questions }: Results): Dot[] {
  return questions.flatMap(({ id, title, cells, bestPackage, bestByHand }) => {
    const kindOf = (peer: string): Dot['kind'] => {
      if (peer === 'ours') return 'ours'
      if (PEERS[peer]!.kind === 'limit') return 'limit'
      return peer === bestPackage?.peer ? 'package' : peer === bestByHand?.peer ? 'hand' : 'other'
    }
    return Object.entries(cells).flatMap(([peer, cell]): Dot[] => {
      if (cell.status !== 'ok' || peer === 'ours-cold') return []
      const label = `${peer} ${showTime(cell.median)}`
      return [{ question: `${id}  ${title}`, peer, median: cell.median, kind: kindOf(peer), label }]
    })
  })
}

/** A line of what the marks are and what was measured, above the plot; the figure is one SVG of its own. */
function withLegend(svg: string, { rows, commit, machine }: Results): string {
  const inner = /<svg[\s\S]*<\/svg>/.exec(svg)![0].replace(/<style>[\s\S]*?<\/style>/, '')
  const [width, height] = ['width', 'height'].map((name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(inner)![1]))
  const top = 44
  const entries = [
    ['ours', 'this library'],
    ['package', 'the fastest package'],
    ['hand', 'the fastest by hand'],
    ['quiet', 'other peers'],
  ]
  const legend = entries
    .map(([color, text], i) => {
      const x = 20 + i * 150
      const shape = `<circle cx="${x}" cy="18" r="5" ${color === 'quiet' ? 'fill="none" stroke' : 'fill'}="var(--${color})"/>`
      return `${shape}<text x="${x + 11}" y="22" font-size="12">${text}</text>`
    })
    .join('')
  const limit = `<path d="M622 11v14" stroke="var(--text)" stroke-width="2"/><text x="633" y="22" font-size="12">the limit: native sets, or a native pass over the text</text>`
  const caption = `${rows.toLocaleString('en')} conversations, ${machine.processor}, ${machine.node}, commit ${commit}`
  const text = `<text x="20" y="40" font-size="11" opacity="0.8">${caption.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`
  const total = height! + top
  const plot = inner.replace(/^<svg/, `<svg y="${top}"`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" role="img" aria-label="Medians of each question by peer"><style>${STYLE}</style>${legend}${limit}${text}${plot}</svg>\n`
}
