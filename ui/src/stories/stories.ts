/** What the shared components look like: each export of a `*.stories.tsx` beside them is one story. */
import type { ReactNode } from 'react'

export interface Story {
  /** Such as "Button / Looks". */
  name: string
  Story: () => ReactNode
}

const MODULES = import.meta.glob<Record<string, () => ReactNode>>('../components/*.stories.tsx', { eager: true })

export const STORIES: Story[] = Object.entries(MODULES).flatMap(([path, stories]) => {
  const file = path.split('/').at(-1)?.replace('.stories.tsx', '') ?? path
  return Object.entries(stories).map(([name, Story]) => ({ name: `${file} / ${name}`, Story }))
})
