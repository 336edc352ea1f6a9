import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** What a server at `port` of 127.0.0.1 says until it closes the connection. */
export async function rawExchange(port: number, request: string): Promise<string> {
  const socket = await rawConnection(port);
  const answer = textUntilClosed(socket);
  socket.write(request);
  return answer;
}

export async function rawConnection(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** Everything a socket gets until it is closed, by the peer or by a reset. */
export async function textUntilClosed(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => {});
  socket.resume();
  await once(socket, "close");
  return text;
}
