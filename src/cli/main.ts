#!/usr/bin/env node
/** The command `conversation-store`. */
import { runCommand } from './command.ts'

// `conversation-store query ... | head -1` closes the pipe early: that is an end, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await runCommand(process.argv.slice(2), process)
