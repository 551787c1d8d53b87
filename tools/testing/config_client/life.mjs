// What a program that uses npm's cloud-config-client does with a config server: node life.mjs URL FOLDER
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const client = createRequire(join(process.cwd(), "package.json"))("cloud-config-client");
const [url, folder] = process.argv.slice(2);
const base = { endpoint: url, auth: { user: "user", pass: "a-password" } };
const load = (options) => client.load({ ...base, ...options });

const checks = {
    async "reads what several profiles say, the last one strongest"() {
        const config = await load({ name: "shop", profiles: ["dev", "eu"] });
        assert.equal(config.get("price.currency"), "EUR");
        assert.equal(config.get("price.digits"), 2);
        assert.equal(config.get("open"), true);
    },
    async "takes a list whole from the strongest source"() {
        const config = await load({ name: "shop", profiles: "dev" });
        assert.deepEqual(config.toObject().tags, ["one"]);
    },
    async "takes a label with a slash"() {
        const config = await load({ name: "shop", profiles: "dev", label: "feature/new" });
        assert.equal(config.get("open"), false);
    },
    async "fills placeholders in out of its own context"() {
        const config = await load({ name: "shop", profiles: "dev", context: { HOST: "there" } });
        assert.equal(config.get("address"), "http://there:80/");
    },
    async "gets what was encrypted"() {
        const config = await load({ name: "shop", profiles: "dev" });
        assert.equal(config.get("secret"), "mysecret");
        assert.equal(config.get("invalid.broken"), "<n/a>");
    },
    async "gets what is new at once"() {
        writeFileSync(join(folder, "shop.yml"), "open: later\n");
        const config = await load({ name: "shop", profiles: "dev" });
        assert.equal(config.get("open"), "later");
    },
    async "takes user and password from the address too"() {
        const config = await client.load({ endpoint: url.replace("://", "://user:a-password@"), name: "shop" });
        assert.equal(config.get("open"), "later");
    },
    async "is told when it may not ask, and when its name is none"() {
        await assert.rejects(client.load({ endpoint: url, name: "shop" }));
        await assert.rejects(load({ name: "../shop" }));
    },
    async "gets nothing for a name that nobody configured"() {
        const config = await load({ name: "nobody", profiles: "dev" });
        assert.equal(config.get("price.digits"), 2);
        assert.equal(config.get("open"), undefined);
    },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
    try {
        await check();
        console.log(`ok ${name}`);
    } catch (error) {
        failed += 1;
        console.log(`not ok ${name}: ${error.stack ?? error}`);
    }
}
process.exit(failed === 0 ? 0 : 1);
