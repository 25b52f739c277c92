/** What a message says: plain, or as Markdown; long ones in a window that grows. */
import { useLayoutEffect, useRef } from 'react'
import { Words } from '../ui/words.tsx'
import styles from './content.module.css'
import { grown, grownBack, type Window } from './fold.ts'
import { looksLikeMarkdown } from './links.ts'
import markdownStyles from './markdown.module.css'
import { useMarkdown } from './use-markdown.ts'

/** Longer windows are shown plain: parsing them would hold the page up. */
const MARKDOWN_UNITS = 40_000
/** Plain text is cut into blocks of this size, which the browser lays out only when they are seen. */
const BLOCK_UNITS = 20_000

type Ranges = readonly (readonly [start: number, end: number])[]

interface Props {
  readonly text: string
  readonly ranges: Ranges
  readonly current: number | null
  /** Whether it is written by an agent. */
  readonly isMarkdown: boolean
  readonly window: Window
  readonly onWindow: (window: Window) => void
}

export function Content({ text, ranges, current, isMarkdown, window, onWindow }: Props) {
  const { from, to } = window
  const shown = to - from
  const isRich = isMarkdown && shown <= MARKDOWN_UNITS && looksLikeMarkdown(text.slice(from, to))
  const markdown = useMarkdown(isRich)
  const left = text.length - to
  return (
    <div className={styles.content} dir="auto">
      {from > 0 && (
        <button type="button" className={styles.more} onClick={() => onWindow(grownBack(text, window))}>
          Show what is before: {from.toLocaleString()} characters
        </button>
      )}
      {markdown === null ? (
        blocksOf(from, to).map(([start, end]) => (
          <div key={start} className={styles.plain}>
            <Words text={text} ranges={ranges} from={start} to={end} current={current} />
          </div>
        ))
      ) : (
        <Rich render={markdown.renderMarkdown} text={text} ranges={ranges} window={window} current={current} />
      )}
      {left > 0 && (
        <button type="button" className={styles.more} onClick={() => onWindow(grown(text, window))}>
          Show more: {left.toLocaleString()} characters are left
        </button>
      )}
    </div>
  )
}

interface RichProps extends Pick<Props, 'text' | 'ranges' | 'current' | 'window'> {
  readonly render: (text: string, ranges: Ranges) => DocumentFragment
}

function Rich({ render, text, ranges, current, window: { from, to } }: RichProps) {
  const box = useRef<HTMLDivElement>(null)
  const first = ranges.findIndex(([start]) => start >= from)
  useLayoutEffect(() => {
    const seen = ranges.filter(([start, end]) => start >= from && end <= to)
    const moved = seen.map(([start, end]) => [start - from, end - from] as const)
    box.current?.replaceChildren(render(text.slice(from, to), moved))
  }, [render, text, ranges, from, to])
  // biome-ignore lint/correctness/useExhaustiveDependencies: after the nodes are made anew, too.
  useLayoutEffect(() => {
    for (const mark of box.current?.querySelectorAll<HTMLElement>('mark[data-match]') ?? [])
      mark.toggleAttribute(
        'data-current',
        current !== null && Number(mark.dataset.match) === current - Math.max(0, first),
      )
  }, [current, first, render, text, ranges, from, to])
  return <div ref={box} className={markdownStyles.markdown} />
}

function blocksOf(from: number, to: number): readonly (readonly [start: number, end: number])[] {
  const count = Math.max(1, Math.ceil((to - from) / BLOCK_UNITS))
  return Array.from({ length: count }, (_, i) => [from + i * BLOCK_UNITS, Math.min(to, from + (i + 1) * BLOCK_UNITS)])
}
