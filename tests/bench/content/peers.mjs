// What other programs read of pages: a line of JSON for each page named on
// standard input. Usage: NODE_PATH's packages beside this file or in PEERS_DIR.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";

const require = createRequire((process.env.PEERS_DIR ?? ".") + "/");
const { JSDOM, VirtualConsole } = require("jsdom");
const { Readability } = require("@mozilla/readability");
const TurndownService = require("turndown");
const { gfm } = require("turndown-plugin-gfm");
const Defuddle = require("defuddle");
const url = "http://site.test/dir/page.html";
const quiet = new VirtualConsole();
const fresh = (html) => new JSDOM(html, { url, virtualConsole: quiet });

for await (const path of createInterface({ input: process.stdin })) {
  const html = readFileSync(path, "utf8");
  const article = new Readability(fresh(html).window.document).parse();
  const turndown = new TurndownService();
  turndown.use(gfm);
  turndown.remove(["script", "style", "head"]);
  const Reader = Defuddle.default ?? Defuddle.Defuddle ?? Defuddle;
  let defuddled = "";
  try {
    const found = new Reader(fresh(html).window.document, { url }).parse();
    defuddled = `<h1>${found.title ?? ""}</h1>` + found.content;
  } catch (error) {
    process.stderr.write(`defuddle: ${path}: ${error}\n`);
  }
  console.log(JSON.stringify({
    readability: article ? `<h1>${article.title ?? ""}</h1>${article.content}` : "",
    defuddle: defuddled,
    turndown: turndown.turndown(html),
  }));
}
