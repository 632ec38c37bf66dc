#include "crawl/fetch/folder_fetcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "crawl/frontier/scope.h"
#include "fetch/replay.h"

namespace crawl {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kPageEndings = {".html", ".htm",
                                                          ".xhtml"};

bool is_page_name(const fs::path& file) {
  const std::string ending = lower_case(file.extension().string());
  return std::find(kPageEndings.begin(), kPageEndings.end(), ending) !=
         kPageEndings.end();
}

// Nothing if it is no name of a file: with NUL, or a step out of the folder
// that was hidden by encoding it.
std::optional<std::string> decoded_path(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const int high = i + 2 < path.size() ? hex_digit_value(path[i + 1]) : -1;
    const int low = i + 2 < path.size() ? hex_digit_value(path[i + 2]) : -1;
    if (path[i] == '%' && high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += path[i];
    }
  }
  if (out.find('\0') != out.npos) return std::nullopt;
  for (const fs::path& step : fs::path(out)) {
    if (step == "..") return std::nullopt;
  }
  return out;
}

std::string encoded_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '/' || is_unreserved(c)) {
      out += c;
    } else {
      append_percent(out, c);
    }
  }
  return out;
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

class FolderFetcher final : public Fetcher {
 public:
  FolderFetcher(FolderSite site, FetchOptions options,
                std::unique_ptr<Fetcher> web)
      : site_(std::move(site)),
        options_(std::move(options)),
        replay_(options_),
        web_(std::move(web)) {}

  void start(FetchRequest request) override {
    if (site_.has(request.url)) {
      asked_.push_back(std::move(request));
    } else {
      web_->start(std::move(request));
    }
  }

  void wait(std::optional<Clock::time_point> until,
            std::vector<FetchResult>& results) override {
    if (asked_.empty()) return web_->wait(until, results);
    for (; !asked_.empty(); asked_.pop_front()) {
      results.push_back(answer(asked_.front()));
    }
    // What else has come meanwhile, without waiting for it.
    web_->wait(Clock::time_point{}, results);
  }

  void wake() override { web_->wake(); }

  void abort() override {
    // Files are there at once: they are answered in the next wait().
    web_->abort();
  }

 private:
  FetchResult answer(const FetchRequest& request);
  FetchResult status(const FetchRequest& request, int code) const;
  FetchResult page(const FetchRequest& request, const std::string& file,
                   std::string_view type);

  const FolderSite site_;
  const FetchOptions options_;
  Replay replay_;
  std::deque<FetchRequest> asked_;
  std::unique_ptr<Fetcher> web_;
};

FetchResult FolderFetcher::status(const FetchRequest& request, int code) const {
  FetchResult result;
  result.id = request.id;
  result.head = request.head;
  result.status_code = code;
  result.headers_complete = true;
  return result;
}

FetchResult FolderFetcher::page(const FetchRequest& request,
                                const std::string& file,
                                std::string_view type) {
  std::ifstream in(file, std::ios::binary);
  std::string body;
  const std::uint64_t most =
      request.max_body != 0 ? request.max_body : options_.max_body;
  std::array<char, 1 << 16> piece;
  while (in && (most == 0 || body.size() < most)) {
    in.read(piece.data(), piece.size());
    body.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (body.empty() && !in.eof()) return status(request, 403);
  FetchResult result = replay_.bare(request.url, type, body);
  result.id = request.id;
  if (request.keep_body) result.body = std::move(body);
  return result;
}

FetchResult FolderFetcher::answer(const FetchRequest& request) {
  const std::string_view below =
      request.url.pathname().substr(site_.base.pathname().size());
  const std::optional<std::string> path = decoded_path(below);
  if (!path) return status(request, 404);
  std::string file = site_.folder + *path;
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) {
    if (!file.ends_with('/')) {
      FetchResult result = status(request, 301);
      result.location = std::string(request.url.pathname()) + "/";
      return result;
    }
    file += "index.html";
  } else if (!is_file(file) && is_file(file + ".html")) {
    file += ".html";
  }
  if (!is_file(file)) return status(request, 404);
  const bool is_sheet = file.ends_with(".css");
  const std::string_view type = is_page_name(file) ? "text/html"
                                : is_sheet         ? "text/css"
                                                   : "application/octet-stream";
  const bool is_read = is_page_name(file) || (is_sheet && request.or_sheets);
  if (is_read && !request.head) return page(request, file, type);
  FetchResult result = status(request, 200);
  result.content_type = type;
  if (request.only_html && !request.head && !is_page_name(file)) {
    result.error = ErrorKind::kContentType;
    result.error_message = "a file that is no page";
  }
  return result;
}

}  // namespace

bool FolderSite::has(const Url& url) const {
  return url.is_http() && url.pathname().starts_with(base.pathname()) &&
         site_of(url) == site_of(base);
}

Result<FolderSite> make_folder_site(const std::string& folder,
                                    const std::string& base) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return make_error(fmt::format("{} is no folder", folder));
  }
  std::optional<Url> url = Url::parse(base);
  if (url) url = url->without_credentials().without_fragment();
  // The folder that the URL is in, or is.
  if (url) url = url->resolve(".");
  if (!url || !url->is_http()) {
    return make_error(
        fmt::format("--base {}: give the URL that the folder will have, as "
                    "https://example.org/",
                    base));
  }
  return FolderSite{folder.ends_with('/') ? folder : folder + "/",
                    *std::move(url)};
}

Result<std::vector<std::string>> pages_of(const FolderSite& site) {
  std::vector<std::string> pages;
  std::error_code error;
  fs::recursive_directory_iterator each(
      site.folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && each != fs::recursive_directory_iterator();
       each.increment(error)) {
    const fs::path& file = each->path();
    std::error_code ignored;
    if (!is_page_name(file) || !each->is_regular_file(ignored)) continue;
    std::string name = file.string().substr(site.folder.size());
    if (file.filename() == "index.html") {
      name.resize(name.size() - file.filename().string().size());
    }
    pages.push_back(std::string(site.base.href()) + encoded_path(name));
  }
  if (error) {
    return make_error(
        fmt::format("cannot read {}: {}", site.folder, error.message()));
  }
  std::sort(pages.begin(), pages.end());
  return pages;
}

std::unique_ptr<Fetcher> make_folder_fetcher(FolderSite site,
                                             FetchOptions options,
                                             std::unique_ptr<Fetcher> web) {
  return std::make_unique<FolderFetcher>(std::move(site), std::move(options),
                                         std::move(web));
}

}  // namespace crawl
