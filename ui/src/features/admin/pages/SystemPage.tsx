import { useQuery } from '@tanstack/react-query'

import { Ago, Card, Columns, Facts, Loaded, Notice, Page, Status } from '@/components'
import { limitsQuery } from '@/features/settings'
import { bytes, count, plural, span } from '@/format'

import { systemQuery, type SystemReport } from '../api'
import { Meter } from '../components/Meter'
import { SettingsTable } from '../components/SettingsTable'

const NAMES: Record<string, string> = { database: 'Database', blobs: 'Object store', queue: 'Queue' }

export default function SystemPage() {
  const query = useQuery(systemQuery)
  return (
    <Page title="System" subtitle="How this installation is, looked at every ten seconds.">
      <Loaded query={query}>{(system) => <Report system={system} />}</Loaded>
    </Page>
  )
}

function Report({ system }: { system: SystemReport }) {
  const limits = useQuery(limitsQuery)
  const { health, disk, jobs } = system
  const oldest = health.components['queue']?.figures?.['oldest_queued_seconds']
  return (
    <>
      {system.workers === 0 && <Notice kind="warning">No worker lives: jobs wait. `maestro worker` starts one.</Notice>}
      <Columns least={340}>
        <Card title="Parts">
          <Facts
            items={Object.entries(health.components).map(([name, { status, milliseconds }]) => [
              NAMES[name] ?? name,
              <span key={name}>
                <Status state={status === 'ok' ? 'ready' : 'failed'} /> {milliseconds.toFixed(1)} ms
              </span>,
            ])}
          />
        </Card>
        <Card title="Queue">
          <Facts
            items={[
              ['Waiting', count(jobs['queued'] ?? 0)],
              ['Running', count(jobs['running'] ?? 0)],
              ['Waits longest', typeof oldest === 'number' ? span(oldest) : '–'],
              ['Failed or lost', count((jobs['failed'] ?? 0) + (jobs['lost'] ?? 0))],
              ['Workers', plural(system.workers, 'worker loop')],
            ]}
          />
        </Card>
        <Card title="Space">
          <Meter label="Disk used" part={disk.total - disk.free} whole={disk.total} alarm />
          <Facts
            items={[
              ['Free', `${bytes(disk.free)} of ${bytes(disk.total)}`],
              ['Database', bytes(system.database_bytes)],
              ['Memory of this process', bytes(system.memory_bytes)],
              ['Home', system.home],
            ]}
          />
        </Card>
        <Card title="Versions">
          <Facts
            items={[
              ['Maestro', system.version],
              ['PostgreSQL', system.postgres],
              ['Python', system.python],
              ['System', system.platform],
              ['Mode', system.environment],
              ['Up since', <Ago key="since" time={system.started_at} />],
            ]}
          />
        </Card>
      </Columns>
      <Card title="Settings" flush>
        <Loaded query={limits}>{(known) => <SettingsTable limits={known} />}</Loaded>
      </Card>
    </>
  )
}
