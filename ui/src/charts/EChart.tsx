import { Skeleton } from '@/components'

import styles from './chart.module.css'
import type { ChartOption } from './echarts'
import { later } from './later'
import { useSeen } from './useSeen'

export interface EChartProps extends CanvasProps {
  kind: keyof typeof KINDS
}

export interface CanvasProps {
  /** What it shows, for who cannot see it. */
  label: string
  /** Made anew when the theme changes. */
  option: (colours: ChartColours) => ChartOption
  /** In px. */
  height: number
  /** The places of the items that a brush on parallel axes leaves. */
  onBrush?: (active: number[]) => void
}

export interface ChartColours {
  series: string[]
  text: string
  secondary: string
  divider: string
  paper: string
}

// A kind brings the parts of the library that it is made of, and no others.
const KINDS = {
  parallel: later<CanvasProps>(() => import('./ParallelCanvas')),
  cartesian: later<CanvasProps>(() => import('./CartesianCanvas')),
}

/** A chart that is not of lines; its library comes when the first one is near the window. */
export function EChart({ kind, ...props }: EChartProps) {
  const [frame, seen] = useSeen()
  const Canvas = KINDS[kind]
  return (
    <div ref={frame} className={styles['place']} style={{ '--height': `${props.height}px` }}>
      {seen ? <Canvas key={props.height} {...props} /> : <Skeleton block lines={0} />}
    </div>
  )
}
