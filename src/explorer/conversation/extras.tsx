/** What came with a message: reasoning, a button, files, metadata. */
import type { Attachment, Message } from 'conversation-store'
import { Icon } from '../ui/icon.tsx'
import { Words } from '../ui/words.tsx'
import styles from './extras.module.css'
import { JsonTree } from './json-tree.tsx'
import { linkOf } from './links.ts'
import { isShown } from './runs.ts'

/** Characters of a thought that are shown beside its title. */
const FIRST_WORDS = 80

export function Extras({ message: { metadata, button, attachments } }: { readonly message: Message }) {
  const { reasoning, ...others } = Object(metadata) as { readonly [key: string]: unknown }
  return (
    <>
      {isShown(reasoning) && (
        <details className={styles.more}>
          <summary>
            Reasoning{' '}
            <span className={styles.quiet}>{typeof reasoning === 'string' && <First text={reasoning} />}</span>
          </summary>
          <JsonTree value={reasoning} name="Reasoning" />
        </details>
      )}
      {isShown(button) && <Pressed button={Object(button)} />}
      {attachments && attachments.length > 0 && (
        <ul className={styles.files} aria-label="Files">
          {attachments.map((file, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: files have no other name that is theirs alone.
            <li key={at}>
              <File file={file} />
            </li>
          ))}
        </ul>
      )}
      {isShown(others) && (
        <details className={styles.more}>
          <summary>Metadata</summary>
          <JsonTree value={others} name="Metadata" />
        </details>
      )}
    </>
  )
}

function First({ text }: { readonly text: string }) {
  return <Words text={text} to={Math.min(text.length, FIRST_WORDS)} />
}

function Pressed({ button }: { readonly button: { readonly [key: string]: unknown } }) {
  const { label, value, button_event } = button
  const name = [label, value, button_event].find((each) => typeof each === 'string' && each !== '')
  if (typeof name !== 'string') return <JsonTree value={button} name="Button" />
  return (
    <p className={styles.button} title={typeof button_event === 'string' ? button_event : 'Button'}>
      <span className={styles.quiet}>Button</span>
      <span className={styles.label}>
        <Words text={name} to={Math.min(name.length, 300)} />
      </span>
      {isShown(value) && value !== name && <Words text={String(value).slice(0, 300)} />}
    </p>
  )
}

const SIZES = ['bytes', 'kB', 'MB', 'GB'] as const

function sizeOf(bytes: number): string {
  const step = Math.min(SIZES.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const size = bytes / 1000 ** step
  return `${size.toLocaleString(undefined, { maximumFractionDigits: step === 0 ? 0 : 1 })} ${SIZES[step]}`
}

/** A file by its name; nothing of it is loaded before someone follows the link. */
function File({ file: { filename, mime_type, type, size_bytes, file_url } }: { readonly file: Attachment }) {
  const link = linkOf(file_url)
  const name = typeof filename === 'string' && filename !== '' ? filename : 'File without a name'
  const facts = [mime_type ?? type, typeof size_bytes === 'number' ? sizeOf(size_bytes) : null]
  const shown = <Words text={name} to={Math.min(name.length, 200)} />
  return (
    <span className={styles.file}>
      <Icon name="file" />
      {link === null ? (
        shown
      ) : (
        <a href={link} target="_blank" rel="noopener noreferrer" title={link}>
          {shown}
        </a>
      )}
      <span className={styles.quiet}>{facts.filter((fact) => typeof fact === 'string').join(' · ')}</span>
    </span>
  )
}
