import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { ConfirmDelete, Grid, Loaded, Notice, Page, Status, tell } from '@/components'
import { reportQuery } from '@/features/automl'
import { versionQuery } from '@/features/models'

import { deploymentQuery, useRemoveDeployment, type Deployment } from '../api'
import { Figures } from '../components/Figures'
import { ProcessLog } from '../components/ProcessLog'
import { Serves } from '../components/Serves'
import { Snippets } from '../components/Snippets'
import { StopStart } from '../components/StopStart'
import { TryIt } from '../components/TryIt'
import { exampleOf, rowOf } from '../inputs'

const route = getRouteApi('/inside/deployments/$name')

export default function DeploymentPage() {
  const { name } = route.useParams()
  const navigate = route.useNavigate()
  const query = useQuery(deploymentQuery(name))
  const [asking, setAsking] = useState(false)
  const remove = useRemoveDeployment()
  return (
    <Page
      title={name}
      crumbs={[<Link key="up" to="/deployments">Deployments</Link>]}
      subtitle={query.data && <Status state={query.data.state} />}
      actions={
        <>
          {query.data && <StopStart deployment={query.data} />}
          <ActionButton permission="deployment:write" look="danger" icon={<Trash2 />} onClick={() => setAsking(true)}>
            Delete
          </ActionButton>
        </>
      }
    >
      <Loaded query={query}>{(deployment) => <View deployment={deployment} />}</Loaded>
      <ConfirmDelete
        open={asking}
        onClose={() => setAsking(false)}
        name={name}
        told="Whoever asks it for predictions is refused from then on, and its name is free. The model stays. To pause it, stop it instead."
        remove={() => remove.mutateAsync(name)}
        onGone={() => {
          tell(`${name} is gone.`)
          void navigate({ to: '/deployments' })
        }}
      />
    </Page>
  )
}

function View({ deployment }: { deployment: Deployment }) {
  const { mode } = route.useSearch()
  const navigate = route.useNavigate()
  const [served] = deployment.routes
  const version = useQuery({ ...versionQuery(served?.model ?? '', served?.version ?? 0), enabled: served !== undefined })
  const report = useQuery({ ...reportQuery(served?.model ?? '', served?.version ?? 0), enabled: served !== undefined })
  const { signature, input_example: example } = version.data ?? {}
  const told = report.isPending && served !== undefined
  return (
    <>
      {deployment.error && <Notice kind="warning">{deployment.error}</Notice>}
      <Grid least={420}>
        {served && <Serves key={served.version} deployment={deployment} served={served} />}
        <Figures name={deployment.name} />
      </Grid>
      {deployment.state === 'stopped' ? (
        <Notice>It is stopped: who asks it for predictions is refused, and its process has ended. Start lets it answer again.</Notice>
      ) : signature && !told ? (
        <TryIt
          key={version.data?.id}
          name={deployment.name}
          inputs={signature.inputs}
          example={example}
          hints={report.data?.inputs ?? []}
          json={mode === 'json'}
          onMode={(json) => void navigate({ search: json ? { mode: 'json' } : {}, replace: true })}
        />
      ) : (
        version.data && !signature && (
          <>
            <Notice>This model has no signature in columns, so there is no form for it.</Notice>
            <Snippets name={deployment.name} rows={[rowOf([], exampleOf(example))]} />
          </>
        )
      )}
      {served && <ProcessLog deployment={deployment} versionId={served.version_id} />}
    </>
  )
}
