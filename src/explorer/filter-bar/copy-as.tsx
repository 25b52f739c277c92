/** The menu of what can be copied or saved of the question. */
import { Button } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'

export function CopyAs() {
  return (
    <Menu items={[]}>
      <Button icon="copy"><span>Copy as</span></Button>
    </Menu>
  )
}
