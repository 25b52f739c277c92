/** Copying to the clipboard, with a word about it. */
import { toast } from './toasts.ts'

/** Copies a string and says so, or says why it could not. */
export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast({ text: done })
  } catch {
    // Pages that are not served over HTTPS or from this machine have no clipboard; an old way may still work.
    const field = document.createElement('textarea')
    field.value = text
    document.body.append(field)
    field.select()
    const isDone = document.execCommand('copy')
    field.remove()
    toast(
      isDone
        ? { text: done }
        : { text: 'The browser did not allow copying. Select the text and copy it by hand.', isBad: true },
    )
  }
}
