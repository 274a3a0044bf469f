import { FlaskConical } from 'lucide-react'

import { ApiError, ServerAway } from '@/api'

import { Button } from './Button'
import { Code, Empty, Notice, ProblemPanel, ProgressBar, Skeleton } from './Feedback'

export const Nothing = () => (
  <Empty icon={<FlaskConical />} title="No run yet" code="python train.py" action={<Button look="primary">New run</Button>}>
    Log the first one from any Python program; it appears here while it runs.
  </Empty>
)

const refused = new ApiError({ code: 'registry.version_not_found', title: 'There is no such version', detail: 'churn has the versions 1 and 2. Choose one of them.', request_id: '01a1' }, 404)

export const Refused = () => <ProblemPanel error={refused} retry={() => undefined} />

export const Away = () => <ProblemPanel error={new ServerAway()} />

export const Notices = () => (
  <>
    <Notice>Something to know.</Notice>
    <Notice kind="warning">Something to beware of.</Notice>
  </>
)

export const Waiting = () => <Skeleton lines={4} />

export const Progress = () => (
  <>
    <ProgressBar fraction={0.4} label="Upload" />
    <ProgressBar fraction={null} label="Reading the table" />
  </>
)

export const Pasted = () => <Code text={'export MLFLOW_TRACKING_URI=http://127.0.0.1:5000\npython train.py'} />
