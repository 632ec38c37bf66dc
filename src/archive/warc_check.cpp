#include "crawl/archive/warc_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "archive/byte_source.h"
#include "archive/named_digest.h"
#include "archive/passed_over.h"
#include "archive/unpacked_bytes.h"
#include "archive/warc_record.h"
#include "base/ascii.h"
#include "crawl/base/fingerprint.h"
#include "crawl/base/ip_address.h"
#include "frontier/fingerprint_set.h"

namespace crawl {
namespace {

constexpr std::size_t kMostHead = std::size_t{1} << 20U;
constexpr std::size_t kMostMessageHead = std::size_t{1} << 20U;

// What section 5 of the standard has of fields, by the types of record.
struct TypeRule {
  std::string_view type;
  std::string_view must;      // between spaces, in lower case
  std::string_view must_not;  // besides
};
constexpr std::array<TypeRule, 8> kTypes = {{
    {"warcinfo", " ",
     " warc-target-uri warc-concurrent-to warc-ip-address warc-warcinfo-id "
     "warc-payload-digest warc-refers-to warc-profile "},
    {"response", " warc-target-uri ",
     " warc-filename warc-refers-to warc-profile "},
    {"resource", " warc-target-uri ",
     " warc-filename warc-refers-to warc-profile "},
    {"request", " warc-target-uri ",
     " warc-filename warc-refers-to warc-profile "},
    {"metadata", " ", " warc-filename warc-payload-digest warc-profile "},
    {"revisit", " warc-target-uri warc-profile ", " warc-filename "},
    {"conversion", " warc-target-uri ",
     " warc-filename warc-concurrent-to warc-ip-address warc-profile "},
    {"continuation",
     " warc-target-uri warc-segment-number warc-segment-origin-id ",
     " warc-filename warc-concurrent-to warc-ip-address warc-profile "},
}};

bool names(std::string_view list, std::string_view name) {
  return list.find(fmt::format(" {} ", name)) != std::string_view::npos;
}

struct Fields {
  std::vector<std::pair<std::string, std::string>> all;  // names in lower case

  std::size_t count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(),
                      [&](const auto& field) { return field.first == name; }));
  }
  std::string get(std::string_view name) const {
    for (const auto& [known, value] : all) {
      if (known == name) return value;
    }
    return {};
  }
};

bool is_record_id(std::string_view text) {
  return text.size() > 2 && text.front() == '<' && text.back() == '>' &&
         text.find(':') != std::string_view::npos;
}

// A scheme, and nothing but the characters that URIs have (RFC 3986), or that
// the URL Standard leaves as they are, since those are what was asked for.
// WARC/1.0 has it in <>, though most write it without.
bool is_target_uri(std::string_view text, std::string_view version) {
  if (version == "WARC/1.0" && text.size() > 1 && text.front() == '<' &&
      text.back() == '>') {
    text = text.substr(1, text.size() - 2);
  }
  return !scheme_in(text).empty() &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c > ' ' && c < '\x7f' &&
                  std::string_view("\"<>").find(c) == std::string_view::npos;
         });
}

class Checker {
 public:
  Checker(std::unique_ptr<ByteSource> source,
          const std::function<void(std::uint64_t, std::string_view)>& tell)
      : bytes_(std::move(source)), tell_(tell) {}

  WarcCheck run() {
    while (bytes_.need(1)) {
      tell_damage();
      record();
    }
    tell_damage();
    if (!bytes_.fault().empty()) {
      offset_ = bytes_.offset_of(bytes_.position());
      fault(bytes_.fault());
    }
    if (counts_.records == 0 && counts_.faults == 0) {
      fault("there is no record in it");
    }
    return counts_;
  }

 private:
  void fault(std::string_view what) {
    ++counts_.faults;
    tell_(offset_, what);
  }

  void record() {
    const std::uint64_t begin = bytes_.position();
    offset_ = bytes_.offset_of(begin);
    whole_member_ =
        bytes_.marks().empty() || bytes_.marks().front().at == begin;
    const std::optional<std::string> head = take_head();
    if (!head) return pass_to_next();
    ++counts_.records;
    const Fields fields = read_fields(*head);
    const std::optional<std::uint64_t> length =
        check_fields(fields, std::string_view(*head).substr(0, 8));
    if (!length) {
      fault("its Content-Length is no length");
      return pass_to_next();
    }
    if (check_block(fields, *length, begin)) check_end(begin);
  }

  void tell_damage() {
    while (bytes_.damaged_before(bytes_.position() + 1)) {
      offset_ = bytes_.take_damage().offset;
      fault(Unpacker::kDamaged);
    }
  }

  // Nothing if no record begins here, which has been said.
  std::optional<std::string> take_head() {
    bytes_.need(10);
    if (!bytes_.here().starts_with("WARC/1.0\r\n") &&
        !bytes_.here().starts_with("WARC/1.1\r\n")) {
      fault("no record of WARC/1.0 or WARC/1.1 begins here");
      bytes_.drop(1);
      return std::nullopt;
    }
    std::size_t end = std::string_view::npos;
    while ((end = bytes_.here().find("\r\n\r\n")) == std::string_view::npos &&
           bytes_.here().size() < kMostHead && bytes_.get_more()) {
    }
    const std::uint64_t head_end =
        bytes_.position() + std::min(end, bytes_.here().size());
    if (bytes_.damaged_before(head_end)) {
      bytes_.drop(
          static_cast<std::size_t>(bytes_.damage()->at - bytes_.position()));
      return std::nullopt;
    }
    if (end == std::string_view::npos) {
      fault("its head does not end");
      bytes_.drop(1);
      return std::nullopt;
    }
    std::string head(bytes_.here().substr(0, end + 2));
    bytes_.drop(end + 4);
    return head;
  }

  Fields read_fields(std::string_view head) {
    Fields fields;
    for (bool version = true; !head.empty(); version = false) {
      const std::size_t end = head.find("\r\n");
      const std::string_view line = head.substr(0, end);
      head.remove_prefix(end + 2);
      if (version) continue;
      if (line.starts_with(' ') || line.starts_with('\t')) {
        if (!fields.all.empty()) fields.all.back().second.append(line);
        continue;
      }
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        fault("a line of its head is no field");
        continue;
      }
      fields.all.emplace_back(lower_case(std::string(line.substr(0, colon))),
                              trim(line.substr(colon + 1), " \t"));
    }
    return fields;
  }

  // Says what is wrong; the length, if it is one.
  std::optional<std::uint64_t> check_fields(const Fields& fields,
                                            std::string_view version) {
    for (const std::string_view name :
         {"warc-type", "warc-record-id", "warc-date", "content-length"}) {
      if (fields.count(name) == 0) fault(fmt::format("it has no {}", name));
    }
    for (const auto& [name, value] : fields.all) {
      // Those that may be there several times; what is not the standard's own
      // may, too.
      if (name == "warc-concurrent-to" || name == "warc-protocol" ||
          (!name.starts_with("warc-") && !name.starts_with("content-"))) {
        continue;
      }
      if (fields.count(name) > 1 && &value == first_of(fields, name)) {
        fault(fmt::format("it has {} more than once", name));
      }
    }
    const std::string type = fields.get("warc-type");
    const auto* const rule =
        std::find_if(kTypes.begin(), kTypes.end(),
                     [&](const TypeRule& each) { return each.type == type; });
    if (rule != kTypes.end()) {
      for (const auto& [name, value] : fields.all) {
        if (names(rule->must_not, name) && &value == first_of(fields, name)) {
          fault(fmt::format("a {} may not have {}", type, name));
        }
      }
      for (std::string_view must = rule->must; must.size() > 1;) {
        must.remove_prefix(1);
        const std::size_t end = must.find(' ');
        const std::string_view name = must.substr(0, end);
        if (fields.count(name) == 0) {
          fault(fmt::format("a {} must have {}", type, name));
        }
        must.remove_prefix(end);
      }
    }
    if (const std::string id = fields.get("warc-record-id");
        !id.empty() && !is_record_id(id)) {
      fault("its WARC-Record-ID is no URI in <>");
    } else if (!id.empty() && !ids_.insert(fingerprint(id).low)) {
      fault("its WARC-Record-ID is that of another record");
    }
    if (const std::string ip = fields.get("warc-ip-address");
        fields.count("warc-ip-address") > 0 && !IpAddress::parse(ip)) {
      fault("its WARC-IP-Address is no address");
    }
    for (const auto& [name, value] : fields.all) {
      if (name == "warc-target-uri" && !is_target_uri(value, version)) {
        fault("its WARC-Target-URI is no URI");
      }
    }
    if (const std::string date = fields.get("warc-date");
        !date.empty() &&
        (date.size() < 4 || !date.ends_with('Z') || !parse_warc_date(date))) {
      fault("its WARC-Date is no date");
    }
    const std::string text = fields.get("content-length");
    std::uint64_t length = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), length);
    if (text.empty() || error != std::errc() ||
        end != text.data() + text.size() || length > std::uint64_t{1} << 60U) {
      return std::nullopt;
    }
    if (length > 0 && fields.count("content-type") == 0 &&
        type != "continuation") {
      fault("it has no content-type");
    }
    return length;
  }

  static const std::string* first_of(const Fields& fields,
                                     std::string_view name) {
    for (const auto& [known, value] : fields.all) {
      if (known == name) return &value;
    }
    return nullptr;
  }

  // A member that begins inside the record is told of once, at its end.
  void note_members(std::uint64_t begin) {
    for (const Unpacker::Mark& mark : bytes_.marks()) {
      if (mark.at > begin && mark.at < bytes_.position()) whole_member_ = false;
    }
    bytes_.forget_marks();
  }

  // False if it ends too early.
  bool check_block(const Fields& fields, std::uint64_t length,
                   std::uint64_t begin) {
    const std::string type = fields.get("warc-type");
    const bool message = starts_with_ignoring_case(fields.get("content-type"),
                                                   "application/http") &&
                         (type == "response" || type == "request");
    const std::string block_digest = fields.get("warc-block-digest");
    const std::string payload_digest = fields.get("warc-payload-digest");
    block_.begin(block_digest);
    payload_.begin(payload_digest);
    std::string head;
    bool in_head = message;
    std::uint64_t left = length;
    while (left > 0) {
      bytes_.need(1);
      std::uint64_t size = std::min<std::uint64_t>(left, bytes_.here().size());
      if (bytes_.damaged_before(bytes_.position() + size)) {
        size = bytes_.damage()->at - bytes_.position();
      }
      if (size == 0) {
        fault(fmt::format("it ends {} bytes before its Content-Length", left));
        return false;
      }
      const std::string_view part =
          bytes_.here().substr(0, static_cast<std::size_t>(size));
      block_.update(part);
      std::string_view payload = part;
      if (in_head) {
        const std::size_t before = head.size();
        head.append(part);
        const std::size_t end = head.find("\r\n\r\n");
        if (end == std::string::npos) {
          payload = {};
          if (head.size() > kMostMessageHead) in_head = false;
        } else {
          payload.remove_prefix(end + 4 - before);
          head.resize(end);
          in_head = false;
        }
      }
      payload_.update(payload);
      left -= part.size();
      bytes_.drop(part.size());
      note_members(begin);
    }
    compare(block_digest, block_, "block");
    const bool chunked =
        lower_case(head).find("\r\ntransfer-encoding:") != std::string::npos;
    const bool at_hand =
        (message && !chunked) || type == "resource" || type == "conversion";
    if (at_hand && fields.count("warc-segment-number") == 0) {
      compare(payload_digest, payload_, "payload");
    }
    return true;
  }

  void compare(const std::string& said, NamedDigest& digest,
               std::string_view what) {
    const std::optional<std::string> found = digest.end();
    if (!said.empty() && said.find(':') == std::string::npos) {
      fault(fmt::format("its {} digest names no kind", what));
    }
    if (!found) return;
    ++counts_.digests;
    if (found->empty()) return;
    fault(fmt::format("its {} digest is {}, but that of the {} is {}", what,
                      said, what, *found));
  }

  // Two line ends, and of what is packed the member's end.
  void check_end(std::uint64_t begin) {
    bytes_.need(5);
    if (!bytes_.here().starts_with("\r\n\r\n")) {
      fault(bytes_.here().size() < 4
                ? "it does not end with two line ends"
                : "its Content-Length is not that of its block: no line ends "
                  "come behind it");
      return pass_to_next();
    }
    bytes_.drop(4);
    if (!bytes_.is_packed()) return;
    const std::uint64_t end = bytes_.position();
    bool ends = bytes_.here().empty();
    for (const Unpacker::Mark& mark : bytes_.marks()) {
      ends = ends || mark.at == end;
      if (mark.at > begin && mark.at < end) whole_member_ = false;
    }
    if (!whole_member_ || !ends) {
      fault("it is not one member of its own");
    }
  }

  void pass_to_next() {
    while (true) {
      const std::size_t at = bytes_.here().find("WARC/1.");
      if (at != std::string_view::npos) return bytes_.drop(at);
      const std::size_t size = bytes_.here().size();
      bytes_.drop(size - std::min<std::size_t>(size, 6));
      bytes_.forget_marks();
      if (!bytes_.fill()) return bytes_.drop(bytes_.here().size());
    }
  }

  UnpackedBytes bytes_;
  const std::function<void(std::uint64_t, std::string_view)>& tell_;
  std::uint64_t offset_ = 0;
  bool whole_member_ = false;  // none begins inside the record so far
  WarcCheck counts_;
  NamedDigest block_, payload_;
  FingerprintSet ids_;
};

}  // namespace

Result<WarcCheck> check_warc(
    const std::string& file,
    const std::function<void(std::uint64_t, std::string_view)>& tell) {
  Result<std::unique_ptr<ByteSource>> source = open_bytes(file);
  if (!source) return tl::unexpected(source.error());
  return Checker(*std::move(source), tell).run();
}

}  // namespace crawl
