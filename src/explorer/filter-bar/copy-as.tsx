/** The menu of what can be copied or saved of the question. */
import { toCode } from 'conversation-store/explain'
import { useRef } from 'react'
import { hostedCurl, planWithTimes, servedCurl } from '../asking/copy-as/question.ts'
import { queryOf } from '../asking/query.ts'
import { writeUrl } from '../asking/url/index.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { Button } from '../ui/button.tsx'
import { copyText } from '../ui/copy.ts'
import { Menu, type MenuItem } from '../ui/menu.tsx'
import { toast } from '../ui/toasts.ts'
import styles from './filter-bar.module.css'
import { useExport } from './use-export.ts'

/** The API of a served page, from the page's own address. */
const API = '../api/conversations/'

const EXPORTS = [
  { label: 'Export all as CSV', icon: 'file', format: 'csv', isApart: true },
  { label: 'Export all as NDJSON', icon: 'file', format: 'ndjson' },
] as const

export function CopyAs() {
  const { asked, view, query, store, status } = useExplorer()
  const { exporting, start, cancel } = useExport()
  const menu = useRef<HTMLButtonElement>(null)

  const link = () => `${location.origin}${location.pathname}${writeUrl(asked, view, location.search)}`
  const curl = () =>
    status.source.kind === 'served'
      ? servedCurl(queryOf(asked), String(new URL(API, location.href)))
      : hostedCurl(queryOf(asked))
  const plan = async () => {
    if (store === null) return
    try {
      const text = await planWithTimes(query, store, () => performance.now())
      await copyText(text, 'Plan copied')
    } catch (error) {
      toast({ text: `There is no plan: ${(error as Error).message}`, isBad: true })
    }
  }
  const items: readonly MenuItem[] = [
    { label: 'Link', icon: 'link', run: () => void copyText(link(), 'Link copied') },
    { label: 'curl', icon: 'copy', run: () => void copyText(curl(), 'Command copied') },
    { label: 'Builder code', icon: 'copy', run: () => void copyText(toCode(query), 'Code copied') },
    { label: 'Plan with times', icon: 'copy', run: () => void plan() },
    ...(exporting === null ? EXPORTS.map((item) => ({ ...item, run: () => start(item.format) })) : []),
  ]
  return (
    <div className={styles.exporting}>
      <Menu items={items}>
        <Button ref={menu} icon="copy">
          <span>Copy as</span>
        </Button>
      </Menu>
      {exporting !== null && (
        <>
          <span role="status">
            {exporting.format.toUpperCase()} · {megabytes(exporting.written)}
          </span>
          <Button
            onClick={() => {
              cancel()
              menu.current?.focus()
            }}
          >
            <span>Cancel export</span>
          </Button>
        </>
      )}
    </div>
  )
}

function megabytes(characters: number): string {
  return `${(characters / 1e6).toFixed(1)} MB`
}
