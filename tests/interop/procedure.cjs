"use strict";
// The seed's procedure in its order, with every verb of every noun on the way.

const { assert, axios, body, isId, isTime, link, names, refused, run } = require("./client.cjs");

const FLOW = [{ playback: { files: [{ name: "hello.wav" }] } }, { hangup: {} }];
const AFTER = [
  {
    if: {
      expression: "${call_cause} == 'USER_BUSY' || ${call_cause} == 'CALL_REJECTED'",
      then: [{ set: [{ status: "Busy" }] }, { abandoned: { export: ["status"], waitBetweenRetries: "3600" } }],
    },
  },
];
const PAYLOAD = {
  max_attempts: 3, wait_between_retries: 1800, originate_timeout: 60, min_duration: 3, max_calls: 10,
  recordings: true, resource_strategy: "even-distribution", amd: { enabled: false, positive: [] },
};

const steps = {
  async "signing in"(w) {
    const given = await body(w.http.post("/login", { username: w.facts.username, password: w.facts.password, domain: "default" }));
    assert.equal(given.token_type, "Bearer");
    const mine = axios.create({ baseURL: w.http.defaults.baseURL, headers: { "X-Webitel-Access": given.access_token } });
    const info = await body(mine.get("/userinfo"));
    isId(info.user_id);
    assert.ok(info.scope.some((one) => one.class === "cc_queue" && one.access === "xrwd"));
    assert.equal((await body(mine.get("/role/metadata/access"))).admin.queues._enabled, true);
    await refused(404, mine.get("/user/settings/timezone"));
    assert.deepEqual(await body(mine.get("/users/warnings")), { warnings: [] });
    await body(mine.post("/logout", {}));
    await refused(401, mine.get("/userinfo"));
    await refused(400, w.http.post("/login", { username: "admin", password: "wrong" }));
  },

  async "media files"(w) {
    const form = new FormData();
    const sound = Buffer.from(w.facts.wav, "base64");
    form.append("file[0]", new Blob([sound], { type: "audio/wav" }), "hello.wav");
    form.append("file[1]", new Blob([sound], { type: "audio/wav" }), "bye.wav");
    const upload = await body(w.http.post(`/storage/media?access_token=${w.token}`, form));
    assert.equal(typeof upload.items[0].id, "number");
    const list = await body(w.media.searchMediaFile(1, 10, "hel*", "+name", ["id", "name", "size", "mime_type"]));
    assert.deepEqual(names(list), ["hello.wav"]);
    assert.equal(list.items[0].size, String(sound.length));
    w.hello = list.items[0].id;
    isId(w.hello);
    const read = await body(w.media.readMediaFile(w.hello));
    isTime(read.created_at);
    const part = await w.http.get(`/storage/media/${w.hello}/stream?access_token=${w.token}`, { responseType: "arraybuffer", headers: { Range: "bytes=0-3" } });
    assert.equal(part.status, 206);
    assert.equal(Buffer.from(part.data).toString(), "RIFF");
    const other = (await body(w.media.searchMediaFile(1, 10, "bye.wav"))).items[0];
    await body(w.media.deleteMediaFile(other.id));
    await refused(404, w.media.readMediaFile(other.id));
    assert.deepEqual(names(await body(w.media.searchMediaFile())), ["hello.wav"]);
  },

  async "flow schemas"(w) {
    const made = await body(w.schemas.createRoutingSchema({ name: "Greeting", type: "voice", schema: FLOW, payload: { nodeList: [] }, editor: true, tags: [{ name: "seed" }] }));
    isId(made.id);
    assert.deepEqual(made.schema, FLOW);
    assert.deepEqual(made.payload, { nodeList: [] });
    w.voice = made.id;
    w.after = (await body(w.schemas.createRoutingSchema({ name: "After", type: "service", schema: AFTER }))).id;
    const list = await body(w.schemas.searchRoutingSchema(1, 10, "", "+name", ["id", "name", "type"], undefined, undefined, ["service", "default"]));
    assert.deepEqual(list.items, [{ id: w.after, name: "After", type: "service" }]);
    assert.deepEqual(await body(w.schemas.searchRoutingSchemaTags(1, 10)), { items: [{ name: "seed" }], next: false });
    const patched = await body(w.schemas.patchRoutingSchema(w.after, { description: "busy people later" }));
    assert.equal(patched.description, "busy people later");
    const put = await body(w.schemas.updateRoutingSchema(w.after, { ...patched, name: "After flow" }));
    assert.deepEqual(put.schema, AFTER);
    const bad = await refused(400, w.schemas.createRoutingSchema({ name: "Broken", schema: [{ if: { expression: "1", then: [7] } }] }));
    assert.match(bad.detail, /^schema\[0\]/);
    const twice = await refused(400, w.schemas.createRoutingSchema({ name: "Greeting", schema: [] }));
    assert.equal(twice.id, "store.sql_routing_schema.save.valid.name");
    const spare = await body(w.schemas.createRoutingSchema({ name: "Spare", schema: [] }));
    await body(w.schemas.deleteRoutingSchema(spare.id));
    await refused(404, w.schemas.readRoutingSchema(spare.id));
    assert.equal((await body(w.versions.searchSchemaVersion(w.voice))).items.length, 1);
  },

  async gateways(w) {
    const made = await body(w.raw.post("/sip/gateways", { name: "Carrier", usage: "", proxy: "127.0.0.1:5070", schema: {}, enable: true, register: false, host: "127.0.0.1", ipacl: [] }));
    w.gateway = made.id;
    isId(made.id);
    assert.deepEqual(made.ipacl, []);
    assert.equal((await body(w.raw.patch(`/sip/gateways/${made.id}`, { enable: false }))).enable, undefined);
    assert.equal((await body(w.raw.patch(`/sip/gateways/${made.id}`, { enable: true }))).enable, true);
    assert.deepEqual(names(await body(w.raw.get("/sip/gateways?page=1&size=10&sort=&q=carr*"))), ["Carrier"]);
    const put = await body(w.raw.put(`/sip/gateways/${made.id}`, { ...made, enable: true, usage: "test trunk" }));
    assert.deepEqual(await body(w.raw.get(`/sip/gateways/${made.id}`)), put);
    const spare = await body(w.raw.post("/sip/gateways", { name: "Spare", proxy: "10.0.0.1", host: "10.0.0.1" }));
    await body(w.raw.delete(`/sip/gateways/${spare.id}`));
    await refused(404, w.raw.get(`/sip/gateways/${spare.id}`));
    const wrong = await refused(400, w.raw.post("/sip/gateways", { name: "Line", register: true, proxy: "x", account: "a@b" }));
    assert.match(wrong.detail, /^password: /);
  },

  async "outbound resources"(w) {
    const made = await body(w.resources.createOutboundResource({ name: "Line", gateway: link(w.gateway), limit: 10, rps: 10, error_ids: ["5xx"], max_successively_errors: 2, parameters: { cid_type: "rpid", ignore_early_media: "consume" } }));
    w.resource = made.id;
    assert.equal(made.enabled, undefined);
    assert.equal(made.limit, 10);
    assert.deepEqual(made.gateway, { id: w.gateway, name: "Carrier" });
    const number = await body(w.resources.createOutboundResourceDisplay(made.id, { display: "380440000001" }));
    isId(number.id);
    const many = await body(w.resources.createOutboundResourceDisplayBulk(made.id, { items: [{ display: "2" }, { display: "3" }] }));
    assert.equal(many.id.length, 2);
    await body(w.resources.deleteOutboundResourceDisplays(made.id, many.id));
    await body(w.resources.updateOutboundResourceDisplay(made.id, number.id, { display: "380440000000" }));
    const shown = await body(w.resources.searchOutboundResourceDisplay(made.id, 1, 10));
    assert.deepEqual(shown.items.map((item) => item.display), ["380440000000"]);
    assert.equal((await body(w.resources.readOutboundResourceDisplay(made.id, number.id))).display, "380440000000");
    assert.equal((await body(w.resources.patchOutboundResource(made.id, { enabled: true }))).enabled, true);
    const read = await body(w.resources.readOutboundResource(made.id));
    const put = await body(w.resources.updateOutboundResource(made.id, { ...read, description: "first" }));
    assert.deepEqual([put.description, put.enabled], ["first", true]);
    const spare = await body(w.resources.createOutboundResource({ name: "Spare", gateway: link(w.gateway) }));
    assert.deepEqual(names(await body(w.resources.searchOutboundResource(1, 1, undefined, "-name"))), ["Spare"]);
    await body(w.resources.deleteOutboundResource(spare.id));
    await refused(404, w.resources.readOutboundResource(spare.id));
    const wrong = await refused(400, w.resources.createOutboundResource({ name: "", gateway: link(w.gateway) }));
    assert.match(wrong.detail, /^name: /);
  },

  async "communication types"(w) {
    const made = await body(w.types.createCommunicationType({ name: "Mobile", code: "mobile", channel: "Phone" }));
    w.type = made.id;
    assert.equal(made.channel, "Phone");
    assert.equal((await body(w.types.patchCommunicationType(made.id, { default: true }))).default, true);
    const spare = await body(w.types.createCommunicationType({ name: "Home", code: "home", channel: "Phone" }));
    assert.equal((await body(w.types.updateCommunicationType(spare.id, { ...spare, name: "House" }))).name, "House");
    assert.deepEqual(names(await body(w.types.searchCommunicationType(1, 5000, undefined, undefined, undefined, undefined, ["Phone"], true))), ["Mobile"]);
    assert.equal((await body(w.types.readCommunicationType(spare.id))).code, "home");
    await body(w.types.deleteCommunicationType(spare.id));
    await refused(400, w.types.createCommunicationType({ name: "Mobile", code: "mobile" }));
  },

  async "resource groups"(w) {
    const hours = [{ start_time_of_day: 0, end_time_of_day: 1439 }];
    const made = await body(w.groups.createOutboundResourceGroup({ name: "Mobiles", communication: link(w.type), description: "", time: hours }));
    w.group = made.id;
    assert.deepEqual(made.time, hours);
    const inside = await body(w.groups.createOutboundResourceInGroup(made.id, { resource: link(w.resource), reserve_resource: {}, priority: 0 }));
    assert.equal(inside.resource.name, "Line");
    assert.equal((await body(w.groups.updateOutboundResourceInGroup(made.id, inside.id, { resource: link(w.resource), priority: 3 }))).priority, 3);
    assert.equal((await body(w.groups.searchOutboundResourceInGroup(made.id, 1, 10))).items.length, 1);
    assert.equal((await body(w.groups.readOutboundResourceInGroup(made.id, inside.id))).priority, 3);
    const put = await body(w.groups.updateOutboundResourceGroup(made.id, { ...made, strategy: "", name: "Mobile lines" }));
    assert.deepEqual([put.name, put.time], ["Mobile lines", hours]);
    assert.equal((await body(w.groups.readOutboundResourceGroup(made.id))).communication.id, w.type);
    const spare = await body(w.groups.createOutboundResourceGroup({ name: "Spare", communication: link(w.type), time: hours }));
    assert.deepEqual(names(await body(w.groups.searchOutboundResourceGroup(1, 10, "sp*"))), ["Spare"]);
    await body(w.groups.deleteOutboundResourceGroup(spare.id));
    const wrong = await refused(400, w.groups.createOutboundResourceGroup({ name: "X", communication: link(w.type), time: [{ start_time_of_day: 9, end_time_of_day: 9 }] }));
    assert.match(wrong.detail, /^time\[0\]/);
  },

  async calendars(w) {
    const zones = await body(w.calendars.searchTimezones(1, 10, "Europe/Kyiv"));
    assert.deepEqual(Object.keys(zones.items[0]).sort(), ["id", "name", "offset"]);
    const accepts = [...Array(7).keys()].map((day) => ({ day, start_time_of_day: 0, end_time_of_day: 1440 }));
    const made = await body(w.calendars.createCalendar({ name: "Always", timezone: link(zones.items[0].id), accepts, excepts: [] }));
    w.calendar = made.id;
    assert.deepEqual(made.accepts, accepts);
    assert.equal((await body(w.calendars.updateCalendar(made.id, { ...made, description: "day and night" }))).description, "day and night");
    assert.equal((await body(w.calendars.readCalendar(made.id))).timezone.name, "Europe/Kyiv");
    const spare = await body(w.calendars.createCalendar({ name: "Spare", timezone: link(zones.items[0].id), accepts }));
    assert.deepEqual(names(await body(w.calendars.searchCalendar(1, 10, "*a*s", "+name", ["id", "name"]))), ["Always"]);
    await body(w.calendars.deleteCalendar(spare.id));
    const short = await refused(400, w.calendars.createCalendar({ name: "abc", timezone: link(zones.items[0].id), accepts }));
    assert.equal(short.id, "model.calendar.is_valid.name.app_error");
  },

  async "stop lists"(w) {
    const made = await body(w.lists.createList({ name: "Do not call", description: "" }));
    w.list = made.id;
    const number = await body(w.lists.createListCommunication(made.id, { number: "380449999999", description: "asked" }));
    assert.equal((await body(w.lists.updateListCommunication(made.id, number.id, { number: "380449999998" }))).number, "380449999998");
    assert.equal((await body(w.lists.readListCommunication(made.id, number.id))).number, "380449999998");
    assert.equal((await body(w.lists.searchListCommunication(made.id, 1, 10, "38044*"))).items.length, 1);
    assert.equal((await body(w.lists.readList(made.id))).count, "1");
    await body(w.lists.deleteListCommunication(made.id, number.id));
    assert.equal((await body(w.lists.updateList(made.id, { name: "Never call" }))).name, "Never call");
    const spare = await body(w.lists.createList({ name: "Spare" }));
    await body(w.lists.deleteList(spare.id));
    assert.deepEqual(names(await body(w.lists.searchList(1, 10, "never*"))), ["Never call"]);
    const past = await refused(400, w.lists.createListCommunication(made.id, { number: "1", expire_at: "1000" }));
    assert.equal(past.id, "list_communication.valid.expire_at");
  },

  async queues(w) {
    const made = await body(w.queues.createQueue({ name: "Seed", type: 2, strategy: "fifo", priority: 0, calendar: link(w.calendar), schema: link(w.voice), after_schema: link(w.after), do_schema: {}, dnc_list: link(w.list), tags: [{ name: "seed" }], variables: { cityName: "Kyiv" }, payload: PAYLOAD }));
    w.queue = made.id;
    isId(made.id);
    isTime(made.updated_at);
    assert.equal(made.enabled, undefined);
    assert.deepEqual(made.payload, PAYLOAD);
    assert.deepEqual(made.variables, { cityName: "Kyiv" });
    assert.equal((await body(w.queues.patchQueue(made.id, { enabled: true }))).enabled, true);
    assert.deepEqual((await body(w.queues.patchQueue(made.id, { payload: { max_calls: 5 } }))).payload, { ...PAYLOAD, max_calls: 5 });
    const read = await body(w.queues.readQueue(made.id));
    assert.deepEqual([read.schema.name, read.after_schema.name, read.dnc_list.id], ["Greeting", "After flow", w.list]);
    assert.equal((await body(w.queues.updateQueue(made.id, { ...read, name: "The seed's queue" }))).enabled, true);
    assert.deepEqual(names(await body(w.queues.searchQueue(1, 10, "the*", "+name", ["id", "name"], undefined, [2]))), ["The seed's queue"]);
    assert.ok((await body(w.queues.searchQueueTags(1, 10))).items.some((tag) => tag.name === "seed"));
    const state = await body(w.raw.get("/call_center/queues/state?q=the*"));
    assert.deepEqual(state, { is_all_enabled: true, potential_rows: 1 });
    const none = await refused(400, w.queues.createQueue({ name: "X", type: 2, payload: PAYLOAD }));
    assert.equal(none.id, "model.queue.valid.calendar");
    const spare = await body(w.queues.createQueue({ name: "Spare", type: 2, calendar: link(w.calendar), payload: PAYLOAD }));
    await body(w.queues.deleteQueue(spare.id));
    await refused(404, w.queues.readQueue(spare.id));
  },

  async "resource groups of a queue"(w) {
    const made = await body(w.queueGroups.createQueueResourceGroup(w.queue, { resource_group: link(w.group), communication: {} }));
    assert.deepEqual([made.resource_group.name, made.communication.name], ["Mobile lines", "Mobile"]);
    assert.equal((await body(w.queueGroups.searchQueueResourceGroup(w.queue, 1, 10))).items[0].id, made.id);
    assert.equal((await body(w.queueGroups.readQueueResourceGroup(w.queue, made.id))).resource_group.id, w.group);
    assert.equal((await body(w.queueGroups.updateQueueResourceGroup(w.queue, made.id, { resource_group: link(w.group) }))).id, made.id);
    await body(w.queueGroups.deleteQueueResourceGroup(w.queue, made.id));
    await body(w.queueGroups.createQueueResourceGroup(w.queue, { resource_group: link(w.group) }));
    const row = (await body(w.queues.searchQueue(1, 10, "the*"))).items[0];
    assert.deepEqual([row.resource_groups[0].name, row.resources[0].name], ["Mobile lines", "Line"]);
  },

  async members(w) {
    const person = (name, destination, more) => ({ name, communications: [{ destination, type: link(w.type) }], ...more });
    const made = await body(w.members.createMember(w.queue, person("Ann", "380441", { priority: 1, expire_at: 1796049040588, variables: { aB: "1" } })));
    isId(made.id);
    isTime(made.created_at);
    assert.equal(made.expire_at, "1796049040588");
    const bulk = await body(w.members.createMemberBulk(w.queue, { file_name: "m.csv", items: [person("Bob", "380442", { priority: "5" }), person("Cid", "380443")] }));
    assert.equal(bulk.ids.length, 2);
    bulk.ids.forEach(isId);
    const broken = await refused(400, w.members.createMemberBulk(w.queue, { items: [person("Dan", "380444"), person("Eve", "nobody")] }));
    assert.match(broken.detail, /^items\[1\]\.communications\[0\]\.destination: /);
    const list = await body(w.members.searchMemberInQueue(w.queue, 1, 10, "", "-priority", ["id", "name", "priority"], undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined, "0"));
    assert.deepEqual(names(list), ["Bob", "Ann", "Cid"]);
    assert.equal((await body(w.members.searchMemberInQueue(w.queue, 1, 10, "380442*"))).items[0].name, "Bob");
    const patched = await body(w.members.patchMember(w.queue, made.id, { variables: { aB: "", city: "Kyiv" } }));
    assert.deepEqual(patched.variables, { city: "Kyiv" });
    assert.equal((await body(w.members.patchMemberOne(made.id, { stop_cause: "failed" }))).stop_cause, "failed");
    assert.deepEqual(await body(w.raw.get(`/call_center/queues/${w.queue}/members/reset/count?priority.from=0`)), { count: "1" });
    assert.deepEqual(await body(w.members.resetMembers(w.queue, {})), { count: "1" });
    const read = await body(w.members.readMember(w.queue, made.id));
    assert.equal((await body(w.members.updateMember(w.queue, made.id, { ...read, name: "Anna" }))).name, "Anna");
    assert.equal((await body(w.members.searchMembers(1, 10, undefined, undefined, undefined, undefined, [w.queue]))).items.length, 3);
    assert.equal((await body(w.members.deleteMember(w.queue, made.id))).name, "Anna");
    await refused(404, w.members.readMember(w.queue, made.id));
    await body(w.members.deleteMembers(w.queue, { id: [], without_members: true }));
    assert.deepEqual((await body(w.members.searchMemberInQueue(w.queue))).items, []);
  },

  async attempts(w) {
    await refused(400, w.members.searchAttemptsHistory(1, 10));
    const over = await body(w.members.searchAttemptsHistory(1, 10, undefined, "", undefined, "1", String(Date.now() + 1e12), undefined, [w.facts.queue]));
    assert.equal(over.items.length, 1);
    assert.equal(over.items[0].result, "abandoned");
    assert.equal(over.items[0].destination.destination, "380441");
    isTime(over.items[0].joined_at);
    const open = await body(w.members.searchAttempts(1, 10, undefined, undefined, undefined, undefined, undefined, undefined, [w.facts.queue]));
    assert.deepEqual(open.items.map((item) => item.state), ["offering"]);
  },

  async "calls and recordings"(w) {
    const refusal = await refused(400, w.calls.searchHistoryCallPost({}));
    assert.equal(refusal.id, "grpc.call.search_history");
    const found = await body(w.calls.searchHistoryCallPost({ created_at: { from: "1" }, skip_parent: true, sort: "-created_at" }));
    const call = found.items[0];
    assert.deepEqual([call.cause, call.sip_code, call.talk_sec, call.direction], ["NORMAL_CLEARING", 200, 7, "outbound"]);
    assert.deepEqual(call.variables, { status: "Busy" });
    assert.equal(call.to.number, "380441");
    const same = await body(w.calls.searchHistoryCall(1, 10, undefined, undefined, ["id", "files"], "1"));
    assert.deepEqual(Object.keys(same.items[0]).sort(), ["files", "id"]);
    const sound = await w.http.get(`/storage/recordings/${call.files[0].id}/stream?access_token=${w.token}`, { responseType: "arraybuffer" });
    assert.equal(Buffer.from(sound.data).subarray(0, 4).toString(), "RIFF");
    assert.equal((await body(w.files.searchFiles(1, 10))).items[0].id, call.files[0].id);
    await body(w.files.deleteFiles({ id: [call.files[0].id] }));
    assert.deepEqual((await body(w.files.searchFiles(1, 10))).items, []);
  },

  async "calls in progress"(w) {
    const active = await body(w.calls.searchActiveCall(1, 10));
    assert.equal(active.items.length, 1);
    assert.equal((await body(w.calls.readCall(active.items[0].id))).state, "ringing");
    await body(w.calls.hangupCall(active.items[0].id, { cause: "NORMAL_CLEARING" }));
    await refused(404, w.calls.hangupCall("nobody", {}));
  },

  async "access tokens"(w) {
    const made = await body(w.raw.post("/users/1/tokens", { usage: "script" }));
    const mine = axios.create({ baseURL: w.http.defaults.baseURL, headers: { Authorization: `Bearer ${made.token}` } });
    assert.equal((await body(mine.get("/userinfo"))).user_id, "1");
    await body(w.raw.delete(`/users/1/tokens/${made.id}`));
    await refused(401, mine.get("/userinfo"));
  },
};

run(steps);
