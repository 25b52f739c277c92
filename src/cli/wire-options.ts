/** The options of a query: one for every wire parameter, made from the table of filters. */
import { existsSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import { COMPARISONS, PARAMETER_NAMES, PARAMETERS, SETTINGS } from '../query/filters.ts'
import { boolean, instant, itemsOf, type ValueType } from '../query/values.ts'
import { FILTER_DOCS, LOOKUP_DOCS } from '../wire/filters.docs.ts'
import { readList } from './list.ts'

/** A wire parameter as an option: `started_at_after` is `--started-at-after`, `customer_id__in` is `--customer-id--in`. */
class WireOption extends Option {
  readonly #parameter: string

  constructor(parameter: string) {
    const doc = docOf(parameter)
    super(`${optionName(parameter)} <${placeholder(parameter)}>`, doc)
    this.#parameter = parameter
    this.hideHelp(doc === undefined)
    this.helpGroup(isSetting(parameter) ? 'Rows and pages:' : 'Filters:')
    this.argParser<string | readonly string[]>((value, before) => readValue(parameter, value, before))
  }

  /** The key among the parsed options: the wire parameter. */
  override attributeName(): string {
    return this.#parameter
  }
}

/** Every wire parameter as an option. Those of FIELD`__`LOOKUP are not shown one by one. */
export function wireOptions(): Option[] {
  const names = new Set([...Object.keys(FILTER_DOCS), ...PARAMETER_NAMES])
  return Array.from(names, (name) => new WireOption(name))
}

/** The help on options with several values, and with a value left out. */
export function describeLists(): string {
  return `Options with <value,...> take several values, any of which may be met:
--device mobile,tablet and --device mobile --device tablet ask the same. A value
that holds a comma stands in double quotes: --customer-id '"Smith, J.",c-2'.
Options with <true|false> mean true when no value follows.
Times are in ISO 8601: 2026-01-31 or 2026-01-31T09:30:00Z; UTC where no offset
is given.`
}

/** The options that `wireOptions` does not show one by one. */
export function describeLookups(): string {
  const fields = new Map<string, string[]>()
  for (const [field, lookups] of Object.entries(COMPARISONS)) {
    const names = Object.keys(lookups).filter((lookup) => PARAMETERS.has(`${field}__${lookup}`))
    if (names.length === 0) continue
    const key = names.join(', ')
    fields.set(key, [...(fields.get(key) ?? []), field.replaceAll('_', '-')])
  }
  const lines = Array.from(fields, ([lookups, names]) => `${wrapped(names, '  ')}:\n    ${lookups}`)
  const meanings = Object.entries(LOOKUP_DOCS).map(([lookup, doc]) => `    ${lookup.padEnd(12)}${doc}`)
  const example = '--customer-id--istartswith c- or --ended-at--isnull true'
  return ['Any other comparison is --FIELD--LOOKUP, such as', `  ${example}`, ...lines, '  where', ...meanings].join(
    '\n',
  )
}

/** The option of a wire parameter, as a person types it. */
export function optionName(parameter: string): string {
  return `--${parameter.replaceAll(/_|(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`
}

/** Whether an option takes several values: where the method of the builder does. */
export function takesList(parameter: string): boolean {
  return PARAMETERS.get(parameter)?.takesSeveral === true
}

/**
 * The arguments with every option name in dashes (`--is_marked` is taken too) and a `true` beside a yes-or-no option that
 * has no value, so that `--is-marked chats.ndjson` does not take the file as its value. A word that is no file is one.
 */
export function normalizeArguments(args: readonly string[]): string[] {
  const normal: string[] = []
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!
    if (argument === '--') return [...normal, ...args.slice(i)]
    const [, name, value = ''] = /^(--[^=]+)(=.*)?$/s.exec(argument) ?? []
    const dashed = name?.replaceAll('_', '-')
    if (dashed === undefined) normal.push(argument)
    else if (value === '' && YES_NO.has(dashed) && !isTruth(args[i + 1] ?? '')) normal.push(`${dashed}=true`)
    else {
      normal.push(dashed + value)
      // The next argument is its value, whatever it looks like.
      if (value === '' && VALUED.has(dashed) && i + 1 < args.length) normal.push(args[++i]!)
    }
  }
  return normal
}

/** Whether an argument after a yes-or-no option is its value, also a wrong one such as `maybe`, and not a file. */
function isTruth(text: string): boolean {
  return /^(true|false|1|0)$/i.test(text) || (/^[\p{L}\p{N}]+$/u.test(text) && !existsSync(text))
}

const VALUED: ReadonlySet<string> = new Set(PARAMETER_NAMES.map(optionName))
const YES_NO: ReadonlySet<string> = new Set(PARAMETER_NAMES.filter((name) => typeOf(name) === boolean).map(optionName))

function isSetting(parameter: string): parameter is keyof typeof SETTINGS {
  return Object.hasOwn(SETTINGS, parameter)
}

function typeOf(parameter: string): ValueType | undefined {
  return isSetting(parameter) ? SETTINGS[parameter].value : PARAMETERS.get(parameter)?.value
}

/** Its line of documentation, with parameters as options. */
function docOf(parameter: string): string | undefined {
  const doc = (FILTER_DOCS as Readonly<Record<string, string>>)[parameter]
  return doc?.replace(/\b[a-z]+(_[a-z]+)+\b/g, (name) => (PARAMETER_NAMES.includes(name) ? optionName(name) : name))
}

function placeholder(parameter: string): string {
  if (takesList(parameter)) return 'value,...'
  const type = typeOf(parameter)
  return type === boolean ? 'true|false' : type === instant ? 'time' : 'value'
}

/** Words with commas between, on lines of a terminal's width. */
function wrapped(words: readonly string[], indent: string): string {
  return words
    .join(', ')
    .replace(/(.{1,72})(?: |$)/g, (_, line: string) => `\n${indent}${line}`)
    .slice(1)
}

/** A value as the wire has it, or several. A value that the wire ignores is an error, for here someone typed it. */
function readValue(
  parameter: string,
  value: string,
  before: string | readonly string[] | undefined,
): string | readonly string[] {
  const isEmptyList = parameter.endsWith('__in') && itemsOf(value).length === 0
  if (isEmptyList || (value.trim() === '' && typeOf(parameter)?.isTyped !== true))
    throw new InvalidArgumentError('It is empty: leave the option out.')
  if (takesList(parameter)) return [...(before ?? []), ...readList(value)]
  if (before === undefined) return value
  if (parameter === 'metadata') return `${before},${value}`
  throw new InvalidArgumentError('It was given twice, and takes one value.')
}
