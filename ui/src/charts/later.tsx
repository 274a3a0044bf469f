import { useEffect, useState, type ComponentType } from 'react'

import { Skeleton } from '@/components'

/**
 * A component whose script comes when it is first wanted, or before by `preload`.
 *
 * React's own `lazy` holds back what has arrived until 300 ms after the page's last placeholder, against flicker.
 * A chart that is ready is wanted at once.
 */
export function later<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>) {
  let loaded: ComponentType<Props> | null = null
  const preload = async () => {
    loaded = (await load()).default
  }
  function Later(props: Props) {
    const [, told] = useState(0)
    useEffect(() => {
      let gone = false
      const tell = () => !gone && told((times) => times + 1)
      const fail = (error: unknown) => !gone && told(() => raise(error))
      if (!loaded) preload().then(tell, fail)
      return () => {
        gone = true
      }
    }, [])
    const Loaded = loaded
    return Loaded ? <Loaded {...props} /> : <Skeleton block lines={0} />
  }
  Later.preload = preload
  return Later
}

/** Where React draws, so that the page's boundary shows what went wrong. */
function raise(error: unknown): never {
  throw error
}
