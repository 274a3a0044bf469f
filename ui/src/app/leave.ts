import type { AnyRouter } from '@tanstack/react-router'

import { logOut } from '@/api'
import { tellProblem } from '@/components'

import { queries } from './queries'

/** Logs out and forgets everything that was read. */
export async function leave(router: AnyRouter): Promise<void> {
  try {
    await logOut()
  } catch (error) {
    tellProblem(error)
    return
  }
  queries.clear()
  await router.navigate({ to: '/login' })
}
