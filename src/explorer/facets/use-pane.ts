/** Which facets are open and how much of each is shown. What a person opened or closed is remembered by the browser. */
import { useCallback, useState } from 'react'
import { ticksIn } from '../asking/changes/index.ts'
import type { Asked } from '../asking/contract.ts'
import { withoutOwn } from './asks.ts'
import { FEW_NUMBERS } from './bins.ts'
import type { Facet } from './fields.ts'

/** How much of a facet is shown. */
export interface Extent {
  readonly find: string
  readonly limit: number
}

/** How many values are shown at first, and after each "show more". Beyond the last, values are found by typing. */
export const LIMITS = [8, 30, 100, 200] as const

const STORED = 'explorer facets'
type Opened = { readonly [field: string]: boolean }
type Extents = { readonly [field: string]: Extent }

export interface Pane {
  isOpen(facet: Facet): boolean
  toggle(facet: Facet): void
  extentOf(facet: Facet): Extent
  setExtent(facet: Facet, change: Partial<Extent>): void
}

/** A facet with something ticked is open unless a person closed it. */
export function usePane(asked: Asked): Pane {
  const [opened, setOpened] = useState(readOpened)
  const [extents, setExtents] = useState<Extents>({})
  const isOpen = (facet: Facet) => opened[facet.field] ?? (facet.isOpen === true || hasOwn(asked, facet))
  const toggle = (facet: Facet) => {
    const next = { ...opened, [facet.field]: !isOpen(facet) }
    setOpened(next)
    write(next)
  }
  const extentOf = (facet: Facet) =>
    extents[facet.field] ?? { find: '', limit: facet.isOfNumbers ? FEW_NUMBERS + 2 : LIMITS[0] }
  const setExtent = useCallback((facet: Facet, change: Partial<Extent>) => {
    setExtents((before) => {
      const own = before[facet.field] ?? { find: '', limit: LIMITS[0] }
      return { ...before, [facet.field]: { ...own, ...change } }
    })
  }, [])
  return { isOpen, toggle, extentOf, setExtent }
}

/** Whether anything is ticked in a facet. */
export function hasOwn(asked: Asked, facet: Facet): boolean {
  return withoutOwn(asked, facet) !== asked
}

/** How many values are ticked in a facet; a range is one. */
export function ownCount(asked: Asked, facet: Facet): number {
  return hasOwn(asked, facet) ? Math.max(1, ticksIn(asked, facet.field).length) : 0
}

function readOpened(): Opened {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(STORED) ?? '{}')
    const entries = Object.entries(Object(read)).filter(([, value]) => typeof value === 'boolean')
    return Object.fromEntries(entries) as Opened
  } catch {
    // A browser that keeps nothing, or something else that was kept.
    return {}
  }
}

function write(opened: Opened): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(opened))
  } catch {
    // A browser that keeps nothing.
  }
}
