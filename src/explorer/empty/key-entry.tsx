/** A served session that asks for a key: it is asked for once, and sent with each request from then on. */
import { type FormEvent, useState } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import type { Failure } from '../data/contract.ts'
import { Button } from '../ui/button.tsx'
import { Words } from '../ui/words.tsx'
import styles from './empty.module.css'

export function KeyEntry({ failure: { title, advice } }: { readonly failure: Failure }) {
  const { session } = useExplorer()
  const [key, setKey] = useState('')
  const open = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') session.unlock(key.trim())
  }
  return (
    <form className={styles.empty} onSubmit={open}>
      <h3 className={styles.title} role="alert">
        <Words text={title} />
      </h3>
      <p>
        <Words text={advice} />
      </p>
      <div className={styles.actions}>
        <input
          className={styles.field}
          type="password"
          aria-label="Key"
          placeholder="Key"
          autoComplete="off"
          value={key}
          ref={(field) => field?.focus()}
          onChange={({ target }) => setKey(target.value)}
        />
        <Button kind="solid" type="submit">
          Open
        </Button>
      </div>
    </form>
  )
}
