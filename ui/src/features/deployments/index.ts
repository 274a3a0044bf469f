export { deploymentsQuery, type Deployment } from './api'
export { DeployDialog } from './components/DeployDialog'
