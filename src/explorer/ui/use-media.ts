/** Whether a media query holds, kept in step with the window. */
import { useCallback, useSyncExternalStore } from 'react'

/** The width under which one pane is shown at a time. */
export const PHONE = '(width < 44rem)'

/** Whether a media query holds now: `useMedia('(width < 44rem)')`. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}
