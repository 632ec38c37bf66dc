#include "fetch/http/request_writer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "fetch/basic_auth.h"
#include "fetch/http/header_values.h"

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

bool is_cookie(std::string_view name) {
  return equals_ignoring_case(name, "Cookie");
}

std::string cookie_of(const HeaderList& fields) {
  std::string cookie;
  for (const auto& [name, value] : fields) {
    if (!is_cookie(name) || value.empty()) continue;
    if (!cookie.empty()) cookie += "; ";
    cookie += value;
  }
  return cookie;
}

HeaderList without_cookie(HeaderList fields) {
  std::erase_if(fields,
                [](const auto& field) { return is_cookie(field.first); });
  return fields;
}

// Takes the next "name=value" from a Cookie's value, and its name.
std::pair<std::string_view, std::string_view> take_cookie(
    std::string_view& cookies) {
  const std::size_t end = std::min(cookies.find(';'), cookies.size());
  const std::string_view pair = trim_field(cookies.substr(0, end));
  cookies.remove_prefix(std::min(end + 1, cookies.size()));
  return {pair, pair.substr(0, pair.find('='))};
}

bool names_cookie(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    if (take_cookie(cookies).second == name) return true;
  }
  return false;
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
      own_cookie_(cookie_of(headers_.origin())),
      any_text_(text_of(headers_, headers_.any())),
      origin_text_(text_of(headers_, headers_.origin())),
      origin_text_but_cookie_(
          text_of(headers_, without_cookie(headers_.origin()))),
      any_fields_(http2_of(headers_, headers_.any())),
      origin_fields_(http2_of(headers_, headers_.origin())) {}

void RequestWriter::append_http1(const FetchRequest& request,
                                 const RequestWay& way,
                                 std::string& out) const {
  const Url& url = request.url;
  out += request.head ? "HEAD " : "GET ";
  if (way.proxy) out.append("http://").append(authority(url));
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
  if (request.cookies.empty()) {
    out += request.send_credentials ? origin_text_ : any_text_;
  } else {
    out += request.send_credentials ? origin_text_but_cookie_ : any_text_;
    if (const std::string value = cookie(request); !value.empty()) {
      out.append("Cookie: ").append(value).append("\r\n");
    }
  }
  if (const std::string value = authorization(request); !value.empty()) {
    out.append("Authorization: ").append(value).append("\r\n");
  }
  if (const std::string value = proxy_authorization(request, way);
      !value.empty()) {
    out.append("Proxy-Authorization: ").append(value).append("\r\n");
  }
  out += "\r\n";
}

HeaderList RequestWriter::http2_fields(const FetchRequest& request,
                                       bool proxied) const {
  const Url& url = request.url;
  const std::string host = host_of(headers_.origin());
  HeaderList fields;
  const HeaderList& rest =
      request.send_credentials ? origin_fields_ : any_fields_;
  fields.reserve(5 + rest.size());
  fields.emplace_back(":method", request.head ? "HEAD" : "GET");
  fields.emplace_back(":scheme", url.scheme());
  fields.emplace_back(":authority", host.empty() ? authority(url) : host);
  fields.emplace_back(":path", url.path_and_query());
  for (const auto& field : rest) {
    if (request.cookies.empty() || field.first != "cookie") {
      fields.push_back(field);
    }
  }
  if (!request.cookies.empty()) {
    if (std::string value = cookie(request); !value.empty()) {
      fields.emplace_back("cookie", std::move(value));
    }
  }
  if (std::string value = authorization(request); !value.empty()) {
    fields.emplace_back("authorization", std::move(value));
  }
  if (std::string value = proxy_authorization(request, {{}, proxied});
      !value.empty()) {
    fields.emplace_back("proxy-authorization", std::move(value));
  }
  return fields;
}

std::string RequestWriter::cookie(const FetchRequest& request) const {
  // -H 'Cookie:' leaves it out, whoever would send one.
  if (own_cookie_.empty() && headers_.given("Cookie")) return {};
  if (!request.send_credentials) return request.cookies;
  // A server changes the user's cookies as it would those of a browser.
  std::string value;
  for (std::string_view own = own_cookie_; !own.empty();) {
    const auto [pair, name] = take_cookie(own);
    if (pair.empty() || names_cookie(request.cookies, name)) continue;
    value.append(pair).append("; ");
  }
  return value + request.cookies;
}

std::string RequestWriter::proxy_authorization(const FetchRequest& request,
                                               const RequestWay& way) const {
  const auto& own = headers_.proxy_authorization();
  if (way.proxy) return own.value_or(*way.proxy);
  return way.proxied || !request.send_credentials ? "" : own.value_or("");
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
