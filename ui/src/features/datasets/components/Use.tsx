import { address } from '@/api'
import { Card, Code } from '@/components'

import type { Dataset } from '../api'

/** The lines that load the table in a script, with this server's address. */
export function Use({ dataset, version }: { dataset: Dataset; version: number }) {
  const code = `import pandas as pd
from maestro_ml import MaestroClient

ml = MaestroClient("${address('')}")  # and MAESTRO_API_KEY in the environment
table = pd.read_parquet(ml.datasets.download(${JSON.stringify(dataset.name)}, "table.parquet", version=${version}))`
  return (
    <Card title="Load it in Python">
      <Code text={code} />
    </Card>
  )
}
