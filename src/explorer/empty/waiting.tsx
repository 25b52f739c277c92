export function Waiting({ error }: { readonly error: Error | null }) {
  return <p>{error?.message ?? 'Loading'}</p>
}
