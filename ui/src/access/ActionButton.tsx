import type { ComponentProps } from 'react'

import { Button, tellProblem } from '@/components'

import { useRefusal, type Permission } from './me'

/** A button for what needs a permission; without it, it says who can instead of vanishing. */
export function ActionButton({ permission, onClick, ...rest }: { permission: Permission } & ComponentProps<typeof Button>) {
  const refusal = useRefusal(permission)
  if (refusal === null) return <Button onClick={onClick} {...rest} />
  return <Button {...rest} aria-disabled title={refusal} onClick={() => tellProblem(new Error(refusal))} />
}
