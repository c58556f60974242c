/** A network between browser and server: TCP ports on another address of this machine, as slow as wanted, and cut at will. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Network {
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  /** Milliseconds that every byte is under way, each way. */
  delay = 0;
  /** Connections that were opened. */
  connections = 0;
  private isCut = false;
  private readonly cutOff = new Set<Socket>();

  /** Ports of `address` lead to the same ports of 127.0.0.1. */
  static async open(address: string, ports: readonly number[]): Promise<Network> {
    const network = new Network();
    for (const port of ports) {
      const server = createServer((socket) => network.accept(socket, port));
      network.servers.push(server);
      server.listen(port, address);
      await once(server, 'listening');
    }
    return network;
  }

  /** What is under way now never arrives, and nobody is told; what is opened later is not answered. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) this.mute(socket);
  }

  /** For new connections: those that were cut stay dead, and are not told. */
  mend(): void {
    this.isCut = false;
  }

  /** Those that were cut are told: a browser would go on using them for its next request. */
  tell(): void {
    for (const socket of this.cutOff) socket.destroy();
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(near: Socket, port: number): void {
    this.keep(near);
    this.connections += 1;
    if (this.isCut) {
      this.mute(near);
      return;
    }
    const far = connect(port, '127.0.0.1');
    this.keep(far);
    this.carry(near, far);
    this.carry(far, near);
  }

  private carry(from: Socket, to: Socket): void {
    const later = (act: () => void): void => {
      if (this.delay === 0) act();
      else setTimeout(act, this.delay);
    };
    from.on('data', (data) => later(() => to.writable && to.write(data)));
    from.on('end', () => later(() => to.end()));
    from.on('close', () => later(() => to.destroy()));
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }

  private mute(socket: Socket): void {
    this.cutOff.add(socket);
    for (const event of ['data', 'end', 'close']) socket.removeAllListeners(event);
    socket.pause();
  }
}
