export { limitsQuery, membershipsQuery } from './api'
export { NewKey } from './components/NewKey'
export { byResource, verb } from './permissions'
