import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'

import { ActionButton } from '@/access'
import { address } from '@/api'
import { Ago, Card, Code, Confirm, Facts, Loaded, Notice, Page, Status, tell, tellProblem } from '@/components'
import { versionQuery } from '@/features/models'

import { deploymentQuery, useRemoveDeployment, type Deployment } from '../api'
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
        <ActionButton permission="deployment:write" look="danger" icon={<Trash2 />} onClick={() => setAsking(true)}>
          Delete
        </ActionButton>
      }
    >
      <Loaded query={query}>{(deployment) => <View deployment={deployment} />}</Loaded>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${name}?`}
        told="Whoever asks it for predictions is refused from then on. The model stays."
        verb="Delete"
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(name, {
            onSuccess: () => {
              tell(`${name} is gone.`)
              void navigate({ to: '/deployments' })
            },
            onError: tellProblem,
          })
        }
      />
    </Page>
  )
}

function View({ deployment }: { deployment: Deployment }) {
  const [served] = deployment.routes
  const version = useQuery({ ...versionQuery(served?.model ?? '', served?.version ?? 0), enabled: served !== undefined })
  const { signature, input_example: example } = version.data ?? {}
  const row = rowOf(signature?.inputs ?? [], exampleOf(example))
  const curl = `curl ${address(`/api/v1/deployments/${deployment.name}/predict`)} \\
  -H "Authorization: Bearer $MAESTRO_API_KEY" -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ inputs: [row] })}'`
  return (
    <>
      {deployment.error && <Notice kind="warning">{deployment.error}</Notice>}
      {served && (
        <Card title="Serves">
          <Facts
            items={[
              ['Model', <Link key="model" to="/models/$name/$version" params={{ name: served.model, version: String(served.version) }}>{`${served.model} v${served.version}`}</Link>],
              ['Changed', <Ago key="changed" time={deployment.updated_at} />],
              ['By', deployment.created_by],
            ]}
          />
        </Card>
      )}
      {signature ? (
        <TryIt key={version.data?.id} name={deployment.name} inputs={signature.inputs} example={example} />
      ) : (
        version.data && <Notice>This model has no signature in columns, so there is no form for it.</Notice>
      )}
      <Card title="From a program">
        <Code text={curl} />
      </Card>
    </>
  )
}
