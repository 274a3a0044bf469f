export { jobQuery, jobsQuery, useCancelJob, type Job } from './api'
export { JobLogView } from './components/JobLogView'
export { kindName } from './kinds'
