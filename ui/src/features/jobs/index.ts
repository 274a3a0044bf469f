export { jobQuery, jobsQuery, useCancelJob, type Job } from './api'
export { JobActions } from './components/JobActions'
export { JobLogView } from './components/JobLogView'
export { kindName } from './kinds'
