#include "support/synthetic_pages.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string_view>

namespace crawl::testing {
namespace {

constexpr std::array<std::string_view, 16> kWords = {
    "harbour", "lantern", "copper", "meadow",  "signal",  "archive",
    "granite", "willow",  "ledger", "compass", "orchard", "paper",
    "winter",  "bridge",  "market", "violet"};

// Words in no order, for pages to copy from.
std::string_view filler() {
  static const std::string kFiller = [] {
    std::string text;
    std::uint64_t seed = 1;
    while (text.size() < 64 * 1024) {
      seed = seed * 6364136223846793005U + 1442695040888963407U;
      text += kWords[(seed >> 33U) % kWords.size()];
      text += ' ';
    }
    return text;
  }();
  return kFiller;
}

// The number in "/p/<number>.html", 0 if there is none.
std::size_t page_number(std::string_view path) {
  constexpr std::string_view kPrefix = "/p/";
  if (!path.starts_with(kPrefix) || !path.ends_with(".html")) return 0;
  path.remove_prefix(kPrefix.size());
  std::size_t number = 0;
  const auto [rest, error] =
      std::from_chars(path.data(), path.data() + path.size(), number);
  const bool whole =
      error == std::errc() && rest == path.data() + path.size() - 5;
  return whole ? number : 0;
}

}  // namespace

std::string synthetic_page(const SyntheticPages& pages, std::size_t number) {
  const std::string title =
      "Page " + std::to_string(number) + " of " + std::to_string(pages.count);
  std::string page;
  page.reserve(pages.page_size + 64);
  page += "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">";
  page += "<title>" + title + "</title></head>\n<body><h1>" + title + "</h1>\n";

  // A tree in which page n leads to 10n-8 .. 10n+1, so that a breadth-first
  // crawl meets all of them; its leaves lead back.
  page += "<nav>";
  for (std::size_t k = 0; k < 10 && k < pages.count; ++k) {
    std::size_t other = 10 * number - 8 + k;
    if (other > pages.count) other = (number + k) % pages.count + 1;
    page += "<a href=\"/p/" + std::to_string(other) + ".html\">" +
            std::to_string(other) + "</a> ";
  }
  page += "</nav>\n<p>";

  constexpr std::string_view kEnd = "</p></body></html>\n";
  const std::string_view prose = filler();
  std::size_t from = number * 97 % prose.size();
  while (page.size() + kEnd.size() < pages.page_size) {
    const std::size_t room = pages.page_size - kEnd.size() - page.size();
    page += prose.substr(from, room);
    from = 0;
  }
  page += kEnd;
  return page;
}

void serve_synthetic_pages(LoopbackSite& site, SyntheticPages pages) {
  site.serve("/p/*", [pages](const HttpRequest& request) {
    const std::size_t number = page_number(request.path);
    if (number == 0 || number > pages.count) {
      return Reply::html("<title>404 Not Found</title>", 404);
    }
    return Reply::html(synthetic_page(pages, number));
  });
  // Sent in portions: a list of millions is never in memory as a whole.
  site.serve("/urls.txt", [pages](const HttpRequest& request) {
    Reply reply;
    reply.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Connection: close\r\n\r\n");
    reply.generate([pages, prefix = "http://" + request.host + "/p/",
                    next = std::size_t{1}](std::string& out) mutable {
      const std::size_t end = std::min(next + 1000, pages.count + 1);
      for (; next < end; ++next) {
        out += prefix + std::to_string(next) + ".html\n";
      }
      return next <= pages.count;
    });
    return reply.close();
  });
}

}  // namespace crawl::testing
