/** All changes of what is asked: functions from one `Asked` to another, for `ask(change)`. */
export { fieldNameOf, keysOf, pathText } from './paths.ts'
export {
  addCondition,
  canJoin,
  canTakeApart,
  edit,
  joinWithNext,
  move,
  negate,
  remove,
  switchOff,
  takeApart,
} from './pills.ts'
export { type End, rangeOf, setRange, withoutRange } from './ranges.ts'
export type { Tick, TickedField } from './ticks.ts'
export {
  onlyValue,
  stateOf,
  type TickState,
  type ToggleOptions,
  ticksIn,
  toggleValue,
  withoutField,
} from './values.ts'
export { clearAll, dropPaging, isEverything, setIncludeDeleted, setOrder, setSearch, toggleOrder } from './words.ts'
