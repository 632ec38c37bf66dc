#include "crawl/writer/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "crawl/base/nearest_name.h"
#include "writer/field_id.h"

namespace crawl {
namespace {

constexpr std::size_t kFieldCount = static_cast<std::size_t>(FieldId::kCount);

constexpr std::array<FieldInfo, kFieldCount> kFields = {{
    {"url", "the URL asked for, normalised; null if the line is no URL", true},
    {"input", "the input line as given, a password in it as ***", true},
    {"final_url", "the URL that answered, after redirects", true},
    {"status_code", "HTTP status of the last response; null without one", true},
    {"ok", "true if the final status is under 400", true},
    {"error", "null, or one word: http, invalid_url, dns, connect, timeout ...",
     true},
    {"error_message", "what went wrong, for people; null if nothing did", true},
    {"content_type", "the Content-Type header", true},
    {"charset", "the page's encoding, by its name in the Encoding Standard",
     true},
    {"title", "text of the page's title element", true},
    {"description", "the page's meta description", true},
    {"canonical", "the page's canonical link, resolved", true},
    {"lang", "the html element's lang, as written", true},
    {"link_count",
     "http(s) links of a and area, repeats counted; null if not "
     "HTML",
     true},
    {"size_download", "body bytes as transferred", true},
    {"size_body", "body bytes after content decoding", true},
    {"truncated", "true if the size limit cut the body", true},
    {"redirects", "array of {url, status_code, location}, in order", true},
    {"http_version", "\"1.0\", \"1.1\" or \"2\"", true},
    {"remote_ip", "address of the server that answered last", true},
    {"attempts", "requests made for the last URL, retries counted", true},
    {"timestamp", "when the last attempt began: RFC 3339, UTC, milliseconds",
     true},
    {"time_queue", "seconds from admitted to first begun", true},
    {"time_namelookup", "seconds until the name was resolved", true},
    {"time_connect", "seconds until the connection stood", true},
    {"time_appconnect", "seconds until the TLS handshake was done; 0 without",
     true},
    {"time_starttransfer", "seconds until the first byte came", true},
    {"time_total", "seconds until the last byte came", true},
    {"depth", "links between a seed and this page; 0 for a seed", true},
    {"parent", "URL of the page it was found on; null for a seed", true},
    {"worker", "number of the transfer loop that fetched it", true},
    {"content_length",
     "the Content-Length header, a number; by default with --head", false},
    {"links", "array of {url, element, attribute, rel, text}, in page order",
     false},
    {"headers", "response headers: {\"lower-case-name\": [value, ...], ...}",
     false},
    {"body", "the body as text; bytes that are none become U+FFFD", false},
    {"body_digest", "128-bit XXH3 of the decoded body, in hexadecimal", false},
    {"parser", "what read the page: scanner or tree", false},
    {"duplicate_of", "the first URL that had the very same body", false},
    {"extracted",
     "what --extract found: {NAME: [value, ...], ...}; a column each in CSV",
     false},
    {"extract_error",
     "why some of extracted, text and the like is missing; null if nothing is",
     false},
    {"headings", "array of {level, text, id}, in page order", false},
    {"meta", "array of {attribute, name, content} of meta elements", false},
    {"alternates", "array of {url, hreflang, type, title}: link rel=alternate",
     false},
    {"json_ld", "array of what scripts of type application/ld+json hold",
     false},
    {"json_ld_broken",
     "how many such scripts hold no JSON, or some nested over 100 deep", false},
    {"warc_file", "the archive that it was read from", false},
    {"warc_offset", "where in that its record begins: bytes", false},
    {"file", "where below --save's folder its body is", false},
    {"text", "the page's readable text, of its main content (--content)",
     false},
    {"markdown", "the same as Markdown, with links, tables and code", false},
    {"word_count", "words of that text", false},
    {"text_digest", "128-bit XXH3 of the main text, white space apart", false},
    {"published", "when the page says it was published, as it writes it",
     false},
    {"modified", "when it says it was changed", false},
    {"author", "by whom the page says it is", false},
    {"audit", "array of names of what is worth a look; null if not fetched",
     false},
}};

// A name forgotten above would shift every field after it.
static_assert(!kFields.back().name.empty());

std::optional<std::size_t> find_field(std::string_view name) {
  for (std::size_t id = 0; id < kFields.size(); ++id) {
    if (kFields[id].name == name) return id;
  }
  return std::nullopt;
}

std::string unknown_field(std::string_view name) {
  std::array<std::string_view, kFieldCount> names;
  for (std::size_t id = 0; id < kFields.size(); ++id) {
    names[id] = kFields[id].name;
  }
  const auto nearest = nearest_name(name, names);
  return fmt::format(
      "unknown field '{}'{}; --list-fields shows them all", name,
      nearest ? fmt::format(", did you mean '{}'?", *nearest) : std::string());
}

}  // namespace

std::span<const FieldInfo> all_fields() { return kFields; }

std::vector<std::size_t> default_fields(bool head, bool archive) {
  std::vector<std::size_t> fields;
  for (std::size_t id = 0; id < kFields.size(); ++id) {
    if (kFields[id].by_default ||
        (head && id == static_cast<std::size_t>(FieldId::kContentLength)) ||
        (archive && (id == static_cast<std::size_t>(FieldId::kWarcFile) ||
                     id == static_cast<std::size_t>(FieldId::kWarcOffset)))) {
      fields.push_back(id);
    }
  }
  return fields;
}

bool has_field(std::span<const std::size_t> fields, std::string_view name) {
  const auto id = find_field(name);
  return id && std::find(fields.begin(), fields.end(), *id) != fields.end();
}

Result<std::vector<std::size_t>> parse_field_list(
    std::string_view list, std::vector<std::size_t> usual) {
  std::vector<std::size_t> chosen;
  std::vector<std::size_t> fields = std::move(usual);
  bool signed_names = false;
  bool plain_names = false;
  for (bool more = true; more;) {
    const std::size_t comma = list.find(',');
    std::string_view name = trim(list.substr(0, comma));
    more = comma != std::string_view::npos;
    if (more) list.remove_prefix(comma + 1);

    const bool adds = name.starts_with('+');
    const bool takes = name.starts_with('-');
    if (adds || takes) name.remove_prefix(1);
    (adds || takes ? signed_names : plain_names) = true;
    if (name.empty()) {
      return make_error(
          "a field name is missing: write for example url,title or +links");
    }
    const auto id = find_field(name);
    if (!id) return make_error(unknown_field(name));
    if (std::find(chosen.begin(), chosen.end(), *id) != chosen.end()) {
      return make_error(fmt::format("field '{}' is named twice", name));
    }
    chosen.push_back(*id);
    const auto at = std::find(fields.begin(), fields.end(), *id);
    if (takes && at != fields.end()) fields.erase(at);
    if (adds && at == fields.end()) fields.push_back(*id);
  }
  if (signed_names && plain_names) {
    return make_error(
        "name all fields (url,title) or change the usual ones "
        "(+links,-parent), not both");
  }
  if (plain_names) return chosen;
  if (fields.empty()) return make_error("no field is left to write");
  return fields;
}

}  // namespace crawl
