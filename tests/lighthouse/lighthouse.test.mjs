// What Lighthouse says of accessibility and best practices. Performance is left to lighthouse.mjs: here other tests run too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMS, judge } from "./lighthouse.mjs";

for (const form of Object.keys(FORMS)) {
  test(`Lighthouse finds nothing to better: ${form}`, async () => {
    const { scores, costs } = await judge(form, ["accessibility", "best-practices"]);
    assert.deepEqual(scores, { accessibility: 100, "best-practices": 100 }, costs.join("\n"));
  });
}
