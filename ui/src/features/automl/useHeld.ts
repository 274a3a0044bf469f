import { useState } from 'react'

/** The newest value; while `held`, the one that was there when the holding began. */
export function useHeld<Value>(value: Value, held: boolean): Value {
  const [kept, setKept] = useState(value)
  if (!held && kept !== value) setKept(value)
  return held ? kept : value
}
