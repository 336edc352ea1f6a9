import { randomBytes } from "node:crypto";
import type { Server } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import type { DemoCluster } from "../cluster.ts";
import { describeFault } from "../describeFault.ts";
import { parseFault } from "../faultWords.ts";
import { listen } from "../network/listener.ts";
import type { Picture } from "../table/table.ts";
import { writeControlFile } from "./file.ts";

/** What the control endpoint answers about one fault. */
export interface FaultAnswer {
  readonly id: string;
  readonly description: string;
}

/** Lets other terminals of this user see and change the faults, until it is disposed of. */
export async function startControl(cluster: DemoCluster, picture: () => Picture): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const token = randomBytes(24).toString("base64url");
  const server = createAdaptorServer(controlRoutes(cluster, picture, token)) as Server;
  const listener = await listen(server, "127.0.0.1", 0);
  stack.defer(() => listener.close());
  stack.use(await writeControlFile({ pid: process.pid, url: `http://127.0.0.1:${listener.port}`, token }));
  return stack.move();
}

function controlRoutes(cluster: DemoCluster, picture: () => Picture, token: string): Hono {
  const { faults } = cluster;
  const routes = new Hono();
  routes.use(bearerAuth({ token }));
  routes.get("/picture", (context) => context.json(picture()));
  routes.post("/faults", async (context) => {
    const { words } = await context.req.json<{ words: string[] }>();
    const nodes = cluster.nodes().map(({ name }) => name);
    const { id, fault } = faults.add(parseFault(words, nodes));
    return context.json<FaultAnswer>({ id, description: describeFault(fault) });
  });
  routes.delete("/faults/:id?", (context) => {
    const id = context.req.param("id");
    const healed = faults.heal(id);
    if (id !== undefined && healed.length === 0) throw new SyntaxError(`there is no fault ${id}`);
    return context.json<FaultAnswer[]>(
      healed.map(({ id, fault }) => ({ id, description: describeFault(fault) })),
    );
  });
  routes.onError((error, context) => {
    const status = error instanceof SyntaxError ? 400 : 500;
    return "getResponse" in error && typeof error.getResponse === "function"
      ? error.getResponse()
      : context.json({ error: error.message }, status);
  });
  return routes;
}
