export function NoMatch() {
  return <p>No match</p>
}
