import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Boxes, GitCompareArrows } from 'lucide-react'
import { useState } from 'react'

import { Ago, Button, Card, Chip, Chips, Empty, Loaded, Table, type Column } from '@/components'
import { bytes, metric } from '@/format'

import { versionsQuery, type ModelVersion } from '../api'

interface Props {
  name: string
  compared: number[]
  onCompare: (versions: number[]) => void
}

const SHOWN = 3
const MOST = 4

export function VersionTable({ name, compared, onCompare }: Props) {
  const query = useInfiniteQuery(versionsQuery(name))
  const items = query.data?.pages.flatMap((page) => page.items)
  const [chosen, setChosen] = useState(compared)
  const toggle = (version: number) => setChosen(chosen.includes(version) ? chosen.filter((each) => each !== version) : [...chosen, version].slice(-MOST))
  const several = (items?.length ?? 0) > 1
  const button = several && (
    <Button small icon={<GitCompareArrows />} disabled={chosen.length < 2} onClick={() => onCompare([...chosen].sort((a, b) => b - a))}>
      {chosen.length < 2 ? 'Choose two to compare' : `Compare ${chosen.length} versions`}
    </Button>
  )
  const choice: Column<ModelVersion> = {
    header: 'Choose',
    bare: true,
    tight: true,
    cell: ({ version }) => <input type="checkbox" aria-label={`Compare version ${version}`} checked={chosen.includes(version)} onChange={() => toggle(version)} />,
  }
  return (
    <Card title="Versions" actions={button || undefined} flush>
      <Loaded query={{ ...query, data: items }}>
        {(versions) =>
          versions.length === 0 ? (
            <Empty icon={<Boxes />} title="No version yet" code={`mlflow.register_model("runs:/…/model", "${name}")`} />
          ) : (
            <Table label="Versions" columns={[...(several ? [choice] : []), ...columnsFor(versions)]} rows={versions} rowKey={({ id }) => id} more={query.hasNextPage && (() => void query.fetchNextPage())} />
          )
        }
      </Loaded>
    </Card>
  )
}

function columnsFor(versions: ModelVersion[]): Column<ModelVersion>[] {
  const metrics = [...new Set(versions.flatMap((version) => Object.keys(version.metrics)))].slice(0, SHOWN)
  return [
    {
      header: 'Version',
      tight: true,
      cell: ({ model, version }) => (
        <Link to="/models/$name/$version" params={{ name: model, version: String(version) }}>{`Version ${version}`}</Link>
      ),
    },
    {
      header: 'Stands as',
      cell: ({ aliases, stage, state }) => (
        <Chips>
          {aliases.map((alias) => (
            <Chip key={alias} strong>{`@${alias}`}</Chip>
          ))}
          {stage !== 'None' && <Chip>{stage}</Chip>}
          {state !== 'ready' && <Chip>{state}</Chip>}
        </Chips>
      ),
    },
    ...metrics.map((key): Column<ModelVersion> => ({ header: key, number: true, wide: true, cell: (version) => metric(version.metrics[key]) })),
    { header: 'Kind', wide: true, cell: ({ flavor }) => flavor },
    { header: 'Size', number: true, wide: true, cell: ({ size_bytes }) => bytes(size_bytes) },
    { header: 'By', wide: true, cell: ({ created_by }) => created_by },
    { header: 'Created', tight: true, cell: ({ created_at }) => <Ago time={created_at} /> },
  ]
}
