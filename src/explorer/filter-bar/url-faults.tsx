/** A link that cannot be read whole: what is wrong with it, in place of an answer to something else. */
import type { Fault } from 'conversation-store/core'
import { useEffect, useRef } from 'react'
import type { Asked } from '../asking/contract.ts'
import { partInWords, visible } from '../asking/sentences/index.ts'
import { Button } from '../ui/button.tsx'
import styles from './url-faults.module.css'

interface Props {
  readonly faults: readonly Fault[]
  /** What the sound parameters ask. */
  readonly rest: Asked
  readonly onRest: () => void
  readonly onStartOver: () => void
}

export function UrlFaults({ faults, rest, onRest, onStartOver }: Props) {
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  const left = [
    ...rest.parts.filter(({ isOff }) => !isOff).map((part) => partInWords(part).text),
    ...(rest.search === '' ? [] : [`the conversation mentions ${visible(rest.search)}`]),
  ]
  return (
    <main className={styles.page}>
      <div className={styles.notice}>
        <h1 ref={title} tabIndex={-1} className={styles.title}>
          This link asks for something that cannot be read
        </h1>
        <ul className={styles.faults}>
          {faults.map(({ parameter, message }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: faults have no other name.
            <li key={at}>
              <code>{visible(parameter)}</code> {visible(message, 400)}
            </li>
          ))}
        </ul>
        <p className={styles.rest}>
          {left.length === 0
            ? 'Nothing else in the link narrows what is shown: the rest of it asks for every conversation.'
            : `The rest of the link asks: ${left.join(', and ')}.`}
        </p>
        <div className={styles.actions}>
          {left.length > 0 && (
            <Button kind="solid" onClick={onRest}>
              Ask for the rest
            </Button>
          )}
          <Button kind={left.length > 0 ? 'outline' : 'solid'} onClick={onStartOver}>
            Show every conversation
          </Button>
        </div>
      </div>
    </main>
  )
}
