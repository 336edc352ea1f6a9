import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type CertificateAuthority, makeCertificateAuthority } from "../certificates.ts";
import { type ApiServer, startApiServer } from "./server.ts";

interface Answer {
  readonly kind?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly metadata: Record<string, string>;
  readonly items?: readonly { metadata: { name: string } }[];
  readonly [field: string]: unknown;
}

const path = "/api/v1/namespaces/kube-system/pods";
let authority: CertificateAuthority;
let api: ApiServer;
const open: IncomingMessage[] = [];

beforeAll(async () => {
  authority = await makeCertificateAuthority();
});
beforeEach(async () => {
  const certificate = await authority.issue({ addresses: ["127.0.0.1"] });
  const options = { address: "127.0.0.1", port: 0, certificate, bookmarkSeconds: 0.05 };
  api = await startApiServer({ ...options, tokens: ["secret", "other"] });
});
afterEach(() => api.stop());
afterAll(() => {
  for (const response of open) response.destroy();
});

async function send(
  path: string,
  { method = "GET", token = "secret", body = {}, type = "application/json" } = {},
) {
  const text = method === "GET" ? "" : JSON.stringify(body);
  const headers = { authorization: `Bearer ${token}`, "content-type": type, "content-length": text.length };
  const options = { host: "127.0.0.1", port: api.port, path, method, headers, ca: authority.certificatePem };
  const outgoing = request({ ...options, agent: false });
  outgoing.end(text);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  open.push(response);
  return response;
}

async function ask(path: string, options: Parameters<typeof send>[1] = {}) {
  const response = await send(path, options);
  return { status: response.statusCode, body: (await json(response)) as Answer };
}

interface Event {
  readonly type: string;
  readonly object: Answer;
}

async function* watch(query: string): AsyncGenerator<Event> {
  const response = await send(`${path}?watch=true&${query}`);
  expect(response.statusCode).toBe(200);
  for await (const line of createInterface(response)) yield JSON.parse(line);
}

async function take(events: AsyncGenerator<Event>, count: number) {
  const taken: Event[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

const brief = ({ type, object }: Event) => `${type} ${object.metadata.name}`;
const pod = (name: string, labels: Record<string, string> = {}, nodeName = "node-1") => ({
  metadata: { name, namespace: "kube-system", labels },
  spec: { nodeName },
});
const create = (name: string, labels?: Record<string, string>, nodeName?: string) =>
  ask(path, { method: "POST", body: pod(name, labels, nodeName) });
const names = ({ items }: Answer) => items?.map(({ metadata }) => metadata.name);

test("who has no token gets 401 with a Status", async () => {
  expect(await ask("/version", { token: "wrong" })).toEqual({
    status: 401,
    body: {
      ...{ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" },
      ...{ message: "Unauthorized", reason: "Unauthorized", code: 401 },
    },
  });
  expect((await ask("/version")).body).toMatchObject({ major: "1" });
  expect((await send("/readyz")).statusCode).toBe(200);
});

test("a list has the version of the state, and its items are selected by labels, fields and namespace", async () => {
  await create("a", { app: "x" });
  await create("b", { app: "y" });
  await create("c", { app: "x" }, "node-2");
  await ask("/api/v1/namespaces/default/pods", {
    method: "POST",
    body: { ...pod("d"), metadata: { name: "d" } },
  });
  const { body } = await ask(path);
  expect(body).toMatchObject({ kind: "PodList", apiVersion: "v1" });
  expect(body.metadata.resourceVersion).toBe(String(api.store.version));
  expect(names(body)).toEqual(["a", "b", "c"]);
  const all = "/api/v1/pods";
  expect(names((await ask(all)).body)).toEqual(["a", "b", "c", "d"]);
  expect(names((await ask(`${all}?labelSelector=app%3Dx`)).body)).toEqual(["a", "c"]);
  expect(names((await ask(`${all}?labelSelector=app`)).body)).toEqual(["a", "b", "c"]);
  expect(names((await ask(`${all}?fieldSelector=spec.nodeName%3Dnode-2`)).body)).toEqual(["c"]);
  expect(
    names((await ask(`${all}?fieldSelector=metadata.name!%3Dc,metadata.namespace%3Dkube-system`)).body),
  ).toEqual(["a", "b"]);
  expect((await ask(`${all}?fieldSelector=spec.color%3Dred`)).status).toBe(400);
  expect((await ask(`${all}?labelSelector=a%3D%3D%3D`)).status).toBe(400);
});

test("pages show the state at the list's beginning, until it is forgotten", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) await create(name);
  const first = (await ask(`${path}?limit=2`)).body;
  expect(names(first)).toEqual(["a", "b"]);
  expect(first.metadata).toMatchObject({ remainingItemCount: 3 });
  await ask(`${path}/c?gracePeriodSeconds=0`, { method: "DELETE" });
  const second = (await ask(`${path}?limit=2&continue=${first.metadata.continue}`)).body;
  expect(names(second)).toEqual(["c", "d"]);
  expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  const third = (await ask(`${path}?limit=2&continue=${second.metadata.continue}`)).body;
  expect(names(third)).toEqual(["e"]);
  expect(third.metadata.continue).toBeUndefined();
  api.dropHistory();
  const gone = await ask(`${path}?limit=2&continue=${first.metadata.continue}`);
  expect(gone).toMatchObject({ status: 410, body: { reason: "Expired", code: 410 } });
});

test("a watch replays what happened since a version, then goes on", async () => {
  await create("a");
  const version = api.store.version;
  await create("b");
  const events = watch(`resourceVersion=${version}`);
  expect((await take(events, 1)).map(brief)).toEqual(["ADDED b"]);
  await ask(`${path}/a`, { method: "PATCH", type: "application/merge-patch+json", body: { spec: { x: 1 } } });
  await ask(`${path}/b?gracePeriodSeconds=0`, { method: "DELETE" });
  const taken = await take(events, 2);
  const [modified, deleted] = taken;
  expect(taken.map(brief)).toEqual(["MODIFIED a", "DELETED b"]);
  expect(modified?.object).toMatchObject({
    kind: "Pod",
    apiVersion: "v1",
    spec: { nodeName: "node-1", x: 1 },
  });
  expect(deleted?.object.metadata.resourceVersion).toBe(String(api.store.version));
});

test("a watch without a version begins with what is there", async () => {
  await create("a");
  const events = watch("");
  expect((await take(events, 1)).map(brief)).toEqual(["ADDED a"]);
});

test("an object that begins or ceases to be selected comes and goes", async () => {
  await create("a", { app: "x" });
  const events = watch(`resourceVersion=${api.store.version}&labelSelector=app%3Dx`);
  const label = (app: string | null) =>
    ask(`${path}/a`, {
      ...{ method: "PATCH", type: "application/strategic-merge-patch+json" },
      body: { metadata: { labels: { app } } },
    });
  await label("y");
  await label("x");
  await label(null);
  expect((await take(events, 3)).map(brief)).toEqual(["DELETED a", "ADDED a", "DELETED a"]);
});

test("bookmarks come when asked for, and the watch ends with one", async () => {
  await create("a");
  const events = watch(`resourceVersion=${api.store.version}&allowWatchBookmarks=true&timeoutSeconds=1`);
  const taken = await take(events, 1000);
  expect(taken.length).toBeGreaterThan(3);
  for (const { type, object } of taken) {
    expect(type).toBe("BOOKMARK");
    expect(object).toMatchObject({ kind: "Pod", metadata: { resourceVersion: String(api.store.version) } });
  }
});

test("a place whose changes are forgotten is gone: as an event, or as a status", async () => {
  await create("a");
  const version = api.store.version;
  await create("b");
  api.dropHistory();
  const [event, ...more] = await take(watch(`resourceVersion=${version}`), 2);
  expect(event).toMatchObject({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } });
  expect(more).toEqual([]);
  expect(await take(watch(`resourceVersion=${api.store.version}&timeoutSeconds=1`), 1)).toEqual([]);

  const certificate = await authority.issue({ addresses: ["127.0.0.1"] });
  await api.stop();
  const options = { address: "127.0.0.1", port: 0, certificate, tokens: ["secret"] };
  api = await startApiServer({ ...options, goneAs: "status" });
  await create("a");
  api.dropHistory();
  expect(await ask(`${path}?watch=1&resourceVersion=1`)).toMatchObject({ status: 410, body: { code: 410 } });
});

test("leases: create, read, replace with the right version only, patch, delete", async () => {
  const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
  const lease = { metadata: { name: "leader" }, spec: { holderIdentity: "a" } };
  const created = await ask(leases, { method: "POST", body: lease });
  expect(created).toMatchObject({
    status: 201,
    body: { kind: "Lease", apiVersion: "coordination.k8s.io/v1" },
  });
  expect(await ask(leases, { method: "POST", body: lease })).toMatchObject({
    status: 409,
    body: { reason: "AlreadyExists" },
  });
  const { resourceVersion, uid } = created.body.metadata;
  const replace = (holderIdentity: string) => ({
    ...{ method: "PUT" },
    body: { metadata: { name: "leader", resourceVersion }, spec: { holderIdentity } },
  });
  const replaced = await ask(`${leases}/leader`, replace("b"));
  expect(replaced).toMatchObject({ status: 200, body: { metadata: { uid }, spec: { holderIdentity: "b" } } });
  expect(await ask(`${leases}/leader`, replace("c"))).toMatchObject({
    status: 409,
    body: { reason: "Conflict" },
  });
  expect((await ask(`${leases}/leader`)).body).toEqual(replaced.body);
  const patch = { method: "PATCH", type: "application/merge-patch+json" };
  expect(await ask(`${leases}/leader`, { ...patch, body: { metadata: { resourceVersion } } })).toMatchObject({
    status: 409,
  });
  expect((await ask(`${leases}/leader`, { ...patch, type: "application/json-patch+json" })).status).toBe(400);
  expect((await ask(`${leases}/leader`, { method: "DELETE" })).status).toBe(200);
  expect(await ask(`${leases}/leader`)).toMatchObject({ status: 404, body: { reason: "NotFound" } });
});

test("a deleted pod is marked first, and removed without grace", async () => {
  await create("a");
  const marked = (await ask(`${path}/a`, { method: "DELETE" })).body;
  expect(marked.metadata.deletionTimestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+Z$/);
  expect((await ask(`${path}/a`)).body).toEqual(marked);
  await ask(`${path}/a`, { method: "DELETE", body: { gracePeriodSeconds: 0 } });
  expect((await ask(`${path}/a`)).status).toBe(404);
});

test("what is not served is not found", async () => {
  for (const path of [
    "/api/v1/secrets",
    "/api/v1/namespaces/x/nodes",
    "/apis/apps/v1/daemonsets",
    "/metrics",
  ]) {
    expect((await ask(path)).status).toBe(404);
  }
});

test("a resource can be forbidden, for one token or for all", async () => {
  api.forbid("nodes", "other");
  expect(await ask("/api/v1/nodes", { token: "other" })).toMatchObject({
    status: 403,
    body: { reason: "Forbidden" },
  });
  expect((await ask("/api/v1/nodes")).status).toBe(200);
  api.forbid("nodes");
  expect((await ask("/api/v1/nodes")).status).toBe(403);
  api.permit("nodes");
  expect((await ask("/api/v1/nodes")).status).toBe(200);
});

test("a stop breaks watches off, and the state is there after a start at the same port", async () => {
  await create("a");
  const events = watch(`resourceVersion=${api.store.version}`);
  const broken = take(events, 1).catch((error: Error) => error.message);
  await ask("/version");
  const { port } = api;
  await api.stop();
  await broken;
  await expect(ask("/version")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await api.start();
  expect(api.port).toBe(port);
  expect(names((await ask(path)).body)).toEqual(["a"]);
});

test("a hanging server accepts and is silent, also on open watches, until it goes on", async () => {
  const events = watch(`resourceVersion=${api.store.version}&timeoutSeconds=60`);
  const added = take(events, 1);
  await ask("/version");
  api.hang();
  let silent = true;
  const answer = ask("/version");
  for (const promise of [answer, added]) {
    promise.then(
      () => {
        silent = false;
      },
      () => {},
    );
  }
  api.store.create("pods", pod("a"));
  // What was asked before would have been answered before this.
  const later = connect({ host: "127.0.0.1", port: api.port, ca: authority.certificatePem });
  await once(later, "secureConnect");
  later.destroy();
  expect(silent).toBe(true);
  api.resume();
  expect((await answer).status).toBe(200);
  expect((await added).map(brief)).toEqual(["ADDED a"]);
});
