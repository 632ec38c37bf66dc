#include "crawl/base/url.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/idna.h"

namespace crawl {
namespace {

using Json = nlohmann::json;

Json read_json(const std::string& name) {
  std::ifstream file(std::string(CRAWL_DATA_DIR) + "/urls/" + name);
  return Json::parse(file);
}

// The input in a heap block of exactly its size, so that the address sanitizer
// sees every read past it.
class Exact {
 public:
  explicit Exact(std::string_view text)
      : bytes_(new char[text.size()]), size_(text.size()) {
    std::copy(text.begin(), text.end(), bytes_.get());
  }
  operator std::string_view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

std::optional<Url> parse(std::string_view input) {
  return Url::parse(Exact(input));
}

Url must_parse(std::string_view input) {
  auto url = parse(input);
  EXPECT_TRUE(url.has_value()) << input;
  return url.has_value() ? *url : *Url::parse("http://failed.invalid/");
}

// resolve() and resolve_append() must agree on every input.
std::optional<Url> resolve(const Url& base, std::string_view reference) {
  const Exact exact(reference);
  auto url = base.resolve(exact);
  std::string out = "before ";
  const bool appended = base.resolve_append(exact, out);
  EXPECT_EQ(appended, url.has_value()) << reference;
  EXPECT_EQ(out, "before " + std::string(url ? url->href() : ""));
  return url;
}

std::string href(std::string_view input) {
  const auto url = parse(input);
  return url ? std::string(url->href()) : "failure";
}

std::string resolved(std::string_view base, std::string_view reference) {
  const auto url = resolve(must_parse(base), reference);
  return url ? std::string(url->href()) : "failure";
}

std::string text(const Json& test, const char* key) {
  return test.at(key).get<std::string>();
}

void expect_parts(const Url& url, const Json& test) {
  EXPECT_EQ(url.href(), text(test, "href"));
  EXPECT_EQ(std::string(url.scheme()) + ":", text(test, "protocol"));
  EXPECT_EQ(url.username(), text(test, "username"));
  EXPECT_EQ(url.password(), text(test, "password"));
  EXPECT_EQ(url.hostname(), text(test, "hostname"));
  EXPECT_EQ(url.port(), text(test, "port"));
  const std::string port = url.port().empty() ? "" : ":";
  EXPECT_EQ(std::string(url.hostname()) + port + std::string(url.port()),
            text(test, "host"));
  EXPECT_EQ(url.pathname(), text(test, "pathname"));
  EXPECT_EQ(url.search(), text(test, "search"));
  EXPECT_EQ(url.hash(), text(test, "hash"));
}

// Parsing what was serialised changes nothing, and finds the same components.
void expect_stable(const Url& url) {
  const auto again = parse(url.href());
  ASSERT_TRUE(again.has_value()) << url.href();
  EXPECT_EQ(*again, url);
  EXPECT_EQ(again->scheme(), url.scheme());
  EXPECT_EQ(again->username(), url.username());
  EXPECT_EQ(again->password(), url.password());
  EXPECT_EQ(again->hostname(), url.hostname());
  EXPECT_EQ(again->port(), url.port());
  EXPECT_EQ(again->effective_port(), url.effective_port());
  EXPECT_EQ(again->pathname(), url.pathname());
  EXPECT_EQ(again->search(), url.search());
  EXPECT_EQ(again->hash(), url.hash());
}

TEST(Url, WebPlatformTests_UrlTestData) {
  int passed = 0;
  int total = 0;
  for (const Json& test : read_json("urltestdata.json")) {
    if (!test.is_object()) continue;
    ++total;
    const std::string input = text(test, "input");
    SCOPED_TRACE(test.dump());
    std::optional<Url> url;
    if (test.at("base").is_null()) {
      url = parse(input);
    } else {
      const auto base = parse(text(test, "base"));
      if (base) url = resolve(*base, input);
    }
    if (test.contains("failure")) {
      EXPECT_FALSE(url.has_value()) << url->href();
      // Failing without a base, it may name something against one ("http:x"
      // against one of its own scheme).
      if (test.at("base").is_null()) {
        const std::string relative_to = test.value("relativeTo", "");
        const std::string scheme =
            input.starts_with("https:") ? "https" : "http";
        EXPECT_EQ(resolved(scheme + "://example.org/a", input) != "failure",
                  !relative_to.empty());
        EXPECT_EQ(resolved("about:blank", input) != "failure",
                  relative_to == "any-base");
      }
    } else {
      ASSERT_TRUE(url.has_value());
      expect_parts(*url, test);
      expect_stable(*url);
    }
    if (!HasFailure()) ++passed;
  }
  EXPECT_EQ(passed, total);
  EXPECT_EQ(total, 891);
  RecordProperty("passed", passed);
}

TEST(Url, WebPlatformTests_ToAscii) {
  // What libidn2 cannot do, by input: hyphens at the ends of a non-ASCII label
  // or at its third and fourth place, and labels that DNS could not hold.
  const std::set<std::string> exempt = {
      "a\u2020--",
      "-\u2020",
      "x01234567890123456789012345678901234567890123456789012345678901\u2020",
  };
  int total = 0;
  for (const Json& test : read_json("toascii.json")) {
    if (!test.is_object()) continue;
    ++total;
    const std::string input = text(test, "input");
    SCOPED_TRACE(test.dump());
    const auto url = parse("https://" + input + "/x");
    if (exempt.count(input) != 0) {
      EXPECT_FALSE(url.has_value()) << "passes now: no longer exempt";
    } else if (test.at("output").is_null()) {
      EXPECT_FALSE(url.has_value()) << url->href();
    } else {
      ASSERT_TRUE(url.has_value());
      EXPECT_EQ(url->hostname(), text(test, "output"));
    }
  }
  EXPECT_GT(total, 80);
}

TEST(Url, Rfc3986_5_4_Examples) {
  int total = 0;
  for (const Json& test : read_json("rfc3986_5_4.json")) {
    ++total;
    EXPECT_EQ(resolved(text(test, "base"), text(test, "ref")),
              text(test, "whatwg"))
        << test.dump();
  }
  EXPECT_GT(total, 40);
}

TEST(Url, ParsesWhatIsAbsoluteOnly) {
  EXPECT_EQ(href("HTTP://Example.ORG"), "http://example.org/");
  EXPECT_EQ(href("  https://example.org/a b\n"), "https://example.org/a%20b");
  EXPECT_EQ(href("example.org/a"), "failure");
  EXPECT_EQ(href("//example.org/a"), "failure");
  EXPECT_EQ(href("/a"), "failure");
  EXPECT_EQ(href("?q"), "failure");
  EXPECT_EQ(href("#f"), "failure");
  EXPECT_EQ(href(""), "failure");
  EXPECT_EQ(href("http://"), "failure");
  EXPECT_EQ(href("http:"), "failure");
}

TEST(Url, ComponentsOfAFullUrl) {
  const Url url = must_parse("https://u:p@example.org:8443/a/b?q=1#top");
  EXPECT_EQ(url.scheme(), "https");
  EXPECT_EQ(url.username(), "u");
  EXPECT_EQ(url.password(), "p");
  EXPECT_EQ(url.hostname(), "example.org");
  EXPECT_EQ(url.port(), "8443");
  EXPECT_EQ(url.effective_port(), 8443);
  EXPECT_EQ(url.pathname(), "/a/b");
  EXPECT_EQ(url.search(), "?q=1");
  EXPECT_EQ(url.hash(), "#top");
  EXPECT_EQ(url.path_and_query(), "/a/b?q=1");
  EXPECT_TRUE(url.is_http());
  EXPECT_TRUE(url.has_credentials());
}

TEST(Url, EmptyQueryStaysInTheRequestButNotInSearch) {
  const Url url = must_parse("http://h/p?#");
  EXPECT_EQ(url.href(), "http://h/p?#");
  EXPECT_EQ(url.search(), "");
  EXPECT_EQ(url.hash(), "");
  EXPECT_EQ(url.path_and_query(), "/p?");
  EXPECT_EQ(url.without_fragment().href(), "http://h/p?");
}

TEST(Url, CredentialsWithOnlyOneHalf) {
  EXPECT_EQ(must_parse("http://u@h/").username(), "u");
  EXPECT_EQ(must_parse("http://u@h/").password(), "");
  EXPECT_EQ(must_parse("http://:p@h/").username(), "");
  EXPECT_EQ(must_parse("http://:p@h/").password(), "p");
  EXPECT_EQ(href("http://:@h/"), "http://h/");
  EXPECT_EQ(href("http://@h/"), "http://h/");
  EXPECT_FALSE(must_parse("http://:@h/").has_credentials());
}

TEST(Url, OtherSchemesAreRecognised) {
  for (const std::string_view input :
       {"mailto:a@b", "javascript:void(0)", "data:text/html,<p>", "ftp://h/",
        "ws://h/", "file:///etc/passwd", "tel:1"}) {
    const Url url = must_parse(input);
    EXPECT_FALSE(url.is_http()) << input;
    EXPECT_EQ(url.scheme(), input.substr(0, input.find(':')));
    EXPECT_FALSE(url.has_credentials());
    expect_stable(url);
  }
  EXPECT_EQ(must_parse("mailto:a@b").effective_port(), 0);
  EXPECT_EQ(must_parse("ftp://h/").effective_port(), 21);
  EXPECT_EQ(must_parse("wss://h/").effective_port(), 443);
  EXPECT_EQ(must_parse("mailto:a@b").username(), "");
  EXPECT_EQ(must_parse("mailto:a@b").hostname(), "");
}

TEST(Url, HostKeyAlwaysNamesThePort) {
  EXPECT_EQ(must_parse("http://EXAMPLE.org/a").host_key(),
            "http://example.org:80");
  EXPECT_EQ(must_parse("https://u:p@example.org/a").host_key(),
            "https://example.org:443");
  EXPECT_EQ(must_parse("https://example.org:80/").host_key(),
            "https://example.org:80");
  EXPECT_EQ(must_parse("http://[::1]:8080/").host_key(), "http://[::1]:8080");
}

TEST(Url, RegistrableDomainFollowsThePublicSuffixList) {
  const auto domain = [](std::string_view host) {
    return must_parse("http://" + std::string(host) + "/").registrable_domain();
  };
  EXPECT_EQ(domain("www.example.co.uk"), "example.co.uk");
  EXPECT_EQ(domain("example.co.uk"), "example.co.uk");
  EXPECT_EQ(domain("co.uk"), "co.uk");
  EXPECT_EQ(domain("a.b.example.com"), "example.com");
  EXPECT_EQ(domain("someone.github.io"), "someone.github.io");
  EXPECT_EQ(domain("a.someone.github.io"), "someone.github.io");
  EXPECT_EQ(domain("www.食狮.中国"), "xn--85x722f.xn--fiqs8s");
  EXPECT_EQ(domain("localhost"), "localhost");
  EXPECT_EQ(domain("a.b.no-such-suffix"), "b.no-such-suffix");
  EXPECT_EQ(domain("192.168.0.1"), "192.168.0.1");
  EXPECT_EQ(domain("[2001:db8::1]"), "[2001:db8::1]");
  EXPECT_EQ(domain("www.example.com."), "example.com.");
  EXPECT_EQ(must_parse("mailto:a@example.org").registrable_domain(), "");
}

TEST(Url, RegistrableDomainMayBeAskedByManyThreadsAtOnce) {
  const Url url = must_parse("http://www.example.co.uk/");
  std::vector<std::string> answers(8);
  std::vector<std::thread> threads;
  for (std::string& answer : answers) {
    threads.emplace_back([&] { answer = url.registrable_domain(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : answers) EXPECT_EQ(answer, "example.co.uk");
}

TEST(Url, WithoutFragmentAndCredentials) {
  const Url url = must_parse("https://u:p@h:1/a?b#c");
  EXPECT_EQ(url.without_fragment().href(), "https://u:p@h:1/a?b");
  EXPECT_EQ(url.without_credentials().href(), "https://h:1/a?b#c");
  for (const std::string_view input :
       {"https://u:p@h:1/a?b#c", "http://u@h/?#", "http://:p@h/", "http://h/",
        "a://u:p@h", "a:b?c#d", "a:/.//b", "file:///a#b"}) {
    expect_stable(must_parse(input).without_fragment());
    expect_stable(must_parse(input).without_credentials());
    EXPECT_EQ(must_parse(input).without_fragment().hash(), "");
    EXPECT_FALSE(must_parse(input).without_credentials().has_credentials());
  }
}

TEST(Url, EqualityAndHashAreOfTheSerialisation) {
  const Url a = must_parse("http://h/a/../b");
  const Url b = must_parse("HTTP://H:80/b");
  EXPECT_EQ(a, b);
  EXPECT_FALSE(a == must_parse("http://h/b#"));
  const std::unordered_set<Url> set = {a, b, must_parse("http://h/c")};
  EXPECT_EQ(set.size(), 2U);
}

TEST(Url, ResolvesRealisticReferences) {
  const std::string base =
      "https://en.example.org/w/cpp/algorithm/find.html?x#y";
  EXPECT_EQ(resolved(base, "../header/algorithm.html"),
            "https://en.example.org/w/cpp/header/algorithm.html");
  EXPECT_EQ(resolved(base, "page.html?x=1#y"),
            "https://en.example.org/w/cpp/algorithm/page.html?x=1#y");
  EXPECT_EQ(resolved(base, "/w/index.html"),
            "https://en.example.org/w/index.html");
  EXPECT_EQ(resolved(base, "//cdn.example.org/a.js"),
            "https://cdn.example.org/a.js");
  EXPECT_EQ(resolved(base, "?q"),
            "https://en.example.org/w/cpp/algorithm/find.html?q");
  EXPECT_EQ(resolved(base, "#frag"),
            "https://en.example.org/w/cpp/algorithm/find.html?x#frag");
  EXPECT_EQ(resolved(base, ""),
            "https://en.example.org/w/cpp/algorithm/find.html?x");
  EXPECT_EQ(resolved(base, "..\\a\\.\\%2E%2e\\b"),
            "https://en.example.org/w/cpp/b");
  EXPECT_EQ(resolved(base, "mailto:a@b"), "mailto:a@b");
}

TEST(Url, ResolveAppendLeavesTheBufferAloneOnFailure) {
  const Url base = must_parse("http://h/a");
  std::string out = "kept";
  for (const std::string_view reference :
       {"http://", "//", "http://a b/", "//u:p@/", "//[1", "//h:99999/x"}) {
    EXPECT_FALSE(base.resolve_append(reference, out)) << reference;
    EXPECT_EQ(out, "kept");
  }
  EXPECT_TRUE(base.resolve_append("b", out));
  EXPECT_TRUE(base.resolve_append("/c", out));
  EXPECT_EQ(out, "kepthttp://h/bhttp://h/c");
}

TEST(Url, ResolvesAgainstAnOpaquePathOnlyAFragment) {
  EXPECT_EQ(resolved("mailto:a?b#c", "#d"), "mailto:a?b#d");
  EXPECT_EQ(resolved("mailto:a", "b"), "failure");
  EXPECT_EQ(resolved("mailto:a", ""), "failure");
}

TEST(Url, Hostile_InvalidUtf8BecomesU_FFFD) {
  EXPECT_EQ(href("http://h/\xFF?\xC3#\xE2\x82"),
            "http://h/%EF%BF%BD?%EF%BF%BD#%EF%BF%BD");
  EXPECT_EQ(href("http://h/\xED\xA0\x80"),
            "http://h/%EF%BF%BD%EF%BF%BD%EF%BF%BD");
  EXPECT_EQ(href("http://h/\xF0\x9F\x98z\xF0\x9F\x98\x80"),
            "http://h/%EF%BF%BDz%F0%9F%98%80");
  // Invalid before the newline goes, so invalid after.
  EXPECT_EQ(href("http://h/\xC3\n\xBC"), "http://h/%EF%BF%BD%EF%BF%BD");
  EXPECT_EQ(href("http://\xFF/"), "failure");
  EXPECT_EQ(href("http://%FF/"), "failure");
  EXPECT_EQ(href("a://\xFF/"), "a://%EF%BF%BD/");
}

TEST(Url, Hostile_NulsAreEncodedOrRefused) {
  const std::string nul(1, '\0');
  EXPECT_EQ(href("http://h/" + nul + "?" + nul + "#" + nul + "x"),
            "http://h/%00?%00#%00x");
  EXPECT_EQ(href("http://h" + nul + "/"), "failure");
  EXPECT_EQ(href("http://h%00/"), "failure");
  EXPECT_EQ(href("http://\u00fc" + nul + "/"), "failure");
  EXPECT_EQ(href(nul + "http://h/" + nul), "http://h/");
}

TEST(Url, Hostile_Ports) {
  EXPECT_EQ(href("http://h:65535/"), "http://h:65535/");
  EXPECT_EQ(href("http://h:65536/"), "failure");
  EXPECT_EQ(href("http://h:" + std::string(1000000, '9') + "/"), "failure");
  EXPECT_EQ(href("http://h:" + std::string(1000000, '0') + "81/"),
            "http://h:81/");
  EXPECT_EQ(href("http://h:/"), "http://h/");
  EXPECT_EQ(href("http://h:-1/"), "failure");
  EXPECT_EQ(href("http://h:0/"), "http://h:0/");
}

TEST(Url, Hostile_Ipv4Numbers) {
  EXPECT_EQ(href("http://0x" + std::string(1000000, 'f') + "/"), "failure");
  EXPECT_EQ(href("http://" + std::string(1000000, '0') + "1/"),
            "http://0.0.0.1/");
  EXPECT_EQ(href("http://4294967295/"), "http://255.255.255.255/");
  EXPECT_EQ(href("http://4294967296/"), "failure");
  EXPECT_EQ(href("http://1.2.3.4.5/"), "failure");
  EXPECT_EQ(href("http://1.2.3.4./"), "http://1.2.3.4/");
}

TEST(Url, Hostile_Ipv6) {
  EXPECT_EQ(href("http://[1:2:3:4:5:6:7::]/"), "http://[1:2:3:4:5:6:7:0]/");
  EXPECT_EQ(href("http://[::1:2:3:4:5:6:7:8]/"), "failure");
  EXPECT_EQ(href("http://[1:2:3:4:5:6:7:8::]/"), "failure");
  EXPECT_EQ(href("http://[::1.2.3.4]/"), "http://[::102:304]/");
  EXPECT_EQ(href("http://[" + std::string(1000000, ':') + "]/"), "failure");
  EXPECT_EQ(href("http://[::" + std::string(1000000, '0') + "]/"), "failure");
  EXPECT_EQ(href("http://[/"), "failure");
  EXPECT_EQ(href("http://[]/"), "failure");
  EXPECT_EQ(href("http://]/"), "failure");
}

// Whatever is not linear shows as a test that does not end.
TEST(Url, Hostile_LongInputsTakeLinearTime) {
  constexpr std::size_t kMany = 200000;
  const auto repeat = [](std::string_view piece, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += piece;
    return text;
  };
  const Url long_base = must_parse("http://h/" + repeat("a/", 1000000));
  for (const std::string_view piece :
       {"../",  "a/../", "./", "%2e%2e/", "/",  "\\",      "@",
        "u:p@", ":",     "?",  "#",       "%",  "\xC3",    "\u00e9",
        " ",    "\t",    "a",  ".",       "a.", "\u00fc.", "xn--a."}) {
    const std::string text = repeat(piece, kMany);
    for (const std::string_view prefix :
         {"", "/", "//", "http://", "http://h/", "file:///", "a:", "a://",
          "http://h/?", "http://h/#"}) {
      const auto url = resolve(long_base, std::string(prefix) + text);
      if (url) expect_stable(*url);
    }
  }
  EXPECT_EQ(resolved(long_base.href(), repeat("../", 3000000) + "x"),
            "http://h/x");
}

TEST(Url, Hostile_OverLongInputFailsCleanly) {
  // Address space that is never touched, so that it costs nothing.
  constexpr std::size_t kSize = std::size_t{5} << 30;
  void* const memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  const std::string_view input(static_cast<const char*>(memory), kSize);
  const Url base = must_parse("http://h/");
  std::string out = "kept";
  EXPECT_FALSE(Url::parse(input).has_value());
  EXPECT_FALSE(base.resolve(input).has_value());
  EXPECT_FALSE(base.resolve_append(input, out));
  EXPECT_EQ(out, "kept");
  munmap(memory, kSize);
}

TEST(Url, EmptyViewsAreFine) {
  EXPECT_FALSE(Url::parse(std::string_view()).has_value());
  EXPECT_EQ(must_parse("http://h/a?b#c").resolve(std::string_view())->href(),
            "http://h/a?b");
}

TEST(Idna, AsciiOnlyGetsLowerCase) {
  EXPECT_EQ(url::domain_to_ascii("ExAmple.COM"), "example.com");
  EXPECT_EQ(url::domain_to_ascii("r3---sn-a.example"), "r3---sn-a.example");
  EXPECT_EQ(url::domain_to_ascii("XN--A"), "xn--a");
}

TEST(Idna, SymbolsAreKept) {
  EXPECT_EQ(url::domain_to_ascii("i\u2764.ws"), "xn--i-7iq.ws");
  EXPECT_EQ(url::domain_to_ascii("\u2603.stra\u00DFe.de"),
            "xn--n3h.xn--strae-oqa.de");
}

TEST(Idna, AsciiPunctuationIsLeftToTheCaller) {
  EXPECT_EQ(url::domain_to_ascii("b\u00FC&c"), "xn--b&c-hoa");
  EXPECT_EQ(url::domain_to_ascii("_a.\u2603=b"), "_a.xn--=b-esx");
}

TEST(Idna, SeparatorsOfLabels) {
  EXPECT_EQ(url::domain_to_ascii("a\u3002b\uFF0Ec\uFF61d"), "a.b.c.d");
}

TEST(Idna, HostileLengthFailsCleanly) {
  std::string label;
  for (int i = 0; i < 300000; ++i) label += "\u00fc";
  EXPECT_EQ(url::domain_to_ascii(label), std::nullopt);
}

}  // namespace
}  // namespace crawl
