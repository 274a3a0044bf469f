export { bytes, count, metric, percent, plural } from './numbers'
export { ago, between, moment, span } from './times'
