/** Checks that the two ports of the server are free, before minutes of installing, and reports who uses them. */
import { createServer } from 'node:net';
import { USAGE } from './flags.mjs';
import { whoListens } from './processes.mjs';
import { SetupError } from './report.mjs';

export async function checkPorts(address, ports) {
  for (const port of ports) {
    let code = await tryPort(address, port);
    // As supervise does where the kernel has no IPv6.
    if (code === 'EAFNOSUPPORT' && address === '::') code = await tryPort('0.0.0.0', port);
    if (code === null) continue;
    const owner = code === 'EADDRINUSE' ? whoListens(port) : null;
    const by =
      owner === null
        ? `cannot be opened (${code})`
        : `is used by '${owner.name}' (pid ${owner.pid})`;
    throw new SetupError(`port ${port} of ${address} ${by}: choose another, ${USAGE}`);
  }
}

/** null: the port is free; else the error code. */
function tryPort(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code));
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}
