// Archives that crawl writes, read by two programs that are not ours: warcio (webrecorder)
// and warc. Both must find the same records, with the bodies that the server sent and the
// digests that they have.
//
// Usage: node readers_test.mjs CRAWL FOLDER    (FOLDER: with node_modules, see install.sh)
// Exit status 77 if the readers are not installed.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip, gzipSync } from "node:zlib";

const [crawl, folder] = process.argv.slice(2);
if (!existsSync(join(folder, "node_modules/warcio"))) {
  console.log("the readers are not installed (sh tests/foreign/install.sh BUILD_DIR)");
  process.exit(77);
}
const require = createRequire(join(folder, "package.json"));
const { WARCParser } = require("warcio");
const WarcStream = require("warc");

function base32(bytes) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let text = "", held = 0, bits = 0;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (held += 8; held >= 5; held -= 5) text += letters[(bits >> (held - 5)) & 31];
    bits &= 255;
  }
  return text;
}
const sha1 = (bytes) => "sha1:" + base32(createHash("sha1").update(bytes).digest());

// --- A site whose answers come in all the ways that answers come.

const page = "<!doctype html><title>page</title><p>" + "text ".repeat(20_000);
const answers = {
  "/plain": [200, { "Content-Type": "text/html" }, Buffer.from(page)],
  "/gzip": [200, { "Content-Type": "text/html", "Content-Encoding": "gzip" },
            gzipSync(page + "<p>packed")],
  "/chunked": [200, { "Content-Type": "text/html" }, Buffer.from(page + "<p>chunked")],
  "/again": [200, { "Content-Type": "text/html" }, Buffer.from(page)],
  "/empty": [200, { "Content-Type": "text/html" }, Buffer.alloc(0)],
  "/image": [200, { "Content-Type": "image/png" },
             Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(70_000, 7)])],
  "/tricky": [200, { "Content-Type": "text/plain" },
              Buffer.from("WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\nHTTP/\r\n\r\n")],
  "/moved": [302, { Location: "/plain" }, Buffer.from("moved")],
  "/missing": [404, { "Content-Type": "text/html" }, Buffer.from("<title>missing</title>")],
};
const server = createServer((request, response) => {
  const [status, headers, body] = answers[request.url] ?? [404, {}, Buffer.alloc(0)];
  if (request.url === "/chunked") {
    response.writeHead(status, headers);
    response.write(body.subarray(0, 1000));
    response.end(body.subarray(1000));
  } else {
    response.writeHead(status, { ...headers, "Content-Length": body.length });
    response.end(body);
  }
});

function run(...command) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
    let out = "", err = "";
    child.stdout.on("data", (data) => { out += data; });
    child.stderr.on("data", (data) => { err += data; });
    child.on("close", (status) => resolve({ status, out, err }));
  });
}

// --- What a reader found: type, fields by lower-case name, block, and payload.

function headOf(block) {
  const end = block.indexOf("\r\n\r\n");
  return end < 0 ? block.length : end + 4;
}

async function byWarcio(file) {
  const found = [];
  const parser = new WARCParser(createReadStream(file), { keepHeadersCase: false, parseHttp: false });
  for await (const record of parser) {
    const fields = {};
    for (const [name, value] of record.warcHeaders.headers) fields[name.toLowerCase()] = value;
    const block = Buffer.from(await record.readFully(false) ?? []);
    found.push({ type: record.warcType, fields, block });
  }
  return found;
}

async function byWarc(file) {
  const found = [];
  let input = createReadStream(file);
  if (file.endsWith(".gz")) input = input.pipe(createGunzip());
  for await (const { protocol, headers, content } of input.pipe(new WarcStream())) {
    assert.equal(protocol, "WARC/1.1");
    const fields = {};
    for (const [name, value] of Object.entries(headers)) fields[name.toLowerCase()] = value;
    found.push({ type: fields["warc-type"], fields, block: content });
  }
  return found;
}

function check(found, site) {
  const ids = new Set();
  for (const { type, fields, block } of found) {
    assert.equal(Number(fields["content-length"]), block.length, type);
    if (fields["warc-block-digest"]) assert.equal(fields["warc-block-digest"], sha1(block), type);
    assert.ok(!ids.has(fields["warc-record-id"]));
    ids.add(fields["warc-record-id"]);
  }
  assert.equal(found[0].type, "warcinfo");
  const responses = new Map();
  for (const { type, fields, block } of found) {
    if (type !== "response" && type !== "revisit") continue;
    responses.set(fields["warc-target-uri"].slice(site.length), { type, fields, block });
  }
  for (const [path, [status, , body]] of Object.entries(answers)) {
    const { type, fields, block } = responses.get(path);
    const head = block.subarray(0, headOf(block)).toString("latin1");
    const payload = block.subarray(headOf(block));
    assert.ok(head.startsWith(`HTTP/1.1 ${status} `), head);
    assert.ok(!/^transfer-encoding/im.test(head), head);
    assert.equal(fields["warc-payload-digest"], sha1(body), path);
    // Whichever came first is there, the other refers to it.
    if (type === "revisit") {
      assert.ok(["/plain", "/again"].includes(path), path);
      assert.equal(payload.length, 0);
      assert.equal(fields["warc-truncated"], "length");
    } else {
      assert.ok(payload.equals(body), path);
    }
  }
  const types = {};
  for (const { type } of found) types[type] = (types[type] ?? 0) + 1;
  // /plain is asked for twice: /moved leads there.
  const exchanges = Object.keys(answers).length + 1;
  assert.deepEqual(types, { warcinfo: 1, request: exchanges, response: exchanges - 2, revisit: 2,
                            metadata: exchanges });
}

const work = mkdtempSync(join(tmpdir(), "crawl-readers-"));
try {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const site = `http://127.0.0.1:${server.address().port}`;
  const list = join(work, "urls.txt");
  writeFileSync(list, Object.keys(answers).map((path) => site + path + "\n").join(""));
  for (const how of [[], ["--no-warc-compression"]]) {
    const prefix = join(work, how.length ? "plain" : "packed");
    const crawled = await run(crawl, list, "-q", "--no-config", "--warc-file", prefix, ...how);
    assert.equal(crawled.status, 1, crawled.err);  // one is missing
    const file = prefix + (how.length ? ".warc" : ".warc.gz");
    for (const [name, read] of [["warcio", byWarcio], ["warc", byWarc]]) {
      const found = await read(file);
      check(found, site);
      console.log(`${name}: ${found.length} records of ${file.slice(work.length + 1)} are good`);
    }
    const checked = await run(crawl, "--warc-check", file);
    assert.equal(checked.status, 0, checked.out);
  }
} finally {
  server.close();
  server.closeAllConnections?.();
  rmSync(work, { recursive: true });
}
