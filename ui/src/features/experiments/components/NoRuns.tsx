import { FlaskConical } from 'lucide-react'

import { address } from '@/api'
import { Button, Card, Empty } from '@/components'

interface Props {
  filtered: boolean
  experiment: string
  onClear: () => void
}

/** Teaches how the first run gets here, or how to find those that there are. */
export function NoRuns({ filtered, experiment, onClear }: Props) {
  if (filtered) {
    return (
      <Card>
        <Empty icon={<FlaskConical />} title="No run fits" action={<Button onClick={onClear}>Show all runs</Button>}>
          Widen the search above, or look into the trash.
        </Empty>
      </Card>
    )
  }
  const code = `import maestro_ml

with maestro_ml.run(${JSON.stringify(experiment)}, config={"lr": 0.01}) as run:
    for step in range(100):
        run.log({"loss": 1 / (step + 1)}, step=step)

# or with MLflow's own client:
#   MLFLOW_TRACKING_URI=${address('')} \\
#   MLFLOW_EXPERIMENT_NAME=${JSON.stringify(experiment)} python train.py`
  return (
    <Card>
      <Empty icon={<FlaskConical />} title="No run yet" code={code}>
        Log the first one from any Python program; it appears here while it runs.
      </Empty>
    </Card>
  )
}
