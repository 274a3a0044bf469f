import 'react'

declare module 'react' {
  // Custom properties hand a number to a style sheet.
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined
  }
}
