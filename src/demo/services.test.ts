import fc from "fast-check";
import { expect, test } from "vitest";
import { createStore } from "./api/store.ts";
import { createServices } from "./services.ts";

const to = { address: "10.0.0.1", port: 80 };

function servicesWith(endpoints: readonly { address: string; ready?: boolean }[]) {
  const store = createStore();
  store.create("services", { metadata: { name: "shop", namespace: "a" }, spec: { clusterIP: to.address } });
  store.create("endpointslices", {
    metadata: { name: "shop-1", namespace: "a", labels: { "kubernetes.io/service-name": "shop" } },
    ports: [{ port: 8080 }],
    endpoints: endpoints.map(({ address, ready }) => ({ addresses: [address], conditions: { ready } })),
  });
  return { store, services: createServices(store) };
}

test("each round uses every ready endpoint once, and no other", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      (ready, rounds) => {
        const all = ready.map((ready, index) => ({ address: `10.1.0.${index}`, ready }));
        const usable = all.filter(({ ready }) => ready).map(({ address }) => address);
        const { services } = servicesWith(all);
        for (let round = 0; round < rounds; round += 1) {
          const used = usable.map(() => services.route(to));
          expect(used.map(({ address }) => address).sort()).toEqual(usable.toSorted());
          expect(used.every(({ port }) => port === 8080)).toBe(true);
        }
      },
    ),
  );
});

test("an endpoint that is no longer ready gets no connection, even within its round", () => {
  const { store, services } = servicesWith([{ address: "10.1.0.1" }, { address: "10.1.0.2" }]);
  const first = services.route(to).address;
  const other = first === "10.1.0.1" ? "10.1.0.2" : "10.1.0.1";
  store.update("endpointslices", "shop-1", "a", (slice) => ({
    ...slice,
    endpoints: [{ addresses: [other], conditions: { ready: false } }, { addresses: [first] }],
  }));
  expect(services.route(to).address).toBe(first);
});

test("other addresses, and a Service without endpoints, stay as they are", () => {
  const { services } = servicesWith([]);
  expect(services.route(to)).toEqual(to);
  expect(services.route({ address: "10.9.9.9", port: 1 })).toEqual({ address: "10.9.9.9", port: 1 });
  expect(services.addressOf("a", "shop")).toBe(to.address);
  expect(services.addressOf("b", "shop")).toBeUndefined();
});
