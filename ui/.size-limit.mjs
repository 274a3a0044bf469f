import { firstLoad } from './tools/first-load.mjs'

export default [
  { name: 'First load: every script before anything is shown', path: firstLoad, gzip: true, limit: '200 kB' },
]
