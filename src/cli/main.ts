#!/usr/bin/env node
/** The command `conversation-store`. */
import { runCommand } from './command.ts'

// Whoever writes learns of an error from the write itself.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

process.exitCode = await runCommand(process.argv.slice(2), process)
