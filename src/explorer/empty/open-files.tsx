/** Buttons that open files and folders. */
import { useRef } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { Button } from '../ui/button.tsx'
import styles from './empty.module.css'

/** `onGenerated`: offers generated conversations besides. */
export function OpenFiles({ onGenerated }: { readonly onGenerated?: () => void }) {
  const { session } = useExplorer()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const open = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const picked = [...(currentTarget.files ?? [])]
    // The same files can be picked again.
    currentTarget.value = ''
    if (picked.length > 0) session.open(picked)
  }
  return (
    <div className={styles.actions}>
      <input ref={files} type="file" multiple hidden onChange={open} data-open="files" />
      <input ref={folder} type="file" hidden onChange={open} data-open="folder" {...FOLDER} />
      <Button icon="file" onClick={() => files.current?.click()}>
        Open files
      </Button>
      <Button icon="folder" onClick={() => folder.current?.click()}>
        Open folder
      </Button>
      {onGenerated && (
        <Button kind="quiet" onClick={onGenerated}>
          Generated conversations
        </Button>
      )}
    </div>
  )
}

/** React's types do not know it. */
const FOLDER = { webkitdirectory: '' }
