import fc from "fast-check";
import { expect, test } from "vitest";
import { createStore } from "./api/store.ts";
import { createServiceRoutes } from "./serviceRoutes.ts";
import { createServices } from "./services.ts";

const to = { address: "10.0.0.1", port: 80 };

function clusterWith(endpoints: readonly { address: string; ready?: boolean }[]) {
  const store = createStore();
  store.create("services", { metadata: { name: "shop", namespace: "a" }, spec: { clusterIP: to.address } });
  store.create("endpointslices", {
    metadata: { name: "shop-1", namespace: "a", labels: { "kubernetes.io/service-name": "shop" } },
    ports: [{ port: 8080 }],
    endpoints: endpoints.map(({ address, ready }) => ({ addresses: [address], conditions: { ready } })),
  });
  const setEndpoints = (endpoints: readonly object[]) =>
    store.update("endpointslices", "shop-1", "a", (slice) => ({ ...slice, endpoints }));
  const services = createServices(store);
  const routes = createServiceRoutes(services);
  return { services, routes, setEndpoints };
}

test("each node's round uses every ready endpoint once, and no other", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      (ready, rounds) => {
        const all = ready.map((ready, index) => ({ address: `10.1.0.${index}`, ready }));
        const usable = all.filter(({ ready }) => ready).map(({ address }) => address);
        const { routes } = clusterWith(all);
        for (let round = 0; round < rounds; round += 1) {
          for (const node of ["n", "m"]) {
            const used = usable.map(() => routes.route(node, to));
            expect(used.map(({ address }) => address).sort()).toEqual(usable.toSorted());
            expect(used.every(({ port }) => port === 8080)).toBe(true);
          }
        }
      },
    ),
  );
});

test("an endpoint that is no longer ready gets no connection, even within its round", () => {
  const { routes, setEndpoints } = clusterWith([{ address: "10.1.0.1" }, { address: "10.1.0.2" }]);
  const first = routes.route("n", to).address;
  const other = first === "10.1.0.1" ? "10.1.0.2" : "10.1.0.1";
  setEndpoints([{ addresses: [other], conditions: { ready: false } }, { addresses: [first] }]);
  expect(routes.route("n", to).address).toBe(first);
});

test("other addresses, and a Service without endpoints, stay as they are", () => {
  const { services, routes } = clusterWith([]);
  expect(routes.route("n", to)).toEqual(to);
  expect(routes.route("n", { address: "10.9.9.9", port: 1 })).toEqual({ address: "10.9.9.9", port: 1 });
  expect(services.addressOf("a", "shop")).toBe(to.address);
  expect(services.addressOf("b", "shop")).toBeUndefined();
});

test("a node that stands still goes on with the endpoints of then, the others do not", () => {
  const { routes, setEndpoints } = clusterWith([{ address: "10.1.0.1" }]);
  routes.standStill("n");
  setEndpoints([{ addresses: ["10.1.0.2"] }]);
  expect(routes.route("n", to).address).toBe("10.1.0.1");
  expect(routes.route("m", to).address).toBe("10.1.0.2");
  routes.goOn("n");
  expect(routes.route("n", to).address).toBe("10.1.0.2");
});
