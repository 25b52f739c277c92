/** Buttons that open files and folders. */
import { useRef } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import { Button } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import styles from './empty.module.css'

/** `onGenerated`: offers generated conversations besides. */
export function OpenFiles({ onGenerated }: { readonly onGenerated?: () => void }) {
  const { inputs, files, folder } = usePickers()
  return (
    <div className={styles.actions}>
      {inputs}
      <Button icon="file" onClick={files}>
        Open files
      </Button>
      <Button icon="folder" onClick={folder}>
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

/** The same as one button, which is there whatever is open. */
export function OpenMenu() {
  const { inputs, files, folder } = usePickers()
  const items = [
    { label: 'Open files', icon: 'file', run: files },
    { label: 'Open folder', icon: 'folder', run: folder },
  ] as const
  return (
    <>
      {inputs}
      <Menu items={items}>
        <Button icon="folder" aria-label="Open files or a folder" title="Open files or a folder" />
      </Menu>
    </>
  )
}

/** What asks a person for files and for a folder. The elements of it are to be rendered. */
function usePickers() {
  const { session, look } = useExplorer()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const open = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const picked = [...(currentTarget.files ?? [])]
    // The same files can be picked again.
    currentTarget.value = ''
    if (picked.length === 0) return
    // What is read is not among the others.
    look({ open: null, message: null })
    session.open(picked)
  }
  const inputs = (
    <>
      <input ref={files} type="file" multiple hidden onChange={open} data-open="files" />
      <input ref={folder} type="file" hidden onChange={open} data-open="folder" {...FOLDER} />
    </>
  )
  return { inputs, files: () => files.current?.click(), folder: () => folder.current?.click() }
}

/** React's types do not know it. */
const FOLDER = { webkitdirectory: '' }
