"use strict";
// The verbs beside the seed's procedure, as the official client sends them: `node nouns.cjs BASE TOKEN FACTS` prints
// one JSON object, step → null or what went wrong.

const { assert, body, isId, isTime, link, names, refused, run } = require("./client.cjs");

const steps = {
  async "start-up of the admin client"(w) {
    for (const path of ["/userinfo", "/role/metadata/access", "/users/warnings"]) await body(w.raw.get(path));
    await refused(404, w.raw.get("/user/settings/phone"));
    await body(w.raw.put("/user/settings/phone", { ringtone: "loud" }));
    assert.deepEqual(await body(w.raw.get("/user/settings/phone")), { ringtone: "loud" });
    const none = { items: [], next: false };
    assert.deepEqual(await body(w.teams.searchAgentTeam(1, 10)), none);
    assert.deepEqual(await body(w.agents.searchAgent(1, 10)), none);
    assert.deepEqual(await body(w.skills.searchSkill(1, 10)), none);
  },

  async buckets(w) {
    const made = await body(w.buckets.createBucket({ name: "Gold", description: "first" }));
    w.bucket = made.id;
    isId(made.id);
    assert.equal((await body(w.buckets.readBucket(made.id))).description, "first");
    assert.equal((await body(w.buckets.updateBucket(made.id, { name: "Golden" }))).description, undefined);
    const spare = await body(w.buckets.createBucket({ name: "Silver" }));
    assert.deepEqual(names(await body(w.buckets.searchBucket(1, 10, "*", "-name", ["id", "name"]))), ["Silver", "Golden"]);
    assert.equal((await body(w.buckets.searchBucket(1, 1))).next, true);
    await body(w.buckets.deleteBucket(spare.id));
    await refused(404, w.buckets.readBucket(spare.id));
    await refused(400, w.buckets.createBucket({ name: "Golden" }));
  },

  async "buckets of a queue"(w) {
    const q = w.facts.queue;
    const made = await body(w.queueBuckets.createQueueBucket(q, { bucket: link(w.bucket), ratio: 2, priority: 1 }));
    isId(made.id);
    assert.deepEqual(made.bucket, { id: w.bucket, name: "Golden" });
    assert.equal((await body(w.queueBuckets.patchQueueBucket(q, made.id, { disabled: true }))).disabled, true);
    assert.equal((await body(w.queueBuckets.patchQueueBucket(q, made.id, { disabled: false }))).disabled, undefined);
    assert.equal((await body(w.queueBuckets.updateQueueBucket(q, made.id, { bucket: link(w.bucket), priority: 4 }))).ratio, undefined);
    assert.equal((await body(w.queueBuckets.readQueueBucket(q, made.id))).priority, 4);
    assert.equal((await body(w.queueBuckets.searchQueueBucket(q, 1, 10))).items.length, 1);
    await refused(400, w.queueBuckets.createQueueBucket(q, { bucket: link(w.bucket) }));
    await refused(400, w.buckets.deleteBucket(w.bucket));
    await body(w.queueBuckets.deleteQueueBucket(q, made.id));
    await refused(404, w.queueBuckets.readQueueBucket(q, made.id));
  },

  async "hooks of a queue"(w) {
    const q = w.facts.queue;
    const flow = await body(w.schemas.createRoutingSchema({ name: "Aside", type: "service", schema: [] }));
    const made = await body(w.queueHooks.createQueueHook(q, { event: "leaving", schema: link(flow.id), enabled: true }));
    assert.equal(typeof made.id, "number");
    assert.equal((await body(w.queueHooks.patchQueueHook(q, made.id, { enabled: false }))).enabled, undefined);
    assert.equal((await body(w.queueHooks.updateQueueHook(q, made.id, { event: "joined", schema: link(flow.id) }))).event, "joined");
    assert.equal((await body(w.queueHooks.readQueueHook(q, made.id))).schema.name, "Aside");
    assert.equal((await body(w.queueHooks.searchQueueHook(q, 1, 10))).items.length, 1);
    await refused(400, w.queueHooks.createQueueHook(q, { event: "sneezed", schema: link(flow.id) }));
    await body(w.queueHooks.deleteQueueHook(q, made.id));
    assert.deepEqual((await body(w.queueHooks.searchQueueHook(q))).items, []);
    await body(w.schemas.deleteRoutingSchema(flow.id));
    assert.deepEqual((await body(w.queueSkills.searchQueueSkill(q))).items, []);
  },

  async "global variables"(w) {
    const made = await body(w.globals.createSchemaVariable({ name: "rate", value: "41.5", encrypt: false }));
    assert.equal(typeof made.id, "number");
    assert.equal((await body(w.globals.patchSchemaVariable(made.id, { value: "42" }))).value, "42");
    assert.equal((await body(w.globals.updateSchemaVariable(made.id, { name: "key", value: "s3cret", encrypt: true }))).value, undefined);
    assert.equal((await body(w.globals.readSchemaVariable(made.id))).encrypt, true);
    assert.deepEqual(names(await body(w.globals.searchSchemaVariable(1, 10, "k*"))), ["key"]);
    await body(w.globals.deleteSchemaVariable(made.id));
    await refused(404, w.globals.readSchemaVariable(made.id));
  },

  async "older variables"(w) {
    const made = await body(w.pairs.createRoutingVariable({ key: "city", value: "Kyiv" }));
    isId(made.id);
    assert.equal((await body(w.pairs.updateRoutingVariable(made.id, { key: "city", value: "Lviv" }))).value, "Lviv");
    assert.equal((await body(w.pairs.readRoutingVariable(made.id))).key, "city");
    assert.equal((await body(w.pairs.searchRoutingVariable(1, 10))).items.length, 1);
    await body(w.pairs.deleteRoutingVariable(made.id));
    await refused(404, w.pairs.readRoutingVariable(made.id));
  },

  async settings(w) {
    const made = await body(w.settings.createSystemSetting({ name: "scheme_version_limit", value: 5 }));
    assert.equal(typeof made.id, "number");
    const patched = await body(w.settings.patchSystemSetting(made.id, { value: 6 }));
    assert.equal(patched.value, 6);
    assert.equal((await body(w.settings.readSystemSetting(patched.id))).name, "scheme_version_limit");
    assert.equal((await body(w.settings.searchSystemSetting(1, 10, undefined, undefined, undefined, ["scheme_version_limit"]))).items.length, 1);
    assert.ok((await body(w.settings.searchAvailableSystemSetting(1, 10))).items.length);
    await body(w.settings.deleteSystemSetting(patched.id));
    await refused(404, w.settings.readSystemSetting(patched.id));
  },

  async "numbers from a file"(w) {
    const line = (await body(w.resources.searchOutboundResource(1, 1))).items[0];
    const form = new FormData();
    form.append("file", new Blob(["\ufeffName;Phone\nAnn;380447770001\n"], { type: "text/csv" }), "numbers.csv");
    form.append("delimiter", ";");
    form.append("map", "Phone");
    await body(w.raw.post(`/displays/${line.id}`, form));
    const shown = await body(w.resources.searchOutboundResourceDisplay(line.id, 1, 10, "38044777*"));
    assert.deepEqual(shown.items.map((item) => item.display), ["380447770001"]);
    await body(w.resources.deleteOutboundResourceDisplay(line.id, shown.items[0].id));
  },

  async "queues together"(w) {
    const report = await body(w.queues.searchQueueReportGeneral(1, 10, "1", String(Date.now() + 1e12)));
    assert.equal(report.items[0].queue.id, w.facts.queue);
    assert.equal(report.items[0].attempts, 1);
    await refused(400, w.queues.searchQueueReportGeneral(1, 10));
    assert.equal((await body(w.queues.patchQueue(w.facts.queue, { priority: 3, tags: [{ name: "board" }], variables: { a: "b" } }))).priority, 3);
    const off = await body(w.raw.patch("/call_center/queues/state", { enabled: false, q: "ear*" }));
    assert.deepEqual(off, {});
  },

  async "members of any queue"(w) {
    const type = (await body(w.types.searchCommunicationType(1, 1))).items[0];
    const person = (destination) => ({ name: "Zoe", bucket: link(w.bucket), communications: [{ destination, type: link(type.id) }] });
    const made = await body(w.members.createMember(w.facts.queue, person("380661")));
    assert.equal(made.bucket.name, "Golden");
    const q = w.facts.queue;
    assert.equal((await body(w.members.searchMemberInQueue(q, 1, 10, undefined, undefined, undefined, undefined, [w.bucket]))).items.length, 1);
    assert.equal((await body(w.members.patchMember(q, made.id, { bucket: { id: "0" } }))).bucket, undefined);
    await refused(400, w.members.createAttempt(q, made.id, {}));
    await refused(400, w.members.deleteAllMembers({}));
    const gone = await body(w.members.deleteAllMembers({ queue_id: [q], numbers: ["380661"] }));
    assert.deepEqual(names(gone), ["Zoe"]);
    const sheet = await w.raw.get(`/call_center/queues/${q}/members/export?format=csv&fields=id&fields=name`, { responseType: "text", transformResponse: (x) => x });
    assert.match(Buffer.from(JSON.parse(sheet.data.split("\n")[0]).data, "base64").toString(), /^id,name\r\n/);
  },

  async "attempts in progress"(w) {
    assert.deepEqual(await body(w.members.resetActiveAttempts({ idle_for_minutes: "600" })), {});
    const open = (await body(w.members.searchAttempts(1, 10))).items[0];
    await refused(400, w.members.attemptCallback(open.id, { status: "success" }));
    await refused(400, w.members.attemptResult(w.facts.queue, open.member.id, open.id, { status: "success" }));
    await refused(404, w.members.attemptCallback("999999", { status: "success" }));
    const of = await body(w.members.searchMemberAttempts(w.facts.queue, open.member.id));
    assert.ok(Array.isArray(of.items));
  },

  async "calls that are over"(w) {
    const found = (more) => body(w.calls.searchHistoryCallPost({ created_at: { from: "1" }, ...more }));
    const call = (await found({})).items[0];
    const patched = await body(w.calls.patchHistoryCall(call.id, { variables: { rating: "5" } }));
    assert.equal(patched.variables.rating, "5");
    assert.equal((await body(w.calls.patchHistoryCall(call.id, { variables: { rating: "" } }))).variables.rating, undefined);
    const note = await body(w.calls.createCallAnnotation(call.id, { note: "laughs", start_sec: 1, end_sec: 2 }));
    isId(note.id);
    isTime(note.created_at);
    assert.equal((await body(w.calls.updateCallAnnotation(call.id, note.id, { note: "cries", start_sec: 1, end_sec: 2 }))).note, "cries");
    await body(w.calls.deleteCallAnnotation(call.id, note.id));
    await refused(404, w.calls.deleteCallAnnotation(call.id, note.id));
    await refused(400, w.calls.redialCall(call.id, {}));
    assert.equal((await found({ number: "^38044", cause: ["NORMAL_CLEARING"], missed: false })).items.length, 1);
    assert.equal((await found({ user_id: ["1"] })).items.length, 0);
    const sums = await body(w.calls.aggregateHistoryCall({ created_at: { from: "1" }, aggs: [{ name: "a", group: [{ id: "cause" }], count: ["*"], avg: ["duration"] }] }));
    assert.deepEqual(sums.items, [{ name: "a", data: [{ cause: "NORMAL_CLEARING", count: 1, avg_duration: 9 }] }]);
    await refused(400, w.calls.aggregateHistoryCall({ aggs: [{ name: "a" }] }));
  },

  async "what a phone could do"(w) {
    const { id } = (await body(w.calls.searchActiveCall(1, 10))).items[0];
    const asked = [
      () => w.calls.holdCall(id, {}),
      () => w.calls.unHoldCall(id, {}),
      () => w.calls.blindTransferCall(id, { destination: "100" }),
      () => w.calls.dtmfCall(id, { digit: "1" }),
      () => w.calls.setVariablesCall(id, { variables: { a: "b" } }),
      () => w.calls.eavesdropCall(id, {}),
      () => w.calls.createCall({ destination: "380441" }),
    ];
    for (const ask of asked) assert.equal((await refused(400, ask())).id, "app.call.not_possible");
    await refused(404, w.calls.holdCall("nobody", {}));
  },
};

run(steps);
