// Any bytes: the reader ends, keeps its limits, and says the same of a file and
// of the same file gzipped; a reference means the same after a fault as before
// it; XmlRepair makes the same of a document in pieces, and of what it has
// repaired nothing else.

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crawl/parse/sitemap.h"
#include "parse/sitemap/xml_repair.h"

namespace {

std::string gzip(std::string_view data) {
  z_stream stream{};
  if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    std::abort();
  }
  std::string out(deflateBound(&stream, data.size()) + 64, '\0');
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void check(bool condition) {
  if (!condition) std::abort();
}

void check_same(const std::vector<crawl::SitemapEntry>& a,
                const std::vector<crawl::SitemapEntry>& b) {
  check(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    check(a[i].url == b[i].url && a[i].lastmod == b[i].lastmod);
    check(a[i].url.is_http());
  }
}

// Whatever text stands between two locations, both are read right.
void check_references(std::string_view text, const crawl::Url& base) {
  const std::string entry = "<url><loc>https://h/?a&amp;b</loc></url>";
  std::string body = "<urlset>" + entry + "<x y='";
  for (const char c : text) body += c == '\'' ? '"' : c;
  body += "'>";
  body += text;
  const crawl::Sitemap sitemap =
      crawl::read_sitemap(body + "</x>" + entry + "</urlset>", base, {});
  check(sitemap.pages.size() == 2);
  for (const crawl::SitemapEntry& page : sitemap.pages) {
    check(page.url.href() == "https://h/?a&b");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  static const crawl::Url base = *crawl::Url::parse("https://h/sitemap.xml");
  crawl::SitemapOptions options;
  options.max_urls = 20;
  options.max_bytes = 4000;

  const crawl::Sitemap plain = crawl::read_sitemap(input, base, options);
  check(plain.pages.size() + plain.sitemaps.size() <= options.max_urls);
  for (const char c : plain.problem) check(c >= ' ' && c < '\x7f');

  if (!input.starts_with("\x1f\x8b")) {
    const crawl::Sitemap zipped =
        crawl::read_sitemap(gzip(input), base, options);
    check(zipped.format == plain.format && zipped.invalid == plain.invalid);
    check(zipped.truncated == plain.truncated);
    check(zipped.problem == plain.problem);
    check_same(zipped.pages, plain.pages);
    check_same(zipped.sitemaps, plain.sitemaps);
  }
  check_references(input.substr(0, std::min(input.find('<'), size)), base);

  // Where a document is cut into pieces makes no difference.
  crawl::XmlRepair whole, parts;
  std::string once, twice;
  whole.feed(input, once);
  for (std::size_t i = 0; i < size; i += 7)
    parts.feed(input.substr(i, 7), twice);
  check(once == twice && whole.trouble() == parts.trouble());
  check(whole.closed() == parts.closed());

  // What is repaired needs no repair, and has no reference but numbers.
  crawl::XmlRepair again;
  std::string thrice;
  again.feed(once, thrice);
  check(std::string_view(once).starts_with(thrice));
  check(again.repaired_after() == std::string::npos);
  return 0;
}
