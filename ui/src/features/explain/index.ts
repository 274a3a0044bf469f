export { Explanations } from './components/Explanations'
export { explainSearch, type ExplainSearch } from './search'
