/** Smoothing for the eye: an exponential mean without its bias towards the first value. */

/** `weight` from 0 (as it is) to 0.99; gaps stay gaps. */
export function smooth(values: (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return values
  let mean = 0
  let seen = 0
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value
    mean = mean * weight + value * (1 - weight)
    seen += 1
    return mean / (1 - weight ** seen)
  })
}
