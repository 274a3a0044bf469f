/** Where somebody was last, so that the palette can offer the way back. Kept in this browser, by name alone. */
import { useEffect } from 'react'

export interface Visit {
  path: string
  name: string
}

const MOST = 8
const SUFFIX = ' · Maestro'
const THING = /^\/(runs|experiments|models|datasets|deployments|automl|jobs)\/(?!new$)[^/]+/

const keyOf = (tenant: string) => `maestro.recent.${tenant}`

export function readVisits(tenant: string): Visit[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(keyOf(tenant)) ?? '[]')
    return Array.isArray(found) ? found.filter(isVisit) : []
  } catch {
    return []
  }
}

function isVisit(value: unknown): value is Visit {
  const visit = value as Partial<Visit> | null
  return typeof visit?.path === 'string' && typeof visit.name === 'string' && THING.test(visit.path)
}

/** Puts a visit to the front; a place is remembered once, under its latest name. */
export function remember(tenant: string, visit: Visit): void {
  if (!THING.test(visit.path)) return
  const others = readVisits(tenant).filter(({ path }) => path !== visit.path)
  try {
    localStorage.setItem(keyOf(tenant), JSON.stringify([visit, ...others].slice(0, MOST)))
  } catch {
    // A browser that keeps nothing forgets this, too.
  }
}

/** Remembers each thing whose page has got its name. */
export function useVisits(tenant: string | undefined, path: string): void {
  useEffect(() => {
    const title = document.querySelector('title')
    if (tenant === undefined || title === null) return
    const note = () => {
      if (document.title.endsWith(SUFFIX)) remember(tenant, { path, name: document.title.slice(0, -SUFFIX.length) })
    }
    const observer = new MutationObserver(note)
    observer.observe(title, { childList: true })
    return () => observer.disconnect()
  }, [tenant, path])
}
