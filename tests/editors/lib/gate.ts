/** A door before a server: what is behind it is there while it is open, and gone while it is shut. */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class Gate {
  readonly #behind: number;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #server: Server | undefined;

  /** @param url where the server is */
  constructor(url: string) {
    this.#behind = Number(new URL(url).port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Opens it, where it was before. */
  async open(): Promise<this> {
    this.#server = createServer((outer) => {
      const inner = connect(this.#behind, "127.0.0.1");
      for (const socket of [outer, inner]) {
        this.#sockets.add(socket);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => (outer.destroy(), inner.destroy(), this.#sockets.delete(socket)));
      }
      outer.pipe(inner).pipe(outer);
    }).listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    return this;
  }

  /** Shuts it, on those who are in it too. */
  async shut(): Promise<void> {
    const closed = once(this.#server!, "close");
    this.#server!.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
