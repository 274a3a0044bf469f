import { cloneElement, createContext, lazy, Suspense, use, useState, type HTMLAttributes, type ReactElement, type ReactNode } from 'react'

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<HTMLAttributes<HTMLElement>>
  align?: 'start' | 'end'
  children: ReactNode
}

export interface MenuItemProps {
  icon?: ReactNode
  danger?: boolean
  onSelect: () => void
  children: ReactNode
}

const load = () => import('./MenuBox')
const Box = lazy(load)

/** How an item is shown, which only the open menu knows. */
export const ShowItem = createContext<(item: MenuItemProps) => ReactNode>(() => null)

/** Its button, and the menu once that is pressed: what menus are made of is not part of the first load. */
export function Menu(props: MenuProps) {
  const [pressed, setPressed] = useState(false)
  const button = cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: () => setPressed(true),
  })
  if (!pressed) return button
  return (
    <Suspense fallback={button}>
      <Box {...props} />
    </Suspense>
  )
}

export function MenuItem(props: MenuItemProps) {
  return use(ShowItem)(props)
}
