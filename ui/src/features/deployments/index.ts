export { deploymentsQuery, type Deployment } from './api'
export { DeployDialog } from './components/DeployDialog'
export { InputFields } from './components/InputFields'
export { exampleOf, filledBy, rowOf, type Hint, type SignatureColumn } from './inputs'
