import { expect, test } from "vitest";
import { shownHeaders } from "./shownHeaders.ts";

test("names are canonical and sorted, values keep their order, and Host is left out", () => {
  const raw = [
    "host",
    "x",
    "x-FOO-bar",
    "1",
    "accept",
    "*/*",
    "X-Foo-Bar",
    "2",
    "te",
    "trailers",
    "x_y-z",
    "3",
  ];
  const shown = shownHeaders(raw);
  expect(shown).toEqual({ Accept: ["*/*"], Te: ["trailers"], "X-Foo-Bar": ["1", "2"], "X_y-Z": ["3"] });
  expect(Object.keys(shown)).toEqual(["Accept", "Te", "X-Foo-Bar", "X_y-Z"]);
});

test.each(["authorization", "Proxy-Authorization", "COOKIE", "Set-Cookie"])("%s is never shown", (name) => {
  expect(shownHeaders([name, "secret"])).toEqual({});
});
