"use strict";
// The official client against a running service: `node procedure.cjs BASE TOKEN FACTS` prints one JSON object,
// step → null or what went wrong.

const assert = require("node:assert/strict");
const axios = require("axios");
const sdk = require("webitel-sdk");

class World {
  constructor(base, token, facts) {
    this.facts = facts;
    this.http = axios.create({ baseURL: base });
    this.raw = axios.create({ baseURL: base, headers: { "X-Webitel-Access": token } });
    this.token = token;
    const conf = new sdk.Configuration({ basePath: base, apiKey: token });
    const api = (name) => sdk[`${name}ApiFactory`](conf, "", this.http);
    this.media = api("MediaFileService");
    this.schemas = api("RoutingSchemaService");
    this.versions = api("SchemaVersionService");
    this.resources = api("OutboundResourceService");
    this.groups = api("OutboundResourceGroupService");
    this.types = api("CommunicationTypeService");
    this.calendars = api("CalendarService");
    this.queues = api("QueueService");
    this.queueGroups = api("QueueResourcesService");
    this.members = api("MemberService");
    this.lists = api("ListService");
    this.calls = api("CallService");
    this.files = api("FileService");
    this.tokens = api("UserAccessTokens");
    this.buckets = api("BucketService");
    this.queueBuckets = api("QueueBucketService");
    this.queueHooks = api("QueueHookService");
    this.queueSkills = api("QueueSkillService");
    this.globals = api("SchemaVariablesService");
    this.pairs = api("RoutingVariableService");
    this.settings = api("SystemSettingService");
    this.teams = api("AgentTeamService");
    this.agents = api("AgentService");
    this.skills = api("SkillService");
  }
}

async function body(promise) {
  const answer = await promise;
  assert.equal(answer.status, 200);
  return answer.data;
}

/** The error object of a refusal, checked for what every one has. */
async function refused(code, promise) {
  try {
    await promise;
  } catch (error) {
    assert.ok(error.response, String(error));
    const data = error.response.data;
    assert.equal(error.response.status, code, JSON.stringify(data));
    assert.equal(data.code, code);
    for (const key of ["id", "status", "detail"]) assert.equal(typeof data[key], "string");
    return data;
  }
  assert.fail(`expected a refusal with ${code}`);
}

const isId = (value) => assert.match(String(value), /^[1-9]\d*$/) ?? assert.equal(typeof value, "string");
const isTime = (value) => assert.match(value, /^\d{13}$/);
const names = (list) => list.items.map((item) => item.name);
const link = (id) => ({ id });

async function run(steps) {
  const [base, token, facts] = process.argv.slice(2);
  const world = new World(base, token, JSON.parse(facts));
  const results = {};
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step(world);
      results[name] = null;
    } catch (error) {
      const answer = error.response ? ` ${error.response.status} ${JSON.stringify(error.response.data)}` : "";
      results[name] = `${error.stack}${answer}`;
    }
  }
  process.stdout.write(JSON.stringify(results));
}

module.exports = { assert, axios, body, isId, isTime, link, names, refused, run };
