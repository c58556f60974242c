/** The flags of npm start. */
import { parseArgs } from 'node:util';
import { SetupError } from './report.mjs';

export const USAGE = 'npm start -- [--demo] [--port N] [--json] [--help]';

export function readFlags(argv) {
  const kept = ['demo', 'port'].find((name) => process.env[`npm_config_${name}`] !== undefined);
  if (kept !== undefined)
    throw new SetupError(
      `npm took --${kept} as an option of its own; write flags after '--': ${USAGE}`,
    );
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        demo: { type: 'boolean', default: false },
        port: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    const [what] = error.message.split(/\.? To specify|\n/);
    throw new SetupError(`${what}; usage: ${USAGE}`);
  }
  return { demo: values.demo, json: values.json, port: readPort(values.port) };
}

function readPort(text) {
  if (text === undefined) return null;
  const port = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : 0;
  // The port after it serves the content of sessions.
  if (port >= 1 && port <= 65_534) return port;
  throw new SetupError(`--port wanted a number from 1 to 65534, got '${text}'; usage: ${USAGE}`);
}
