/** Files and folders that are dropped on a page, as the browser itself does it: with their paths. */
import type { Page } from 'playwright-core'

/** Drops them in the middle of the page, which says that it takes them. */
export async function drop(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { width, height } = page.viewportSize()!
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  const at = { x: width / 2, y: height / 2, data }
  await session.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at })
  await session.send('Input.dispatchDragEvent', { type: 'dragOver', ...at })
  await page.getByText('Drop to open').waitFor()
  // What lies under them is another element now.
  await session.send('Input.dispatchDragEvent', { type: 'dragOver', ...at })
  await session.send('Input.dispatchDragEvent', { type: 'drop', ...at })
  await session.detach()
}
