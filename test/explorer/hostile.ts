/** Conversations whose words try to be more than words. Whatever runs sets `hacked` on the page; whatever loads leaves the origin. */
import type { ConversationInput } from '../../src/row/conversation.ts'

const RUN = 'globalThis.hacked=1'

/** Markup that runs, loads, or takes the page over where it is not escaped. */
export const MARKUP: readonly string[] = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}"><animate onbegin="${RUN}" attributeName=x dur=1s>`,
  `<iframe srcdoc="<script>parent.hacked=1</script>"></iframe>`,
  '<iframe src="https://evil.example/frame"></iframe>',
  `<a href="javascript:${RUN}">a link</a>`,
  `<form action="https://evil.example/"><input name=q autofocus onfocus="${RUN}"><button>Send</button></form>`,
  '<style>@import "https://evil.example/style.css"; body { display: none }</style>',
  '<link rel=stylesheet href="https://evil.example/style.css"><meta http-equiv=refresh content="0;url=https://evil.example/">',
  '<base href="https://evil.example/"><video src="https://evil.example/v" autoplay></video><object data="https://evil.example/o"></object>',
  '<div id="explorer" style="position:fixed;inset:0;z-index:9999;background:red">All is red</div>',
  `"><script>${RUN}</script>`,
  `\${${RUN}} {{${RUN}}} <%= ${RUN} %>`,
]

/** The same by way of Markdown, which agents write. */
export const MARKDOWN: readonly string[] = [
  `[press here](javascript:${RUN})`,
  `[press here too](JaVaScRiPt:${RUN} "title")`,
  `[and here](data:text/html;base64,${Buffer.from(`<script>${RUN}</script>`).toString('base64')})`,
  `[vb](vbscript:${RUN})`,
  '![pixel](https://evil.example/pixel.png)',
  `![x](x "onerror=${RUN}")`,
  `<javascript:${RUN}>`,
  `[ref]\n\n[ref]: javascript:${RUN}`,
  `\`\`\`html\n<script>${RUN}</script>\n\`\`\``,
  `**<img src=x onerror=${RUN}>**`,
  `| a | b |\n|---|---|\n| <img src=x onerror=${RUN}> | [c](javascript:${RUN}) |`,
]

/** Right-to-left overrides, controls, lone surrogates, and words without an end. */
export const AWKWARD: readonly string[] = [
  'invoice\u202Efdp.exe',
  '\u2066\u2067\u202D\u202E backwards',
  'nul\u0000 bell\u0007 escape\u001B[31m red',
  'half \uD83D a pair',
  'Z\u0351\u0343\u0344a\u0351\u0343l\u0351g\u0351o\u0351'.repeat(20),
  'w'.repeat(3_000),
  '👨‍👩‍👧‍👦'.repeat(200),
]

const KEYS = JSON.parse(
  `{"__proto__": {"polluted": true}, "constructor": "c", "toString": "t", "a.b": 1, "": "empty", "\\"quoted\\"": 2, "<img src=x onerror=${RUN}>": "<b>bold</b>", "\u202Eolleh": "rtl"}`,
) as Record<string, unknown>

/** One conversation for each piece, with it wherever words can be; the newest first of all is the one with all in one. */
export function hostileRows(): ConversationInput[] {
  const pieces = [...MARKUP, ...MARKDOWN, ...AWKWARD]
  return pieces.map((piece, number): ConversationInput => {
    const short = piece.slice(0, 250)
    const at = new Date(Date.UTC(2025, 5, 1) + number * 3_600_000).toISOString()
    return {
      // An address cannot hold half a pair.
      conversation_id: `hostile-${String(number).padStart(2, '0')} ${short.slice(0, 200).replaceAll(/\p{Surrogate}/gu, '?')}`,
      name: short,
      customer_id: short,
      device: short.slice(0, 60),
      language: short.slice(0, 40),
      environment: 'production',
      started_at: at,
      metadata: { ...KEYS, note: piece, url: `javascript:${RUN}` },
      messages: [
        { id: number * 10 + 1, sender: 'end_user', content: piece, timestamp: at },
        { id: number * 10 + 2, sender: 'agent', content: piece, timestamp: at },
        {
          id: number * 10 + 3,
          sender: 'agent',
          content: 'Done.',
          timestamp: at,
          action_name: short.slice(0, 80),
          action_logs: [
            {
              id: number * 10 + 1,
              duration_ms: 5,
              tools_used: { [short.slice(0, 80)]: piece },
              response: KEYS,
              error_message: short,
            },
          ],
          attachments: [
            {
              id: number + 1,
              type: 'file',
              filename: short,
              mime_type: 'text/html',
              size_bytes: 5,
              file_url: `javascript:${RUN}`,
            },
          ],
        },
      ],
      feedbacks: [{ sentiment: 'negative', source: 'customer', comment: piece, created_at: at }],
    } as ConversationInput
  })
}

/** Ten million characters in one message, with markup at both ends a needle near its start and a haystack in the middle. */
export function hugeRow(): ConversationInput {
  const half = 'All work and no play. '.repeat(227_272)
  return {
    id: 7,
    conversation_id: 'huge',
    name: 'Ten million characters',
    started_at: '2025-07-01T00:00:00Z',
    messages: [
      { id: 1_000_001, sender: 'agent', content: `${MARKUP[1]} An early needle. ${half}haystack${half}${MARKUP[0]}` },
      { id: 1_000_002, sender: 'end_user', content: 'That was long.' },
    ],
  }
}

/** Names of files that are markup. */
export const FILE_NAMES: readonly string[] = [
  `<img src=x onerror=${RUN}>.ndjson`,
  `a"><svg onload=${RUN}>.ndjson`,
  'sdnoc\u202Enosjdn.ndjson',
]
