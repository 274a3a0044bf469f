import { Ago, Chip, Chips, Status } from './Badge'

const STATES = ['scheduled', 'queued', 'starting', 'running', 'finished', 'succeeded', 'failed', 'killed', 'cancelled', 'lost', 'of another version']

export const States = () => (
  <Chips>
    {STATES.map((state) => (
      <Status key={state} state={state} />
    ))}
  </Chips>
)

export const Labels = () => (
  <Chips>
    <Chip>lgbm</Chip>
    <Chip strong>@champion</Chip>
  </Chips>
)

export const Times = () => <p>Changed <Ago time="2025-01-01T12:00:00Z" /></p>
