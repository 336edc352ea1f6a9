import { pino } from "pino";
import { expect, test } from "vitest";
import { startCandidate, type TestCandidate } from "../../test/peers/candidates.ts";
import { fastClock, testEdges } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { startKubernetes } from "../../test/peers/kubernetes.ts";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { ApiError, connectToKubernetes } from "../discovery/connection.ts";
import { startLeadership } from "./leadership.ts";

/** So much faster than in earnest do the clocks run. */
const speed = 5;
const clock = fastClock(speed);

/** Candidates at one API server, and the most of them that led at a time. */
async function contest(count: number, stack: AsyncDisposableStack) {
  const kubernetes = stack.use(await startKubernetes());
  const all: TestCandidate[] = [];
  for (let rank = 0; rank < count; rank += 1) {
    all.push(stack.use(await startCandidate(kubernetes, clock, rank)));
  }
  let most = 0;
  const leading = () => all.filter((one) => one.leader().state === "self");
  const sampling = setInterval(() => {
    most = Math.max(most, leading().length);
  }, 2);
  stack.defer(() => clearInterval(sampling));
  /** Resolves with the only leader once all of `voters` know it, and says how many seconds that took. */
  const agreed = async (voters: readonly TestCandidate[] = all) => {
    const begun = clock.now();
    return eventually(() => {
      const [leader] = voters.filter((one) => one.leader().state === "self");
      if (leader === undefined) throw new Error("nobody leads");
      for (const one of voters) {
        if (one === leader) continue;
        expect(one.leader()).toMatchObject({ state: "other", holder: leader.identity });
      }
      return { leader, seconds: clock.now() - begun };
    });
  };
  return { api: kubernetes.api, all, agreed, most: () => most };
}

const leaseIn = (api: { store: { get(...path: string[]): object } }) =>
  api.store.get("leases", "kubenurse", "nurses");

test("five candidates choose one, whom the others know with its address; its end, its death and its isolation make another one lead", async () => {
  await using stack = new AsyncDisposableStack();
  const { api, all, agreed, most } = await contest(5, stack);
  const { leader: first } = await agreed();
  expect(leaseIn(api)).toMatchObject({
    metadata: { annotations: { "kubenurse.io/address": expect.stringMatching(/^10\.0\.0\.\d:8080$/) } },
    spec: {
      holderIdentity: first.identity,
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
      renewTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    },
  });

  await first.stop();
  expect(first.leader().state).not.toBe("self");
  const staying = all.filter((one) => one !== first);
  const { leader: second, seconds: handedOver } = await agreed(staying);
  expect(handedOver).toBeLessThan(5);

  await second.kill();
  const alive = staying.filter((one) => one !== second);
  const { leader: third, seconds: takenOver } = await agreed(alive);
  expect(takenOver).toBeLessThan(20);

  third.cut();
  const connected = alive.filter((one) => one !== third);
  await agreed(connected);
  expect(third.leader()).toEqual({ state: "caretaker" });
  third.heal();
  await agreed(alive);
  expect(most()).toBe(1);
});

test("a restart of the API server changes no leader, and a longer absence leaves a caretaker", async () => {
  await using stack = new AsyncDisposableStack();
  const { api, all, agreed, most } = await contest(3, stack);
  const { leader } = await agreed();
  await api.stop();
  await eventually(() => expect(leader.leader()).toEqual({ state: "caretaker" }));
  // Those that can't ask either still send it their reports.
  for (const one of all) {
    if (one !== leader) expect(one.leader()).toMatchObject({ holder: leader.identity });
  }
  await api.start();
  await agreed();
  expect(most()).toBe(1);
});

test("a Lease that others keep changing is kept", async () => {
  await using stack = new AsyncDisposableStack();
  const { api, agreed, most } = await contest(5, stack);
  const { leader } = await agreed();
  let notes = 0;
  const noting = setInterval(() => {
    notes += 1;
    api.store.update("leases", "kubenurse", "nurses", ({ metadata, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, labels: { note: String(notes) } },
    }));
  }, 40);
  stack.defer(() => clearInterval(noting));
  const end = clock.now() + 20;
  await eventually(() => expect(clock.now()).toBeGreaterThan(end));
  expect((await agreed()).leader).toBe(leader);
  expect(most()).toBe(1);
});

test("a Lease that is deleted stays its holder's", async () => {
  await using stack = new AsyncDisposableStack();
  const { api, agreed, most } = await contest(3, stack);
  const { leader } = await agreed();
  // Claims that lost may still be under way.
  const settled = clock.now() + 4;
  await eventually(() => expect(clock.now()).toBeGreaterThan(settled));
  api.store.remove("leases", "kubenurse", "nurses");
  await eventually(() => expect(leaseIn(api)).toMatchObject({ spec: { holderIdentity: leader.identity } }));
  expect(most()).toBe(1);
});

test("who follows a leader asks no more than to list and to watch", async () => {
  await using stack = new AsyncDisposableStack();
  const kubernetes = stack.use(await startKubernetes());
  const first = stack.use(await startCandidate(kubernetes, clock, 0));
  await eventually(() => expect(first.leader()).toEqual({ state: "self" }));
  const others: TestCandidate[] = [];
  for (let rank = 1; rank < 30; rank += 1) {
    others.push(stack.use(await startCandidate(kubernetes, clock, rank)));
  }
  await eventually(() => {
    for (const one of others) expect(one.leader()).toMatchObject({ holder: first.identity });
  });
  const end = clock.now() + 12;
  await eventually(() => expect(clock.now()).toBeGreaterThan(end));
  expect(others.map(({ requests }) => requests)).toEqual(others.map(() => 2));
  expect(kubernetes.api.store.list("leases")).toMatchObject([{ spec: { leaseTransitions: 0 } }]);
});

test("without the permission nobody leads, which is said once", async () => {
  await using stack = new AsyncDisposableStack();
  const kubernetes = stack.use(await startKubernetes());
  kubernetes.api.forbid("leases");
  const lines: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void lines.push(line) });
  const clock = simulatedClock();
  const one = stack.use(await startCandidate(kubernetes, clock, 0, { log }));
  await eventually(() => expect(one.leader()).toEqual({ state: "refused" }));
  kubernetes.api.permit("leases");
  await eventually(async () => {
    await clock.advance(5);
    expect(one.leader()).not.toEqual({ state: "refused" });
  });
  await eventually(async () => {
    await clock.advance(0.2);
    expect(one.leader()).toEqual({ state: "self" });
  });
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    "not permitted to watch the leader's Lease: each agent judges its own readings alone",
  ]);
});

test("who may only watch follows the leader, and says once that it can't be one", async () => {
  await using stack = new AsyncDisposableStack();
  const kubernetes = stack.use(await startKubernetes());
  const { config } = loadConfig(kubernetes.environment);
  const { get } = await connectToKubernetes(config, kubernetes.serviceAccountDirectory);
  const send = async () => {
    throw new ApiError(403, "leases is forbidden");
  };
  const lines: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  const watcher = startLeadership({
    ...{ candidate: { identity: "watcher" }, namespace: "nurses", connection: { get, send } },
    ...{ rank: () => 0, onChange: () => {}, edges: testEdges({ log, clock: fastClock(20) }) },
  });
  stack.defer(watcher.stop);
  await eventually(() => expect(watcher.leader()).toEqual({ state: "refused" }));
  const other = stack.use(await startCandidate(kubernetes, clock, 1));
  const followed = { state: "other", holder: other.identity, address: "10.0.0.1:8080" };
  await eventually(() => expect(watcher.leader()).toEqual(followed));
  expect(lines).toEqual(["not permitted to lead the agents"]);
});

test("who leaves it to others never leads", async () => {
  await using stack = new AsyncDisposableStack();
  const kubernetes = stack.use(await startKubernetes());
  const fast = fastClock(100);
  const follower = stack.use(await startCandidate(kubernetes, fast, 0, { follows: true }));
  const end = fast.now() + 200;
  await eventually(() => expect(fast.now()).toBeGreaterThan(end));
  expect(follower.leader()).toEqual({ state: "none" });
  expect(kubernetes.api.store.list("leases")).toEqual([]);
});
