import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import type { ErrorAnswer } from "./answers.ts";
import { type Api, type ApiQuestion, apiPaths } from "./api.ts";
import { passedOnHeader } from "./askLeader.ts";

/** The diagnosis as JSON, for GET and HEAD; without one, 404. */
export function addApiRoutes(routes: Hono<{ Bindings: HttpBindings }>, api: Api | undefined): void {
  const answer = async ({ body, req }: Context, question: ApiQuestion) => {
    const passedOn = req.header(passedOnHeader) !== undefined;
    const { status, text } = api === undefined ? off : await api(question, passedOn);
    return body(text, status, { "Content-Type": "application/json", "X-Content-Type-Options": "nosniff" });
  };
  routes.get(apiPaths.findings, (context) => answer(context, { about: "findings" }));
  routes.get(apiPaths.matrix, (context) => answer(context, { about: "matrix" }));
  routes.get(`${apiPaths.node}/:node`, (context) =>
    answer(context, { about: "node", node: context.req.param("node") }),
  );
}

const off = {
  status: 404,
  text: JSON.stringify({ message: "this agent's diagnosis is off" } satisfies ErrorAnswer),
} as const;
