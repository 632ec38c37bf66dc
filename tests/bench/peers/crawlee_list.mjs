// crawlee's CheerioCrawler over a list (no links followed) or a whole site (--follow).
// Usage: node crawlee_list.mjs LIST_OR_URL CONCURRENCY OUTPUT [--follow]
import { createWriteStream, readFileSync } from 'node:fs';
import { CheerioCrawler, Configuration, log } from '@crawlee/cheerio';

const [input, concurrency, output, flag] = process.argv.slice(2);
const follow = flag === '--follow';
log.setLevel(log.LEVELS.ERROR);
const out = createWriteStream(output);
const crawler = new CheerioCrawler({
  minConcurrency: Number(concurrency),
  maxConcurrency: Number(concurrency),
  maxRequestRetries: 0,
  async requestHandler({ request, response, $, enqueueLinks }) {
    out.write(`${JSON.stringify({ url: request.url, status_code: response.statusCode,
      title: $('title').text(), link_count: $('a[href]').length })}\n`);
    if (follow) await enqueueLinks({ strategy: 'same-hostname' });
  },
}, new Configuration({ persistStorage: false, availableMemoryRatio: 0.9 }));
const urls = follow ? [input] : readFileSync(input, 'utf8').trim().split('\n');
await crawler.run(urls);
out.end();
