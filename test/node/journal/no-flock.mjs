// Preloaded with `node --import`: a machine on which no command can be found.
import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'

childProcess.spawnSync = () => ({ status: null, error: Object.assign(new Error('ENOENT'), { code: 'ENOENT' }) })
syncBuiltinESMExports()
