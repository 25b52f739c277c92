/** A string of unknown origin: in its own direction, hidden characters shown, matches marked. */
import { Fragment } from 'react'
import { piecesOf, stretchesOf } from './visible.ts'
import styles from './words.module.css'

interface Props {
  readonly text: string
  readonly ranges?: readonly (readonly [start: number, end: number])[]
  readonly from?: number
  readonly to?: number
  /** Which of the ranges is the one that a person is at. */
  readonly current?: number | null
}

const NONE: readonly never[] = []

export function Words({ text, ranges = NONE, from = 0, to = text.length, current = null }: Props) {
  return (
    <bdi>
      {stretchesOf(text, ranges, from, to).map(({ text: stretch, match }, key) => {
        const shown = <Visible text={stretch} />
        // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no other name.
        if (match === null) return <Fragment key={key}>{shown}</Fragment>
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <mark key={key} data-match={match} data-current={match === current || undefined}>
            {shown}
          </mark>
        )
      })}
    </bdi>
  )
}

function Visible({ text }: { readonly text: string }) {
  return piecesOf(text).map((piece, key) =>
    typeof piece === 'string' ? (
      piece
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name.
      <span key={key} className={styles.hidden} role="img" aria-label={piece.name} title={piece.name}>
        {piece.symbol}
      </span>
    ),
  )
}
