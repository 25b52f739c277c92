/** One conversation. */
export function Conversation() {
  return <section aria-label="Conversation">Conversation</section>
}
