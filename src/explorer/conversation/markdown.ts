/** Markdown of an agent as nodes of the page: sanitised, without images and HTML, links only to the web and to mail. Loaded on demand. */
import DOMPurify from 'dompurify'
import { Marked } from 'marked'
import { piecesOf } from '../ui/visible.ts'
import { linkOf } from './links.ts'
import styles from './markdown.module.css'

/** A stretch that is marked. */
type Range = readonly [start: number, end: number]

/** Around a match while it goes through the parser: characters that no text may have, and the number of the match. */
const [OPEN, CLOSE] = ['\ufdd0', '\ufdd1']
const FIRST_NUMBER = 0xe100
const NUMBERS = 4096
const EDGES = /\ufdd0([\ue100-\uf0ff])|\ufdd1/g

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    // HTML is shown as it was written.
    html: ({ text, block }: { readonly text: string; readonly block?: boolean }) =>
      block ? `<p>${escaped(text)}</p>` : escaped(text),
    image: ({ href, text }) =>
      `<span title="Image, not loaded">${escaped(text || 'Image')}: <code>${escaped(withoutEdges(href))}</code></span>`,
    link({ href, tokens }) {
      const inner = this.parser.parseInline(tokens)
      const link = linkOf(withoutEdges(href))
      return link === null
        ? `${inner} <code>${escaped(withoutEdges(href))}</code>`
        : `<a href="${escaped(link)}">${inner}</a>`
    },
    // Headings of a message are none of the page's.
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
})

const ALLOWED = {
  ALLOWED_TAGS: [
    ...['a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'hr', 'i', 'li', 'ol', 'p', 'pre', 's', 'span', 'strong'],
    ...['table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
  ],
  ALLOWED_ATTR: ['href', 'start', 'title'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  RETURN_DOM_FRAGMENT: true as const,
}

/** Text as nodes, with matches in `<mark data-match>`, by their places among the ranges. */
export function renderMarkdown(text: string, ranges: readonly Range[]): DocumentFragment {
  const html = marked.parse(withEdges(text, ranges), { async: false })
  const fragment = DOMPurify.sanitize(html, ALLOWED)
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank'
    link.rel = 'noopener noreferrer'
    link.title = link.href
  }
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  while (walker.nextNode()) texts.push(walker.currentNode as Text)
  let match: number | null = null
  for (const node of texts) {
    const nodes: Node[] = []
    let at = 0
    const upTo = (end: number) => {
      if (end > at) nodes.push(...nodesOf(node.data.slice(at, end), match))
    }
    for (const edge of node.data.matchAll(EDGES)) {
      upTo(edge.index)
      at = edge.index + edge[0].length
      match = edge[1] === undefined ? null : edge[1].charCodeAt(0) - FIRST_NUMBER
    }
    upTo(node.data.length)
    node.replaceWith(...nodes)
  }
  return fragment
}

function withEdges(text: string, ranges: readonly Range[]): string {
  const clean = text.replaceAll(/[\ufdd0\ufdd1]/g, '\ufffd')
  let marked = ''
  let at = 0
  for (const [number, [start, end]] of ranges.entries()) {
    const name = String.fromCharCode(FIRST_NUMBER + (number % NUMBERS))
    marked += `${clean.slice(at, start)}${OPEN}${name}${clean.slice(start, end)}${CLOSE}`
    at = end
  }
  return marked + clean.slice(at)
}

function withoutEdges(text: string): string {
  return text.replaceAll(EDGES, '').replaceAll(/%EF%B7%90%E[EF]%[0-9A-F]{2}%[0-9A-F]{2}|%EF%B7%91/g, '')
}

/** Words as nodes: hidden characters by their symbols, and the whole in a mark if it is in a match. */
function nodesOf(text: string, match: number | null): readonly Node[] {
  const nodes = piecesOf(text).map((piece) => {
    if (typeof piece === 'string') return document.createTextNode(piece)
    const shown = document.createElement('span')
    shown.className = styles.hidden!
    shown.role = 'img'
    shown.ariaLabel = piece.name
    shown.title = piece.name
    shown.textContent = piece.symbol
    return shown
  })
  if (match === null) return nodes
  const mark = document.createElement('mark')
  mark.dataset.match = String(match)
  mark.append(...nodes)
  return [mark]
}
