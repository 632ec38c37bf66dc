#include "archive/warc_keeper.h"

#include <fmt/format.h>

#include <initializer_list>
#include <utility>

#include "base/ascii.h"
#include "base/zstd_frame.h"

namespace crawl {
namespace {

// Of what one large exchange needed.
constexpr std::size_t kMostRoomKept = std::size_t{1} << 20U;

std::string line(std::string_view name, std::string_view value) {
  return fmt::format("{}: {}\r\n", name, value);
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
  const std::string codings =
      head.substr(at + kCoding.size(), head.find('\r', at + 1) - at);
  return codings.find("br") != std::string::npos ||
         codings.find("deflate") != std::string::npos;
}

// The protocols, as WARC-Protocol has them (iipc/warc-specifications 42).
std::string protocol_lines(const WireExchange& exchange) {
  std::string lines = line(
      "WARC-Protocol",
      exchange.http_version == "2" ? "h2" : "http/" + exchange.http_version);
  // "TLSv1.3"
  if (exchange.tls_version.starts_with("TLSv")) {
    lines += line("WARC-Protocol", "tls/" + exchange.tls_version.substr(4));
  }
  return lines;
}

}  // namespace

std::string warc_digest(Sha1& sha1, std::string_view bytes,
                        std::string_view more) {
  sha1.reset();
  sha1.update(bytes);
  sha1.update(more);
  return "sha1:" + to_base32(sha1.digest());
}

WarcKeeper::WarcKeeper(bool pack) : pack_(pack) {}
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

std::string WarcKeeper::packed(Tools& tools, WarcRecord& record, bool store,
                               std::string_view block,
                               std::string_view more) const {
  if (!pack_) return std::string(record.end(block, more));
  if (store) {
    std::string member;
    GzipMember::append_stored(
        {record.head(block.size() + more.size()), block, more, kWarcRecordEnd},
        member);
    return member;
  }
  tools.member.clear();
  tools.packer.append(record.end(block, more), tools.member);
  return tools.member;
}

std::shared_ptr<const KeptExchange> WarcKeeper::keep(
    const WireExchange& exchange) const {
  if (exchange.status_code == 0) return nullptr;
  std::unique_ptr<Tools> tools = take_tools();
  // Its records' heads are less than a tenth of what is kept: to pack them
  // takes longer than all else.
  const bool store = is_packed(exchange);
  auto capture = std::make_shared<WarcCapture>();
  capture->url = exchange.url;
  capture->date = warc_date(exchange.begun);
  capture->status_code = exchange.status_code;
  capture->content_type = exchange.content_type;
  capture->payload = warc_digest(tools->sha1, exchange.body);
  capture->may_be_referred_to =
      !exchange.body.empty() && exchange.truncated.empty();
  // Ids that differ in their last digit take hardly more room than one.
  std::string id = fmt::format("<{}>", ids_.next());
  const auto id_with = [&](char last) {
    id[id.size() - 2] = last;
    return id;
  };
  capture->response_id = id_with('0');
  const std::string request_id = id_with('1');

  std::string shared =
      line("WARC-Date", capture->date) + line("WARC-Target-URI", exchange.url);
  if (!exchange.remote_ip.empty()) {
    shared += line("WARC-IP-Address", exchange.remote_ip);
  }
  WarcRecord request("request", tools->record);
  request.add("WARC-Record-ID", request_id)
      .add_lines(shared)
      .add("WARC-Concurrent-To", capture->response_id)
      .add("WARC-Block-Digest", warc_digest(tools->sha1, exchange.request))
      .add("Content-Type", "application/http;msgtype=request");
  capture->request = packed(*tools, request, store, exchange.request);

  const std::string protocols = protocol_lines(exchange);
  WarcRecord response("response", tools->record);
  response.add("WARC-Record-ID", capture->response_id)
      .add_lines(shared)
      .add_lines(protocols)
      .add("WARC-Concurrent-To", request_id)
      .add("WARC-Block-Digest",
           warc_digest(tools->sha1, exchange.head, exchange.body))
      .add("WARC-Payload-Digest", capture->payload);
  if (!exchange.truncated.empty()) {
    response.add("WARC-Truncated", exchange.truncated);
  }
  response.add("Content-Type", "application/http;msgtype=response");
  capture->response =
      packed(*tools, response, store, exchange.head, exchange.body);

  std::string about;
  if (!exchange.via.empty()) about += line("via", exchange.via);
  if (!exchange.hops.empty()) about += line("hopsFromSeed", exchange.hops);
  about +=
      line("fetchTimeMs", fmt::format("{:.0f}", exchange.times.total * 1000));
  // What it is about, the response says.
  WarcRecord metadata("metadata", tools->record);
  metadata.add("WARC-Record-ID", id_with('2'))
      .add("WARC-Date", capture->date)
      .add("WARC-Concurrent-To", capture->response_id)
      .add("Content-Type", "application/warc-fields");
  capture->metadata = packed(*tools, metadata, store, about);

  if (capture->may_be_referred_to) {
    capture->head = exchange.head;
    capture->shared_lines =
        shared + protocols + line("WARC-Concurrent-To", request_id);
  }
  for (std::string* room : {&tools->record, &tools->member}) {
    if (room->capacity() > kMostRoomKept) *room = std::string();
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(tools));
  return capture;
}

}  // namespace crawl
