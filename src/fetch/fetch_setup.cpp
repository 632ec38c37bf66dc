#include "fetch/fetch_setup.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"

namespace crawl {
namespace {

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos;
}

Result<void> check_headers(const HeaderList& headers) {
  for (const auto& [name, value] : headers) {
    if (is_token(name) && !has_line_break(value)) continue;
    return make_error(fmt::format(
        "-H: '{}' is no header; it takes 'Name: value' on one line", name));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<const FetchSetup>> FetchSetup::create(
    FetchOptions options) {
  for (const auto* headers : {&options.headers, &options.origin_headers}) {
    if (auto ok = check_headers(*headers); !ok) {
      return tl::unexpected(std::move(ok.error()));
    }
  }
  if (has_line_break(options.user_agent)) {
    return make_error("-A: the user agent must be one line");
  }
  if (!options.allow_address) {
    options.allow_address = [](const IpAddress& address) {
      return address.is_public();
    };
  }
  if (!options.proxy_ca_file.empty()) {
    if (auto ok = check_ca_file("--proxy-cacert", options.proxy_ca_file); !ok) {
      return tl::unexpected(std::move(ok.error()));
    }
  }
  std::unique_ptr<FetchSetup> setup(new FetchSetup);
  auto net = NetSetup::create(std::move(options));
  if (!net) return tl::unexpected(std::move(net.error()));
  setup->net_ = std::move(*net);
  auto tls = TlsContext::create(setup->options());
  if (!tls) return tl::unexpected(std::move(tls.error()));
  setup->tls_ = std::move(*tls);
  setup->writer_ = std::make_unique<const RequestWriter>(setup->options());
  return setup;
}

}  // namespace crawl
