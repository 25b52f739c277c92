/** Changing a conversation, with a word about what came of it. */
import { useCallback } from 'react'
import { useExplorer } from '../asking/use-explorer.ts'
import type { Writer } from '../data/contract.ts'
import { toast } from '../ui/toasts.ts'

type Change = (writer: Writer) => Promise<void>

/** Makes a change and says so (`done`, null for silence), with what takes it back. Gives whether it was made. */
export function useWrite(): (done: string | null, change: Change, undo?: Change) => Promise<boolean> {
  const { writer } = useExplorer()
  return useCallback(
    async (done, change, undo) => {
      if (writer === null) return false
      try {
        await change(writer)
        if (done !== null)
          toast({
            text: done,
            ...(undo && { undo: () => void undo(writer).catch(refused) }),
          })
        return true
      } catch (error) {
        refused(error)
        return false
      }
    },
    [writer],
  )
}

function refused(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  toast({ text: `Nothing was changed. ${reason}`, isBad: true })
}
