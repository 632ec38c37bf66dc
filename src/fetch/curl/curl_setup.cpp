#include "fetch/curl/curl_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

#include "base/ascii.h"

namespace crawl {
namespace {

// Large enough that most pages come with one or two reads, small enough that
// malloc never turns to mmap for it.
constexpr long kReceiveBuffer = 64 * 1024;

// Sets options until one fails.
class Setter {
 public:
  explicit Setter(CURL* easy) : easy_(easy) {}

  template <class T>
  Setter& operator()(CURLoption option, T value) {
    if (code_ == CURLE_OK) code_ = curl_easy_setopt(easy_, option, value);
    return *this;
  }
  CURLcode code() const { return code_; }

 private:
  CURL* easy_;
  CURLcode code_ = CURLE_OK;
};

void append(Slist& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (!longer) throw std::bad_alloc();
  list.release();
  list.reset(longer);
}

// "Name:" with nothing after it makes libcurl leave that header out.
void append_header(Slist& list,
                   const std::pair<std::string, std::string>& header) {
  const auto& [name, value] = header;
  append(list, value.empty() ? name + ":" : name + ": " + value);
}

bool can_read(const char* path) {
  std::FILE* const file = std::fopen(path, "rb");
  if (!file) return false;
  // Opening a directory works; reading it does not.
  const int first = std::fgetc(file);
  const bool failed = std::ferror(file) != 0;
  const int error = errno;
  std::fclose(file);
  errno = failed ? error : 0;
  return first != EOF;
}

// libcurl takes no more than an int, and 0 as "no limit".
long limit(std::int64_t count) {
  return static_cast<long>(
      std::clamp<std::int64_t>(count, 0, std::numeric_limits<int>::max()));
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos;
}

Result<void> check_header(const std::pair<std::string, std::string>& header) {
  if (is_token(header.first) && !has_line_break(header.second)) return {};
  return make_error(
      fmt::format("-H: '{}' is no header; it takes 'Name: value' on one line",
                  header.first));
}

// libcurl looks at a proxy only when it is about to be used.
Result<void> check_proxy(const std::string& proxy) {
  const CurluHandle url(curl_url());
  if (!url) throw std::bad_alloc();
  char* scheme = nullptr;
  if (curl_url_set(url.get(), CURLUPART_URL, proxy.c_str(),
                   CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME) ==
          CURLUE_OK &&
      curl_url_get(url.get(), CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK) {
    const std::string name(scheme);
    curl_free(scheme);
    for (const char* known :
         {"http", "https", "socks4", "socks4a", "socks5", "socks5h"}) {
      // A guess from the host's name ("ftp.") is not what the user wrote.
      if (name == known || proxy.find("://") == proxy.npos) return {};
    }
  }
  return make_error(fmt::format(
      "-x: '{}' is no proxy; it takes [http|https|socks4|socks4a|socks5|"
      "socks5h]://[user:password@]host[:port]",
      proxy));
}

// HOST1:PORT1:HOST2:PORT2, any part empty, IPv6 addresses in brackets.
bool is_connect_to(std::string_view entry) {
  int colons = 0;
  bool bracket = false;
  for (const char c : entry) {
    if (c == '[') bracket = true;
    if (c == ']') bracket = false;
    if (c == ':' && !bracket) ++colons;
  }
  return colons == 3 && !bracket;
}

}  // namespace

CurlSetup::CurlSetup(FetchOptions options)
    : options_(std::move(options)), headers_(options_) {
  for (const auto& header : headers_.any()) append_header(any_headers_, header);
  for (const auto& header : headers_.origin()) {
    append_header(origin_headers_, header);
  }
  for (const std::string& entry : options_.connect_to) {
    append(connect_to_, entry);
  }
  if (!options_.allow_address) {
    options_.allow_address = [](const IpAddress& address) {
      return address.is_public();
    };
  }
}

Result<std::unique_ptr<const CurlSetup>> CurlSetup::create(
    FetchOptions options) {
  std::unique_ptr<CurlSetup> setup(new CurlSetup(std::move(options)));
  if (auto checked = setup->check(); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  return setup;
}

Result<void> CurlSetup::check() {
  for (const auto* headers : {&options_.headers, &options_.origin_headers}) {
    for (const auto& header : *headers) {
      if (auto ok = check_header(header); !ok) return ok;
    }
  }
  if (has_line_break(options_.user_agent)) {
    return make_error("-A: the user agent must be one line");
  }
  if (has_proxy()) {
    if (auto ok = check_proxy(options_.proxy); !ok) return ok;
  }
  for (const std::string& entry : options_.connect_to) {
    if (!is_connect_to(entry)) {
      return make_error(fmt::format(
          "--connect-to {}: not understood; it takes HOST1:PORT1:HOST2:PORT2",
          entry));
    }
  }
  if (!options_.ca_file.empty()) {
    if (!can_read(options_.ca_file.c_str())) {
      return make_error(
          fmt::format("--cacert {}: {}", options_.ca_file,
                      errno != 0 ? std::strerror(errno) : "the file is empty"));
    }
    ca_file_is_all_ = true;
  } else {
    // libcurl keeps the parsed certificates for later connections only if they
    // come from a file alone; reading them costs milliseconds.
    const char* const bundle = curl_version_info(CURLVERSION_NOW)->cainfo;
    ca_file_is_all_ = bundle != nullptr && can_read(bundle);
  }

  std::vector<std::string> fixed;
  for (const std::string& entry : options_.resolve) {
    if (entry.starts_with('*') || entry.starts_with("+*")) {
      append(wildcard_resolve_, entry);  // known only to the handle that has it
    } else {
      fixed.push_back(entry);
    }
  }
  if (auto ok = share_.add_resolve_entries(fixed); !ok) return ok;

  // Everything else libcurl can judge, it judges now.
  const EasyHandle easy(curl_easy_init());
  if (!easy) throw std::bad_alloc();
  char message[CURL_ERROR_SIZE] = "";
  TransferCallbacks callbacks;
  callbacks.error_buffer = message;
  if (const CURLcode code = prepare(easy.get(), callbacks); code != CURLE_OK) {
    return make_error(
        fmt::format("libcurl {} cannot be set up as asked: {}", curl_version(),
                    message[0] != '\0' ? message : curl_easy_strerror(code)));
  }
  return {};
}

CURLcode CurlSetup::prepare(CURL* easy,
                            const TransferCallbacks& callbacks) const {
  const FetchOptions& o = options_;
  const auto text = [](const std::string& value) {
    return value.empty() ? nullptr : value.c_str();
  };
  Setter set(easy);
  set(CURLOPT_ERRORBUFFER, callbacks.error_buffer)(
      CURLOPT_PRIVATE, static_cast<void*>(callbacks.user))(
      CURLOPT_SHARE, share_.get())(CURLOPT_NOSIGNAL, 1L)
      // A resolver thread that is still waiting must not be waited for when its
      // transfer ends: that would stall every other transfer of the loop.
      (CURLOPT_QUICK_EXIT, 1L);

  set(CURLOPT_HEADERFUNCTION, callbacks.header)(
      CURLOPT_HEADERDATA, callbacks.transfer)(CURLOPT_WRITEFUNCTION,
                                              callbacks.body)(
      CURLOPT_WRITEDATA, callbacks.transfer)(CURLOPT_OPENSOCKETFUNCTION,
                                             callbacks.open_socket)(
      CURLOPT_OPENSOCKETDATA, callbacks.transfer)(CURLOPT_CLOSESOCKETFUNCTION,
                                                  callbacks.close_socket)(
      CURLOPT_CLOSESOCKETDATA, callbacks.close_socket_data)(
      CURLOPT_PREREQFUNCTION, callbacks.before_request)(CURLOPT_PREREQDATA,
                                                        callbacks.transfer);

  set(CURLOPT_PROTOCOLS_STR, "http,https")(CURLOPT_FOLLOWLOCATION, 0L)(
      CURLOPT_PATH_AS_IS, 1L)(CURLOPT_HTTP09_ALLOWED, 0L)(
      CURLOPT_USERAGENT, has_proxy() ? text(o.user_agent) : nullptr)(
      CURLOPT_ACCEPT_ENCODING, kAcceptedCodings)(
      CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));

  set(CURLOPT_CONNECTTIMEOUT_MS, limit(o.connect_timeout.count()))(
      CURLOPT_TIMEOUT_MS, limit(o.max_time.count()))(
      CURLOPT_LOW_SPEED_LIMIT, o.stall_time.count() > 0 ? 1L : 0L)(
      CURLOPT_LOW_SPEED_TIME, limit(o.stall_time.count()))(
      CURLOPT_BUFFERSIZE, kReceiveBuffer)(CURLOPT_TCP_NODELAY, 1L)(
      CURLOPT_TCP_KEEPALIVE, 1L);

  // Set even where empty: otherwise libcurl reads the environment.
  set(CURLOPT_PROXY, o.proxy.c_str())(CURLOPT_NOPROXY, "")(
      CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE))(
      CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L)(
      CURLOPT_RESOLVE, wildcard_resolve_.get())(CURLOPT_CONNECT_TO,
                                                connect_to_.get());

  set(CURLOPT_SSL_VERIFYPEER, o.insecure ? 0L : 1L)(CURLOPT_SSL_VERIFYHOST,
                                                    o.insecure ? 0L : 2L);
  if (!o.ca_file.empty()) set(CURLOPT_CAINFO, o.ca_file.c_str());
  if (ca_file_is_all_) set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  return set.code();
}

CURLcode CurlSetup::prepare_request(CURL* easy, const FetchRequest& request,
                                    const char* url,
                                    RequestSettings& now) const {
  using Setting = RequestSettings::Setting;
  const auto changes = [](Setting& current, bool wanted) {
    const Setting next = wanted ? Setting::kOn : Setting::kOff;
    return std::exchange(current, next) != next;
  };
  Setter set(easy);
  set(CURLOPT_URL, url);

  const bool tls = request.url.scheme() == "https";
  if (changes(now.tls, tls)) {
    // Waiting for a connection that others can ride on pays only where HTTP/2
    // is agreed on in the handshake.
    const bool http2 = tls && !options_.http1_only;
    set(CURLOPT_HTTP_VERSION, static_cast<long>(http2 ? CURL_HTTP_VERSION_2TLS
                                                      : CURL_HTTP_VERSION_1_1))(
        CURLOPT_PIPEWAIT, http2 ? 1L : 0L);
  }
  const bool credentials = request.send_credentials;
  if (changes(now.credentials, credentials)) {
    const bool user = credentials && !options_.user_password.empty();
    set(CURLOPT_HTTPHEADER,
        credentials ? origin_headers_.get() : any_headers_.get())(
        CURLOPT_USERPWD, user ? options_.user_password.c_str() : nullptr);
  }
  if (changes(now.fresh, request.fresh_connection)) {
    set(CURLOPT_FRESH_CONNECT, request.fresh_connection ? 1L : 0L);
  }
  return set.code();
}

CURLcode CurlSetup::prepare_connector(CURL* easy) const {
  Setter set(easy);
  // The buffer is never read into: the least that libcurl takes.
  set(CURLOPT_CONNECT_ONLY, 1L)(CURLOPT_BUFFERSIZE, 1024L);
  return set.code();
}

}  // namespace crawl
