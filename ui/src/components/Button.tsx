import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode, Ref } from 'react'

import styles from './button.module.css'

export interface ButtonLook {
  look?: 'primary' | 'plain' | 'quiet' | 'danger'
  small?: boolean
  icon?: ReactNode
  /** For a button that is an icon alone: what it does. */
  label?: string
}

function classOf({ look = 'plain', small, icon, label }: ButtonLook, extra?: string): string {
  const alone = icon !== undefined && label !== undefined
  return [styles['button'], styles[look], small && styles['small'], alone && styles['icon'], extra]
    .filter(Boolean)
    .join(' ')
}

type ButtonProps = ButtonLook & ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> }

export function Button({ look, small, icon, label, className, children, ...rest }: ButtonProps) {
  const shape = { look, small, icon, label } as ButtonLook
  return (
    <button type="button" aria-label={label} title={label} className={classOf(shape, className)} {...rest}>
      {icon}
      {children}
    </button>
  )
}

type AnchorProps = ButtonLook & AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> }

/** Goes somewhere, and looks like a button. */
export const ButtonLink = createLink(function ButtonAnchor({
  look,
  small,
  icon,
  label,
  className,
  children,
  ...rest
}: AnchorProps) {
  const shape = { look, small, icon, label } as ButtonLook
  return (
    <a aria-label={label} title={label} className={classOf(shape, className)} {...rest}>
      {icon}
      {children}
    </a>
  )
})
