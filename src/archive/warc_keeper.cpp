#include "archive/warc_keeper.h"

#include <fmt/format.h>

#include <array>
#include <initializer_list>
#include <utility>

#include "base/ascii.h"
#include "base/sha1_both.h"
#include "base/zstd_frame.h"

namespace crawl {
namespace {

// Of what one large exchange needed.
constexpr std::size_t kMostRoomKept = std::size_t{1} << 20U;

// For what three records have besides what they hold.
constexpr std::size_t kRoomForHeads = 2048;

// A field that comes from a URL or from the crawl itself: it has no line ends.
void append_line(std::string& lines, std::string_view name,
                 std::string_view value) {
  lines.append(name).append(": ").append(value).append("\r\n");
}

// Whether the body would not get any smaller: it has a content coding, or is of
// a type that is packed.
bool is_packed(const WireExchange& exchange) {
  const std::string_view body = exchange.body;
  for (const std::string_view magic : std::initializer_list<std::string_view>{
           "\x1f\x8b", kZstdFrame, "\xff\xd8\xff", "\x89PNG", "GIF8",
           "PK\x03\x04", "wOF2"}) {
    if (body.starts_with(magic)) return true;
  }
  constexpr std::string_view kCoding = "\r\ncontent-encoding:";
  const std::string head = lower_case(exchange.head);
  const std::size_t at = head.find(kCoding);
  if (at == std::string::npos) return false;
  const std::size_t begin = at + kCoding.size();
  const std::string codings =
      head.substr(begin, head.find('\r', begin) - begin);
  return codings.find("br") != std::string::npos ||
         codings.find("deflate") != std::string::npos;
}

// The protocols, as WARC-Protocol has them (iipc/warc-specifications 42).
void append_protocols(std::string& lines, const WireExchange& exchange) {
  append_line(
      lines, "WARC-Protocol",
      exchange.http_version == "2" ? "h2" : "http/" + exchange.http_version);
  // "TLSv1.3"
  if (exchange.tls_version.starts_with("TLSv")) {
    append_line(lines, "WARC-Protocol",
                "tls/" + exchange.tls_version.substr(4));
  }
}

}  // namespace

class WarcKeeper::Captures {
 public:
  Captures() { idle_.reserve(kMostIdle); }

  std::unique_ptr<WarcCapture> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<WarcCapture>();
    auto capture = std::move(idle_.back());
    idle_.pop_back();
    return capture;
  }

  void give_back(std::unique_ptr<WarcCapture> capture) {
    if (capture->memory() > kMostRoomOfACapture) return;
    capture->clear();
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMostIdle) idle_.push_back(std::move(capture));
  }

 private:
  static constexpr std::size_t kMostRoomOfACapture = std::size_t{128} << 10U;
  static constexpr std::size_t kMostIdle = 64;

  std::mutex mutex_;
  std::vector<std::unique_ptr<WarcCapture>> idle_;
};

WarcKeeper::WarcKeeper(bool pack)
    : pack_(pack), captures_(std::make_shared<Captures>()) {}
WarcKeeper::~WarcKeeper() = default;

std::unique_ptr<WarcKeeper::Tools> WarcKeeper::take_tools() const {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto tools = std::move(idle_.back());
      idle_.pop_back();
      return tools;
    }
  }
  return std::make_unique<Tools>();
}

void WarcKeeper::append(Tools& tools, WarcRecord& record, bool store,
                        std::string& records, std::string_view block,
                        std::string_view more) const {
  if (pack_ && !store) {
    tools.member.clear();
    tools.packer.append(record.end(block, more), tools.member);
    records += tools.member;
    return;
  }
  const std::string_view head = record.head(block.size() + more.size());
  const auto pieces = {head, block, more, kWarcRecordEnd};
  if (pack_) {
    GzipMember::append_stored(pieces, records);
  } else {
    for (const std::string_view piece : pieces) records += piece;
  }
}

std::shared_ptr<const KeptExchange> WarcKeeper::keep(
    const WireExchange& exchange) const {
  if (exchange.status_code == 0) return nullptr;
  std::unique_ptr<Tools> tools = take_tools();
  // Its records' heads are less than a tenth of what is kept: to pack them
  // takes longer than all else.
  const bool store = is_packed(exchange);
  const std::shared_ptr<WarcCapture> capture(
      captures_->take().release(), [captures = captures_](WarcCapture* used) {
        captures->give_back(std::unique_ptr<WarcCapture>(used));
      });
  capture->url = exchange.url;
  capture->date = warc_date(exchange.begun);
  capture->status_code = exchange.status_code;
  capture->content_type = exchange.content_type;
  const Sha1Both digests =
      sha1_of_both(tools->sha1, exchange.head, exchange.body);
  capture->payload = warc_digest(digests.body);
  capture->may_be_referred_to =
      !exchange.body.empty() && exchange.truncated.empty();
  std::string& records = capture->records;
  if (!pack_ || store) {
    records.reserve(exchange.request.size() + exchange.head.size() +
                    exchange.body.size() + kRoomForHeads);
  }
  // Ids that differ in their last digit take hardly more room than one.
  std::array<WarcId, 3> ids;
  ids.fill(ids_.next());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i].put_hex(45, 1, i);
  const auto& [response_id, request_id, metadata_id] = ids;

  std::string shared;
  shared.reserve(exchange.url.size() + 128);
  append_line(shared, "WARC-Date", capture->date.text());
  append_line(shared, "WARC-Target-URI", exchange.url);
  if (!exchange.remote_ip.empty()) {
    append_line(shared, "WARC-IP-Address", exchange.remote_ip);
  }
  WarcRecord request("request", tools->record);
  request.add("WARC-Record-ID", request_id.text())
      .add_lines(shared)
      .add("WARC-Concurrent-To", response_id.text())
      .add("WARC-Block-Digest",
           warc_digest(tools->sha1, exchange.request).text())
      .add("Content-Type", "application/http;msgtype=request");
  append(*tools, request, store, records, exchange.request);
  capture->request_bytes = records.size();

  std::string& lines = capture->lines;
  lines.reserve(shared.size() + 256);
  append_line(lines, "WARC-Record-ID", response_id.text());
  lines += shared;
  append_protocols(lines, exchange);
  append_line(lines, "WARC-Concurrent-To", request_id.text());
  WarcRecord response("response", tools->record);
  response.add_lines(lines)
      .add("WARC-Block-Digest", warc_digest(digests.message).text())
      .add("WARC-Payload-Digest", capture->payload.text());
  if (!exchange.truncated.empty()) {
    response.add("WARC-Truncated", exchange.truncated);
  }
  response.add("Content-Type", "application/http;msgtype=response");
  append(*tools, response, store, records, exchange.head, exchange.body);
  capture->response_bytes = records.size() - capture->request_bytes;

  std::string about;
  if (!exchange.via.empty()) append_line(about, "via", exchange.via);
  if (!exchange.hops.empty()) append_line(about, "hopsFromSeed", exchange.hops);
  append_line(about, "fetchTimeMs",
              fmt::format("{:.0f}", exchange.times.total * 1000));
  // What it is about, the response says.
  WarcRecord metadata("metadata", tools->record);
  metadata.add("WARC-Record-ID", metadata_id.text())
      .add("WARC-Date", capture->date.text())
      .add("WARC-Concurrent-To", response_id.text())
      .add("Content-Type", "application/warc-fields");
  append(*tools, metadata, store, records, about);

  if (capture->may_be_referred_to) capture->head = exchange.head;
  for (std::string* room : {&tools->record, &tools->member}) {
    if (room->capacity() > kMostRoomKept) *room = std::string();
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(tools));
  return capture;
}

}  // namespace crawl
