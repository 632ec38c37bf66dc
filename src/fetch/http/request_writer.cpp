#include "fetch/http/request_writer.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "fetch/http/basic_auth.h"

namespace crawl {
namespace {

std::string text_of(const RequestHeaders& headers, const HeaderList& fields) {
  std::string text;
  if (!headers.given("Accept")) text += "Accept: */*\r\n";
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    text += name;
    text += ": ";
    text += value;
    text += "\r\n";
  }
  return text;
}

// What HTTP/2 says in other ways, or not at all (RFC 9113 section 8.2.2).
bool is_of_http1_only(const std::string& lower_name) {
  for (const char* name :
       {"host", "connection", "content-length", "http2-settings", "keep-alive",
        "proxy-connection", "te", "transfer-encoding", "upgrade"}) {
    if (lower_name == name) return true;
  }
  return false;
}

HeaderList http2_of(const RequestHeaders& headers, const HeaderList& fields) {
  HeaderList list;
  if (!headers.given("Accept")) list.emplace_back("accept", "*/*");
  for (const auto& [name, value] : fields) {
    std::string lower = lower_case(name);
    if (value.empty() || is_of_http1_only(lower)) continue;
    list.emplace_back(std::move(lower), value);
  }
  return list;
}

std::string authority(const Url& url) {
  std::string text(url.hostname());
  if (!url.port().empty()) text.append(":").append(url.port());
  return text;
}

// The Host that the user gave, "" if there is none.
std::string host_of(const HeaderList& fields) {
  const auto host =
      std::find_if(fields.begin(), fields.end(), [](const auto& field) {
        return equals_ignoring_case(field.first, "Host");
      });
  return host == fields.end() ? "" : host->second;
}

}  // namespace

RequestWriter::RequestWriter(const FetchOptions& options)
    : headers_(options),
      user_password_(options.user_password),
      own_host_(!headers_.given("Host")),
      own_authorization_(!headers_.given("Authorization")),
      any_text_(text_of(headers_, headers_.any())),
      origin_text_(text_of(headers_, headers_.origin())),
      any_fields_(http2_of(headers_, headers_.any())),
      origin_fields_(http2_of(headers_, headers_.origin())) {}

void RequestWriter::append_http1(const FetchRequest& request,
                                 const std::optional<std::string>& proxy,
                                 std::string& out) const {
  const Url& url = request.url;
  out += "GET ";
  if (proxy) out.append("http://").append(authority(url));
  out += url.path_and_query();
  out += " HTTP/1.1\r\n";
  if (own_host_) {
    out += "Host: ";
    out += url.hostname();
    if (!url.port().empty()) {
      out += ':';
      out += url.port();
    }
    out += "\r\n";
  }
  out += request.send_credentials ? origin_text_ : any_text_;
  if (const std::string value = authorization(request); !value.empty()) {
    out.append("Authorization: ").append(value).append("\r\n");
  }
  if (proxy && !proxy->empty()) {
    out.append("Proxy-Authorization: ").append(*proxy).append("\r\n");
  }
  out += "\r\n";
}

HeaderList RequestWriter::http2_fields(const FetchRequest& request) const {
  const Url& url = request.url;
  const std::string host = host_of(headers_.origin());
  HeaderList fields;
  const HeaderList& rest =
      request.send_credentials ? origin_fields_ : any_fields_;
  fields.reserve(5 + rest.size());
  fields.emplace_back(":method", "GET");
  fields.emplace_back(":scheme", url.scheme());
  fields.emplace_back(":authority", host.empty() ? authority(url) : host);
  fields.emplace_back(":path", url.path_and_query());
  fields.insert(fields.end(), rest.begin(), rest.end());
  if (std::string value = authorization(request); !value.empty()) {
    fields.emplace_back("authorization", std::move(value));
  }
  return fields;
}

std::string RequestWriter::authorization(const FetchRequest& request) const {
  // The user's own field is the last word, as with curl.
  if (request.send_credentials && !own_authorization_) return {};
  const std::string& user_password =
      !request.user_password.empty() || !request.send_credentials
          ? request.user_password
          : user_password_;
  return basic_auth(user_password);
}

}  // namespace crawl
