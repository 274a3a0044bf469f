export { deploymentsQuery, type Deployment } from './api'
export { DeployDialog } from './components/DeployDialog'
export { InputField } from './components/InputField'
export { exampleOf, filledBy, rowOf, type Hint, type SignatureColumn } from './inputs'
