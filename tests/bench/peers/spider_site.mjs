// spider-rs over a whole site. Usage: node spider_site.mjs URL OUTPUT
import { createWriteStream } from 'node:fs';
import { Website } from '@spider-rs/spider-rs';

const [url, output] = process.argv.slice(2);
const out = createWriteStream(output);
const website = new Website(url).withRespectRobotsTxt(false).build();
await website.crawl((error, page) => {
  if (!error) out.write(`${JSON.stringify({ url: page.url, size: page.content.length })}\n`);
});
out.end();
