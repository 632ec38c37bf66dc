#include "archive/archive_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "archive/arc_line.h"
#include "archive/block_end.h"
#include "base/ascii.h"

namespace crawl {
namespace {

constexpr std::size_t kMostHead = std::size_t{256} << 10U;
// Files in use have some bytes between records that belong to none; that is no
// fault worth a record.
constexpr std::size_t kMostLitter = 64;
constexpr std::size_t kLarge = std::size_t{1} << 20U;
// What is looked at behind a record, to see whether it was right.
constexpr std::size_t kLooked = std::size_t{64} << 10U;

constexpr std::string_view kDamaged = Unpacker::kDamaged;
constexpr std::string_view kWrongLength =
    "its Content-Length is not that of its block";

constexpr std::string_view kBlank = " \t\r";

bool is_line_end(char c) { return c == '\r' || c == '\n'; }

bool is_http(std::string_view url) {
  return starts_with_ignoring_case(url, "http:") ||
         starts_with_ignoring_case(url, "https:");
}

}  // namespace

ArchiveReader::ArchiveReader(std::unique_ptr<ByteSource> source,
                             std::size_t max_block)
    : bytes_(std::move(source)), max_block_(max_block) {}

// --- Records

std::optional<ArchivedRecord> ArchiveReader::next() {
  while (true) {
    ArchivedRecord record;
    // What is between records: two line ends, more, or none.
    while (need(1) && is_line_end(here().front())) drop(1);
    started_ = position();
    if (bytes_.damaged_before(started_ + 1)) {
      record.offset = bytes_.take_damage().offset;
      bad(record, std::string(kDamaged));
      return record;
    }
    if (here().empty()) {
      if (bytes_.fault().empty() || std::exchange(said_broken_, true)) {
        return std::nullopt;
      }
      record.offset = bytes_.offset_of(position());
      record.fault = bytes_.fault();
      return record;
    }
    record.offset = bytes_.offset_of(position());
    if (!std::exchange(begun_, true)) {
      need(kArcBegin.size());
      is_arc_ = here().starts_with(kArcBegin);
    }
    const Way way = is_arc_ ? read_arc(record) : read_record(record);
    if (way == Way::kRecord) {
      if (!record.fault.empty() && bytes_.ended()) said_broken_ = true;
      return record;
    }
  }
}

ArchiveReader::Way ArchiveReader::bad(ArchivedRecord& record,
                                      std::string fault) {
  record.kind = ArchivedRecord::Kind::kBad;
  // Why it is so, where that is known.
  const bool damaged = bytes_.damaged_before(position() + 1);
  while (bytes_.damaged_before(position() + 1)) bytes_.take_damage();
  record.fault = damaged ? std::string(kDamaged) : std::move(fault);
  record.block.clear();
  whole_before_ = false;
  return Way::kRecord;
}

ArchiveReader::Way ArchiveReader::pass(std::string_view type,
                                       const ArchivedRecord& record) {
  passed_over_.add(type, record.url);
  return Way::kPassed;
}

ArchiveReader::Way ArchiveReader::read_record(ArchivedRecord& record) {
  need(kWarcBegin.size() + 1);
  if (!begins_record(here())) {
    const std::uint64_t passed = find_next();
    if (whole_before_ && passed <= kMostLitter) return Way::kPassed;
    return bad(record, fmt::format("{} bytes that are no record", passed));
  }
  const std::optional<std::string> text = take_head();
  if (!text) {
    if (bytes_.damaged_before(bytes_.end() + 1)) {
      drop(static_cast<std::size_t>(bytes_.damage()->at - position()));
      return bad(record, std::string(kDamaged));
    }
    const bool is_endless = here().size() > kMostHead;
    find_next();
    return bad(record, is_endless ? "a record's head does not end"
                                  : "it ends inside a record's head");
  }
  const Head head = read_head(*text, record);
  const bool is_response = equals_ignoring_case(head.type, "response");
  const bool is_revisit = equals_ignoring_case(head.type, "revisit");
  const bool wanted = (is_response || is_revisit) &&
                      (is_http(record.url) || scheme_in(record.url).empty());
  if (!head.length) {
    find_next();
    // Some are written without.
    if (!head.length_is_wrong && equals_ignoring_case(head.type, "warcinfo")) {
      return pass(head.type, record);
    }
    return bad(record, head.length_is_wrong ? "its Content-Length is no length"
                                            : "it has no Content-Length");
  }
  // What costs little is kept to see whether its length is right.
  const std::uint64_t begin = position();
  take_block(*head.length, wanted || *head.length <= kLooked, record);
  if (!give_back_records(begin, record)) end_block(record, wanted);
  whole_before_ = record.fault.empty();
  const std::string_view lack = head.type.empty() ? "it has no WARC-Type"
                                : wanted && record.url.empty()
                                    ? "it has no WARC-Target-URI"
                                    : "";
  if (!lack.empty() || !wanted) {
    if (record.fault.empty() && lack.empty()) return pass(head.type, record);
    return bad(record, record.fault.empty() ? std::string(lack)
                                            : std::move(record.fault));
  }
  const bool is_message =
      starts_with_ignoring_case(record.content_type, "application/http") ||
      record.block.starts_with("HTTP/");
  record.kind = is_revisit   ? ArchivedRecord::Kind::kRevisit
                : is_message ? ArchivedRecord::Kind::kResponse
                             : ArchivedRecord::Kind::kBare;
  // Bare HTML is said to be a message in some.
  if (record.kind == ArchivedRecord::Kind::kResponse && !record.block.empty() &&
      !record.block.starts_with("HTTP/")) {
    record.kind = ArchivedRecord::Kind::kBare;
    record.content_type.clear();
  }
  return Way::kRecord;
}

// Up to the empty line; nothing if that does not come, or bytes before it are
// missing.
std::optional<std::string> ArchiveReader::take_head() {
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = here().find('\n', searched);
    if (end == std::string_view::npos) {
      searched = here().size();
      if (searched > kMostHead || !fill()) return std::nullopt;
      continue;
    }
    need(end + 3);
    const std::string_view rest = here().substr(end + 1);
    const std::size_t empty_line = rest.starts_with("\r\n") ? 2
                                   : rest.starts_with('\n') ? 1
                                                            : 0;
    if (empty_line > 0) {
      if (bytes_.damaged_before(position() + end + 2)) return std::nullopt;
      std::string head(here().substr(0, end + 1));
      drop(end + 1 + empty_line);
      return head;
    }
    searched = end + 1;
    if (searched > kMostHead) return std::nullopt;
  }
}

ArchiveReader::Head ArchiveReader::read_head(std::string_view text,
                                             ArchivedRecord& record) {
  Head head;
  std::string* last = nullptr;
  std::string length;
  std::string segment;
  std::array<std::pair<std::string_view, std::string*>, 10> fields{{
      {"WARC-Type", &head.type},
      {"WARC-Target-URI", &record.url},
      {"WARC-Date", &record.date},
      {"WARC-IP-Address", &record.ip},
      {"Content-Type", &record.content_type},
      {"Content-Length", &length},
      {"WARC-Refers-To-Target-URI", &record.refers_to},
      {"WARC-Refers-To-Date", &record.refers_to_date},
      {"WARC-Truncated", &record.truncated},
      {"WARC-Segment-Number", &segment},
  }};
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (std::exchange(first, false)) continue;  // the version
    if (line.starts_with(' ') || line.starts_with('\t')) {
      if (last != nullptr) last->append(" ").append(trim(line, kBlank));
      continue;
    }
    const std::size_t colon = line.find(':');
    last = nullptr;
    if (colon == std::string_view::npos) continue;
    const std::string_view name = trim(line.substr(0, colon), kBlank);
    const std::string_view value = trim(line.substr(colon + 1), kBlank);
    if (equals_ignoring_case(name, "WARC-Protocol")) {
      record.http2 = record.http2 || equals_ignoring_case(value, "h2");
      continue;
    }
    for (auto& [known, target] : fields) {
      if (!equals_ignoring_case(name, known)) continue;
      if (target->empty()) *target = value;
      last = target;
    }
  }
  // WARC/1.0's grammar has <>, and wget writes them.
  if (record.url.size() > 1 && record.url.front() == '<' &&
      record.url.back() == '>') {
    record.url = record.url.substr(1, record.url.size() - 2);
  }
  record.cut = !record.truncated.empty() || segment == "1";
  head.length = record_length(length);
  head.length_is_wrong = !length.empty() && !head.length;
  return head;
}

// Where the record breaks off before `end`: another one begins with a gzip
// member of its own.
std::optional<std::uint64_t> ArchiveReader::cut_before(std::uint64_t end) {
  const auto& marks = bytes_.marks();
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const Unpacker::Mark mark = marks[i];
    if (mark.at <= started_ || mark.at < position()) continue;
    if (mark.at >= end) break;
    const auto behind = static_cast<std::size_t>(mark.at - position());
    need(behind + kWarcBegin.size() + 1);
    if (behind < here().size() && begins_record(here().substr(behind))) {
      return mark.at;
    }
  }
  return std::nullopt;
}

// Keeps what fits of the next `length` bytes in the record's block.
void ArchiveReader::take_block(std::uint64_t length, bool keep,
                               ArchivedRecord& record) {
  std::uint64_t end = position() + length;
  // What is large is not there twice while it grows; a lie takes no room.
  const std::uint64_t most = std::min<std::uint64_t>(length, max_block_);
  if (keep && most > kLarge) {
    record.block.reserve(static_cast<std::size_t>(most));
  }
  while (position() < end) {
    need(1);
    if (bytes_.damaged_before(position() + 1)) {
      bytes_.take_damage();
      record.cut = true;
      record.fault = kDamaged;
      return;
    }
    if (here().empty()) {
      record.cut = true;
      record.fault =
          bytes_.fault().empty() ? "it ends inside a record" : bytes_.fault();
      return;
    }
    // Looking ahead of a mark may bring others, whose turn comes later.
    std::uint64_t until = std::min(end, bytes_.end());
    if (bytes_.damaged_before(until)) until = bytes_.damage()->at;
    if (const auto cut = cut_before(until)) {
      end = *cut;
      record.fault = kWrongLength;
    }
    const auto size =
        static_cast<std::size_t>(std::min(end, until) - position());
    if (keep) {
      const std::size_t room = max_block_ - record.block.size();
      record.block.append(here().substr(0, std::min(size, room)));
      if (room < size) record.cut = true;
    }
    drop(size);
    bytes_.forget_marks();
  }
  if (record.block.capacity() > 2 * record.block.size() + kLarge) {
    record.block.shrink_to_fit();
  }
  look_behind(record);
}

// A member's last bytes say whether all of it was right; they are behind its
// last record.
void ArchiveReader::look_behind(ArchivedRecord& record) {
  constexpr std::size_t kLineEnds = 4;
  if (!bytes_.is_packed()) return;
  need(kLineEnds + 1);
  const std::size_t line_ends = here().find_first_not_of("\r\n");
  const bool goes_on = line_ends == std::string_view::npos ||
                       here().substr(line_ends).starts_with(kWarcBegin);
  if (!goes_on && !is_arc_ && here().size() < kLooked) bytes_.fill();
  const Unpacker::Damage* const damage = bytes_.damage();
  if (damage == nullptr || damage->offset != record.offset) return;
  const auto rest = static_cast<std::size_t>(damage->at - position());
  if (here().substr(0, rest).find(kWarcBegin) != std::string_view::npos) return;
  drop(rest);
  bytes_.take_damage();
  record.fault = kDamaged;
}

// A length that is too long takes in the records behind its own, as what comes
// behind it shows. They are read after all, if they were kept and if the
// lengths of an archive do not make it read many times what it is. False if
// there are none.
bool ArchiveReader::give_back_records(std::uint64_t begin,
                                      ArchivedRecord& record) {
  constexpr std::uint64_t kMostTimes = 8;
  if (record.block.size() != position() - begin || record.fault == kDamaged) {
    return false;
  }
  const std::string_view behind = look();
  const std::size_t next = behind.find_first_not_of("\r\n");
  const bool fits =
      next == std::string_view::npos
          ? behind.empty() || behind == "\r\n\r\n" || behind == "\n\n"
          : begins_record(behind.substr(next));
  const std::size_t at = record.fault.empty() && fits
                             ? record_behind_body(record.block)
                             : record_inside(record.block, behind);
  if (at == std::string_view::npos) return false;
  const std::string_view rest = std::string_view(record.block).substr(at);
  if (given_back_ + rest.size() > kMostTimes * (position() + kMostHead)) {
    return false;
  }
  given_back_ += rest.size();
  bytes_.put_back(rest);
  record.block.resize(at);
  drop_line_ends(record.block);
  record.fault = kWrongLength;
  record.cut = false;
  return true;
}

// Has the block end where it should, and says so if its length was another.
void ArchiveReader::end_block(ArchivedRecord& record, bool wanted) {
  if (record.fault == kWrongLength) {
    // Its member ended, behind the block or inside it.
    record.cut = !drop_line_ends(record.block) || record.cut;
  }
  if (!wanted || !record.fault.empty()) return;
  const std::string_view behind = look();
  if (bytes_.damaged_before(position() + behind.size())) return;
  const std::size_t next = behind.find_first_not_of("\r\n");
  if (next == std::string_view::npos || begins_record(behind.substr(next))) {
    if (!record.cut && drop_swallowed_line_ends(record.block, behind)) {
      record.fault = kWrongLength;
    }
  } else if (!are_line_ends(behind)) {
    // No line ends come before what is left of it.
    std::string rest;
    find_next(&rest, max_block_ - record.block.size());
    drop_line_ends(rest);
    record.block += rest;
    record.fault = kWrongLength;
    while (bytes_.damaged_before(position())) {
      bytes_.take_damage();
      record.fault = kDamaged;
    }
  }
}

// What is behind a block: of the same bytes the same, however they come.
std::string_view ArchiveReader::look() {
  constexpr std::size_t kEnough = 64;
  need(kEnough);
  return here().substr(0, kEnough);
}

// --- ARC (archive.org/web/researcher/ArcFileFormat.php)

ArchiveReader::Way ArchiveReader::read_arc(ArchivedRecord& record) {
  std::size_t end = 0;
  while ((end = here().find('\n')) == std::string_view::npos &&
         here().size() <= kMostHead && bytes_.get_more()) {
  }
  const std::optional<ArcLine> line = read_arc_line(here().substr(0, end));
  if (!line) {
    const std::uint64_t passed = find_next();
    if (whole_before_ && passed <= kMostLitter) return Way::kPassed;
    return bad(record, fmt::format("{} bytes that are no record", passed));
  }
  record.url = line->url;
  record.ip = line->ip;
  record.date = line->date;
  record.content_type = line->type;
  const std::uint64_t length = line->length;
  drop(std::min(end + 1, here().size()));
  const bool wanted = is_http(record.url);
  take_block(length, wanted, record);
  whole_before_ = record.fault.empty();
  if (!wanted) {
    return record.fault.empty() ? pass("response", record)
                                : bad(record, std::move(record.fault));
  }
  record.kind = record.block.starts_with("HTTP/")
                    ? ArchivedRecord::Kind::kResponse
                    : ArchivedRecord::Kind::kBare;
  return Way::kRecord;
}

// --- After what cannot be read

// Passes over bytes until a record may begin; how many. `passed`, if not null,
// gets those of them for which there is `room`.
std::uint64_t ArchiveReader::find_next(std::string* passed, std::size_t room) {
  const std::uint64_t from = position();
  const auto drop = [&](std::size_t size) {
    if (passed != nullptr) {
      passed->append(here().substr(0, std::min(size, room - passed->size())));
    }
    this->drop(size);
  };
  while (true) {
    if (const auto at = next_start(0)) {
      drop(*at);
      break;
    }
    // The beginning of a line may be that of a record.
    const std::size_t line = here().rfind('\n');
    const bool long_line =
        line == std::string_view::npos || here().size() - line > kMostHead;
    if (!bytes_.get_more()) {
      drop(here().size());
      break;
    }
    if (line != std::string_view::npos && !long_line) {
      drop(line);
    } else if (here().size() > 2 * kMostHead) {
      drop(here().size() - kMostHead);
    }
    bytes_.forget_marks();
  }
  return position() - from;
}

// The first place behind `from` where one begins: at the beginning of a line or
// of a gzip member.
std::optional<std::size_t> ArchiveReader::next_start(std::size_t from) {
  std::optional<std::size_t> found;
  for (const Unpacker::Mark& mark : bytes_.marks()) {
    if (mark.at <= started_ || mark.at < position() + from) continue;
    const auto at = static_cast<std::size_t>(mark.at - position());
    if (at < here().size() && !is_arc_ && begins_record(here().substr(at))) {
      found = at;
      break;
    }
  }
  std::string_view bytes = here().substr(0, found.value_or(here().size()));
  for (std::size_t at = bytes.find('\n', from); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    const std::string_view line = here().substr(at + 1);
    if (position() + at + 1 <= started_) continue;
    if (is_arc_) {
      const std::size_t end = line.find('\n');
      if (end != std::string_view::npos && is_http(line) &&
          read_arc_line(line.substr(0, end))) {
        return at + 1;
      }
    } else if (begins_record(line)) {
      return at + 1;
    }
  }
  return found;
}

}  // namespace crawl
