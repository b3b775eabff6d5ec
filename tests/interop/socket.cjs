"use strict";
// The official client over its WebSocket: `node socket.cjs HOST TOKEN` prints what it heard of calls, as JSON lines.

const sdk = require("webitel-sdk");

console.log = console.debug = console.info = () => {}; // the client logs every message there

async function main(host, token) {
  const client = new sdk.Client({ endpoint: `ws://${host}/ws`, token, logLvl: "error", registerWebDevice: false });
  const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
  await client.connect();
  await client.auth();
  await client.subscribeCall((event, call) => {
    say({ event, id: call.id, direction: call.direction, destination: call.destination, cause: call.hangupCause || "" });
    if (event === "hangup") process.exit(0);
  }, {});
  say({ event: "subscribed", user: client.sessionInfo().user_id });
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
