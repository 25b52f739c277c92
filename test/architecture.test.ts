/** Imports point one way. Every import under `src/`, types included, goes down the floors of `docs/architecture.md`, never in a circle. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

/**
 * The floors from the ground up. A room may use its own files and any floor below; rooms of one floor do not know each
 * other. A room is a folder, or a file at the top.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['row'],
  ['query'],
  ['wire', 'engine'],
  ['store'],
  ['features'],
  ['full'],
  ['index.ts', 'core.ts', 'text.ts', 'snapshot.ts', 'http', 'node', 'worker', 'react', 'testing', 'record', 'hosted'],
  // The program stands on the entry points, as a user's program does.
  ['cli'],
]

const FLOOR_OF = new Map(FLOORS.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)))

/** The page stands outside: it uses the entry points by name, as a user's page does, and no file of another room. */
const PAGE = 'explorer'

interface Import {
  readonly from: string
  readonly to: string
}

/** Every import, export, `import()`, reference and `require()` of the sources, by their paths under `src/`. `package.json` is data. */
function importsOf(files: ReadonlyMap<string, string>): Import[] {
  const found: Import[] = []
  for (const [from, text] of files) {
    const { importedFiles, referencedFiles } = ts.preProcessFile(text, true, true)
    for (const { fileName } of [...importedFiles, ...referencedFiles]) {
      // By the name of the package would be a way round all floors, except for the page, whose only way it is.
      if (/^conversation-store(\/|$)/.test(fileName) && roomOf(from) !== PAGE) found.push({ from, to: fileName })
      if (!fileName.startsWith('.')) continue
      const to = posix.join('src', posix.dirname(from), fileName)
      if (to !== 'package.json') found.push({ from, to: to.startsWith('src/') ? to.slice('src/'.length) : `../${to}` })
    }
  }
  return found
}

function roomOf(file: string): string {
  return file.split('/')[0]!
}

/** A feature is a room of its own: a folder, or a file that is a whole one. */
function featureOf(file: string): string {
  return roomOf(file) === 'features' ? file.split('/').slice(0, 2).join('/') : roomOf(file)
}

/** What is wrong with the imports, a sentence each: both files, and the rule. */
function faultsOf(imports: readonly Import[]): string[] {
  const faults: string[] = []
  for (const { from, to } of imports) {
    const [here, there] = [roomOf(from), roomOf(to)]
    const [floor, other] = [FLOOR_OF.get(here), FLOOR_OF.get(there)]
    if (here === PAGE && there === PAGE) continue
    if (here === PAGE) faults.push(`${from} imports ${to}: the page uses entry points, by the name of the package.`)
    else if (floor === undefined) faults.push(`${from}: "${here}" is on no floor. Give it one in FLOORS.`)
    else if (other === undefined) faults.push(`${from} imports ${to}: "${there}" is on no floor.`)
    else if (other > floor) faults.push(`${from} imports ${to}: up, from ${here} to ${there}.`)
    else if (other === floor && here !== there)
      faults.push(`${from} imports ${to}: ${here} and ${there} stand on one floor and do not know each other.`)
  }
  const features = imports.map(({ from, to }) => ({ from: featureOf(from), to: featureOf(to) }))
  return [
    ...new Set(faults),
    ...circlesOf(imports).map((way) => `A circle of files: ${way.join(' -> ')}.`),
    ...circlesOf(features.filter(({ from, to }) => from !== to && from.includes('/') && to.includes('/'))).map(
      (way) => `A circle of features: ${way.join(' -> ')}.`,
    ),
  ]
}

/** The names along each circle that is met. There is one for every set of names that lead to each other. */
function circlesOf(imports: readonly Import[]): string[][] {
  const next = new Map<string, Set<string>>()
  for (const { from, to } of imports) next.set(from, (next.get(from) ?? new Set()).add(to))
  const done = new Set<string>()
  const circles: string[][] = []
  const visit = (name: string, way: readonly string[]) => {
    const at = way.indexOf(name)
    if (at !== -1) circles.push([...way.slice(at), name])
    if (at !== -1 || done.has(name)) return
    for (const each of next.get(name) ?? []) visit(each, [...way, name])
    done.add(name)
  }
  for (const name of next.keys()) visit(name, [])
  return circles
}

/** The files under `src/`, by their paths there. */
function sources(): Map<string, string> {
  const entries = readdirSync(SRC, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(SRC.length).replaceAll('\\', '/'))
  const files = paths.filter((path) => roomOf(path) !== PAGE || !/\.(css|svg|html|json)$/.test(path))
  return new Map(files.map((path) => [path, readFileSync(join(SRC, path), 'utf8')]))
}

describe('imports under src/', () => {
  const files = sources()
  const imports = importsOf(files)

  it('are read: all files are TypeScript, and each import leads to one', () => {
    expect(files.size).toBeGreaterThan(100)
    expect(imports.length).toBeGreaterThan(files.size)
    expect([...files.keys()].filter((file) => !/\.tsx?$/.test(file))).toEqual([])
    expect(imports.filter(({ to }) => !files.has(to) && !to.endsWith('.css'))).toEqual([])
    expect(FLOORS.flat().filter((room) => ![...files.keys()].some((file) => roomOf(file) === room))).toEqual([])
  })

  it('point down, and never in a circle', () => {
    expect(faultsOf(imports)).toEqual([])
  })
})

describe('the check itself', () => {
  const faultsIn = (files: Readonly<Record<string, string>>) => faultsOf(importsOf(new Map(Object.entries(files))))
  const upward = 'query/spec.ts imports engine/run.ts: up, from query to engine.'

  it.each([
    ['a value', "import { run } from '../engine/run.ts'"],
    ['a type', "import type { Run } from '../engine/run.ts'"],
    ['a type among values', "import { type Run } from '../engine/run.ts'"],
    ['a file for its effects', "import '../engine/run.ts'"],
    ['a re-export', "export * from '../engine/run.ts'"],
    ['a re-exported type', "export type { Run } from '../engine/run.ts'"],
    ['a dynamic import', "const run = () => import('../engine/run.ts')"],
    ['a type by import()', "type Run = import('../engine/run.ts').Run"],
    ['an import by require', "import run = require('../engine/run.ts')"],
    ['a call of require', "const { run } = require('../engine/run.ts')"],
    ['a reference', '/// <reference path="../engine/run.ts" />'],
    ['a way round by the folder above', "import { run } from '../../src/engine/run.ts'"],
  ])('sees %s that points up', (_, text) => {
    expect(faultsIn({ 'query/spec.ts': text })).toEqual([upward])
  })

  it('sees rooms of one floor that know each other, and files at the top are rooms', () => {
    expect(faultsIn({ 'wire/links.ts': "import { x } from '../engine/plan.ts'" })).toEqual([
      'wire/links.ts imports engine/plan.ts: wire and engine stand on one floor and do not know each other.',
    ])
    expect(faultsIn({ 'index.ts': "export * from './core.ts'" })).toEqual([
      'index.ts imports core.ts: index.ts and core.ts stand on one floor and do not know each other.',
    ])
  })

  it('sees rooms that are on no floor, and the package imported by its name', () => {
    expect(faultsIn({ 'attic/x.ts': "import { x } from '../base/plain.ts'" })).toEqual([
      'attic/x.ts: "attic" is on no floor. Give it one in FLOORS.',
    ])
    expect(faultsIn({ 'base/x.ts': "import { x } from 'conversation-store/core'" })).toEqual([
      'base/x.ts imports conversation-store/core: "conversation-store" is on no floor.',
    ])
  })

  it('lets the page alone use the package by its name, and no file of another room', () => {
    expect(faultsIn({ 'explorer/x.ts': "import { x } from 'conversation-store/core'; import './y.ts'" })).toEqual([])
    expect(faultsIn({ 'explorer/x.ts': "import { x } from '../core.ts'" })).toEqual([
      'explorer/x.ts imports core.ts: the page uses entry points, by the name of the package.',
    ])
  })

  it('leaves packages and package.json alone, and nothing else outside of src/', () => {
    const text = "import { z } from 'zod'; import { version } from '../../package.json' with { type: 'json' }"
    expect(faultsIn({ 'base/x.ts': text })).toEqual([])
    expect(faultsIn({ 'base/x.ts': "import { cases } from '../../test/cases.ts'" })).toEqual([
      'base/x.ts imports ../test/cases.ts: ".." is on no floor.',
    ])
  })

  it('names the files of a circle, of types too, and of one file', () => {
    const files = {
      'engine/a.ts': "import type { B } from './b.ts'",
      'engine/b.ts': "import { c } from './c.ts'",
      'engine/c.ts': "import { a } from './a.ts'",
      'engine/d.ts': "import { d } from './d.ts'; import { a } from './a.ts'",
    }
    expect(faultsIn(files)).toEqual([
      'A circle of files: engine/a.ts -> engine/b.ts -> engine/c.ts -> engine/a.ts.',
      'A circle of files: engine/d.ts -> engine/d.ts.',
    ])
  })

  it('sees a circle of features whose files have none', () => {
    const files = {
      'features/live/a.ts': "import { x } from '../facets/x.ts'",
      'features/facets/y.ts': "import { b } from '../live/b.ts'",
    }
    expect(faultsIn(files)).toEqual(['A circle of features: features/live -> features/facets -> features/live.'])
  })
})
