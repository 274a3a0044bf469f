import { useLog } from '../useLog'
import { LogView } from './LogView'

/** What a job prints, as it prints it. */
export function JobLogView({ jobId }: { jobId: string }) {
  const { text, complete } = useLog(jobId)
  return <LogView text={text} empty={complete ? 'The job printed nothing.' : 'Nothing printed yet.'} file={`${jobId}.log`} />
}
