/** The options of `conversation-store verify`. */
import { type Command, Option } from 'commander'

/** Adds the options to the command. */
export function addVerifyOptions(command: Command): Command {
  return command
    .requiredOption('--against <url>', 'where the service is: https://api.example.com')
    .addOption(new Option('--key <key>', 'the key of the agent').env('AGENTSIGHT_API_KEY'))
    .option('--queries <n>', 'how many queries are asked', '500')
    .option('--seed <n>', 'which queries: the same number asks the same over the same rows', '1')
}
