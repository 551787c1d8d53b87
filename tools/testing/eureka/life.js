// A whole life of npm's eureka-js-client at two registries, one of which dies: life.js URL1 URL2 (.../eureka).
// Says `lose` when the first registry is to die, and goes on when it reads a line.
const readline = require("node:readline");
const { Eureka } = require("eureka-js-client");

const [first, second] = process.argv.slice(2);
const patienceMs = 20_000;

async function add(url, port) {
  const answer = await fetch(`${url}/apps/OTHER`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      instance: {
        app: "OTHER", instanceId: `other:${port}`, hostName: "127.0.0.1", ipAddr: "127.0.0.1",
        port: { $: port, "@enabled": "true" }, status: "UP", vipAddress: "other.vip", dataCenterInfo: { name: "MyOwn" },
      },
    }),
  });
  if (answer.status !== 204) throw new Error(`registration: ${answer.status}`);
}

async function statusAt(url) {
  const answer = await fetch(`${url}/apps/JSLIFE/js:life:9091`, { headers: { Accept: "application/json" } });
  return answer.status === 200 ? (await answer.json()).instance.status : null;
}

async function until(what, holds) {
  for (const end = Date.now() + patienceMs; Date.now() < end; ) {
    if (await holds()) {
      console.log("ok", what);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.log("never:", what);
  process.exit(1);
}

function clientWith(shouldUseDelta) {
  return new Eureka({
    logger: { debug() {}, info() {}, warn() {}, error: console.error },
    instance: {
      app: "jslife", instanceId: "js:life:9091", hostName: "127.0.0.1", ipAddr: "127.0.0.1", vipAddress: "js.life",
      port: { $: 9091, "@enabled": true },
      dataCenterInfo: { "@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", name: "MyOwn" },
      leaseInfo: { renewalIntervalInSecs: 1, durationInSecs: 4 },
    },
    eureka: {
      serviceUrls: { default: [`${first}/apps/`, `${second}/apps/`] },
      shouldUseDelta, heartbeatInterval: 1000, registryFetchInterval: 1000, maxRetries: 5, requestRetryDelay: 200,
    },
  });
}

const call = (client, name) =>
  new Promise((resolve, reject) => client[name]((error) => (error ? reject(error) : resolve())));

async function main() {
  const client = clientWith(true);
  const ports = () => client.getInstancesByAppId("OTHER").map((one) => one.port.$).sort();
  const sees = (...wanted) => () => wanted.every((port) => ports().includes(port));
  await call(client, "start");
  await until("registered, and replicated", async () => (await statusAt(first)) === "UP" && (await statusAt(second)) === "UP");
  await add(second, 8001);
  await until("sees an instance that came to the other registry", sees(8001));
  await add(first, 8002);
  await until("sees another one in the delta", sees(8001, 8002));
  await fetch(`${first}/apps/OTHER/other:8002`, { method: "DELETE" });
  await until("sees that it has gone", () => !ports().includes(8002));
  await fetch(`${first}/apps/JSLIFE/js:life:9091/status?value=OUT_OF_SERVICE`, { method: "PUT" });
  await until("is out of service", async () => (await statusAt(second)) === "OUT_OF_SERVICE");
  await fetch(`${first}/apps/JSLIFE/js:life:9091/status?value=UP`, { method: "DELETE" });
  await until("is up again", async () => (await statusAt(second)) === "UP");
  console.log("lose");
  await new Promise((resolve) => readline.createInterface({ input: process.stdin }).once("line", resolve));
  await add(second, 8003);
  await until("goes on at the second registry", sees(8003));
  await new Promise((resolve) => setTimeout(resolve, 6000));
  await until("is kept alive by beats", async () => (await statusAt(second)) === "UP");
  await call(client, "stop");
  await until("is gone", async () => (await statusAt(second)) === null);
  process.exit(0);
}

main();
