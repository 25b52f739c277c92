/** What is used of Crossfilter: the package is not installed with the project. */
declare module 'crossfilter2' {
  interface Group {
    all(): readonly { readonly key: string; readonly value: number }[]
  }
  interface Dimension<Record, Value> {
    filterAll(): void
    filterFunction(keeps: (value: Value) => boolean): void
    group(): Group
    bottom(count: number): readonly Record[]
  }
  interface Crossfilter<Record> {
    dimension<Value extends string | number>(value: (record: Record) => Value): Dimension<Record, Value>
    dimension(value: (record: Record) => readonly string[], isArray: true): Dimension<Record, string>
    groupAll(): { reduceCount(): { value(): number } }
  }
  export default function crossfilter<Record>(records: readonly Record[]): Crossfilter<Record>
}
