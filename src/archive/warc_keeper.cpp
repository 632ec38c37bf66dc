#include "archive/warc_keeper.h"

#include <fmt/format.h>

#include <utility>

namespace crawl {
namespace {

// SHA-1 of nothing: of a request that has no body.
constexpr std::string_view kNoPayload = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ";

std::string line(std::string_view name, std::string_view value) {
  return fmt::format("{}: {}\r\n", name, value);
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

std::string WarcKeeper::packed(Tools& tools, std::string_view record) const {
  if (!pack_) return std::string(record);
  std::string member;
  tools.packer.append(record, member);
  member.shrink_to_fit();
  return member;
}

std::shared_ptr<const KeptExchange> WarcKeeper::keep(
    const WireExchange& exchange) const {
  std::unique_ptr<Tools> tools = take_tools();
  auto capture = std::make_shared<WarcCapture>();
  capture->url = exchange.url;
  capture->date = warc_date(exchange.begun);
  capture->status_code = exchange.status_code;
  capture->content_type = exchange.content_type;
  capture->payload = warc_digest(tools->sha1, exchange.body);
  capture->may_be_referred_to =
      !exchange.body.empty() && exchange.truncated.empty();
  capture->response_id = fmt::format("<{}>", ids_.next());
  const std::string request_id = fmt::format("<{}>", ids_.next());

  std::string shared =
      line("WARC-Date", capture->date) + line("WARC-Target-URI", exchange.url);
  if (!exchange.remote_ip.empty()) {
    shared += line("WARC-IP-Address", exchange.remote_ip);
  }
  shared += protocol_lines(exchange);

  capture->request = packed(
      *tools,
      WarcRecord("request")
          .add("WARC-Record-ID", request_id)
          .add_lines(shared)
          .add("WARC-Concurrent-To", capture->response_id)
          .add("WARC-Block-Digest", warc_digest(tools->sha1, exchange.request))
          .add("WARC-Payload-Digest", kNoPayload)
          .add("Content-Type", "application/http;msgtype=request")
          .end(exchange.request));

  WarcRecord response("response");
  response.add("WARC-Record-ID", capture->response_id)
      .add_lines(shared)
      .add("WARC-Concurrent-To", request_id)
      .add("WARC-Block-Digest",
           warc_digest(tools->sha1, exchange.head, exchange.body))
      .add("WARC-Payload-Digest", capture->payload);
  if (!exchange.truncated.empty()) {
    response.add("WARC-Truncated", exchange.truncated);
  }
  capture->response = packed(
      *tools, response.add("Content-Type", "application/http;msgtype=response")
                  .end(exchange.head, exchange.body));

  std::string about;
  if (!exchange.via.empty()) about += line("via", exchange.via);
  if (!exchange.hops.empty()) about += line("hopsFromSeed", exchange.hops);
  about += line("fetchTimeMs", fmt::format("{:.0f}", exchange.seconds * 1000));
  capture->metadata = packed(
      *tools, WarcRecord("metadata")
                  .add("WARC-Record-ID", fmt::format("<{}>", ids_.next()))
                  .add("WARC-Date", capture->date)
                  .add("WARC-Target-URI", exchange.url)
                  .add("WARC-Concurrent-To", capture->response_id)
                  .add("WARC-Block-Digest", warc_digest(tools->sha1, about))
                  .add("Content-Type", "application/warc-fields")
                  .end(about));

  if (capture->may_be_referred_to) {
    capture->head = exchange.head;
    capture->shared_lines = shared + line("WARC-Concurrent-To", request_id);
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(tools));
  return capture;
}

}  // namespace crawl
