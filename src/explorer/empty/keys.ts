/** The keys of the page, for its help. */
export const KEYS: readonly { readonly keys: readonly string[]; readonly does: string; readonly isWrite?: boolean }[] =
  [
    { keys: ['/', 'F'], does: 'Ask: search, or add a filter' },
    { keys: ['j', 'k'], does: 'Next and previous conversation' },
    { keys: ['↑', '↓', 'Home', 'End'], does: 'Move in the list' },
    { keys: ['Enter'], does: 'Open the conversation that the list is at' },
    { keys: ['n', 'p'], does: 'Next and previous match in the conversation' },
    { keys: ['m'], does: 'Mark the conversation, or take the mark away', isWrite: true },
    { keys: ['Esc'], does: 'Close what is open; on a narrow page go back to the list' },
    { keys: ['←', '→'], does: 'From the filter field: go through the conditions' },
    { keys: ['n', 'o', 'j', 't'], does: 'On a condition: negate, switch off, join with the next by "or", take apart' },
    { keys: ['Shift', 'Space'], does: 'On a value of a filter: leave it out' },
    { keys: ['Shift', '→'], does: 'On the chart: choose a range, Enter asks for it' },
    { keys: ['?'], does: 'This help' },
  ]
