#include "support/site_files.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace crawl::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOrigin = "{{origin}}";
constexpr std::string_view kRoutesFile = "_routes.tsv";

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (!file || !(bytes << file.rdbuf() || fs::file_size(path) == 0)) {
    throw std::runtime_error("cannot read " + path.string());
  }
  return std::move(bytes).str();
}

std::string type_of(const fs::path& path) {
  static const std::map<std::string, std::string> kTypes = {
      {".html", "text/html"},        {".xhtml", "application/xhtml+xml"},
      {".css", "text/css"},          {".js", "text/javascript"},
      {".txt", "text/plain"},        {".xml", "application/xml"},
      {".json", "application/json"}, {".svg", "image/svg+xml"},
      {".png", "image/png"},         {".ico", "image/x-icon"},
      {".gz", "application/gzip"},   {".pdf", "application/pdf"},
  };
  const auto found = kTypes.find(path.extension().string());
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

// A file's name as it stands in a path.
std::string percent_encode(std::string_view name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kEncoded = " \"#%<>?`{}";
  std::string path;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && kEncoded.find(c) == kEncoded.npos) {
      path += c;
    } else {
      path += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return path;
}

std::string with_origin(std::string_view text, std::string_view origin) {
  std::string out;
  std::size_t from = 0;
  for (std::size_t at; (at = text.find(kOrigin, from)) != text.npos;
       from = at + kOrigin.size()) {
    out += text.substr(from, at - from);
    out += origin;
  }
  out += text.substr(from);
  return out;
}

std::string etag_of(std::string_view body) {
  return '"' + std::to_string(std::hash<std::string_view>()(body)) + '"';
}

void serve_file(LoopbackSite& site, const std::string& path, std::string type,
                std::string body) {
  const std::string etag = etag_of(body);
  const HttpHeaders headers = {{"Content-Type", std::move(type)},
                               {"ETag", etag}};
  const Reply not_modified = Reply::response(304, {{"ETag", etag}}, "");
  if (body.find(kOrigin) == std::string::npos) {
    const Reply whole = Reply::response(200, headers, std::move(body));
    site.serve(path, [=](const HttpRequest& request) {
      return request.header("if-none-match") == etag ? not_modified : whole;
    });
    return;
  }
  site.serve(path, [=](const HttpRequest& request) {
    if (request.header("if-none-match") == etag) return not_modified;
    return Reply::response(200, headers,
                           with_origin(body, "http://" + request.host));
  });
}

// Path -> what happens there.
std::map<std::string, std::string> read_routes(const fs::path& file) {
  std::map<std::string, std::string> routes;
  if (!fs::exists(file)) return routes;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) {
      throw std::runtime_error("no tab in a line of " + file.string());
    }
    routes[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return routes;
}

}  // namespace

std::vector<std::string> serve_files(LoopbackSite& site,
                                     const fs::path& directory) {
  const auto routes = read_routes(directory / kRoutesFile);
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file() || entry.path().filename() == kRoutesFile) {
      continue;
    }
    std::string path = percent_encode(
        "/" + entry.path().lexically_relative(directory).generic_string());
    std::string type = type_of(entry.path());
    if (const auto route = routes.find(path);
        route != routes.end() && route->second.starts_with("type ")) {
      type = route->second.substr(5);
    }
    const std::string body = read_file(entry.path());
    serve_file(site, path, type, body);
    if (entry.path().filename() == "index.html") {
      path.resize(path.rfind('/') + 1);
      serve_file(site, path, type, body);
      if (path != "/") {
        site.serve(path.substr(0, path.size() - 1), [path](const HttpRequest&) {
          return Reply::redirect(path, 301);
        });
      }
    }
    paths.push_back(std::move(path));
  }
  for (const auto& [path, what] : routes) {
    int status = 0;
    const auto [rest, error] =
        std::from_chars(what.data(), what.data() + what.size(), status);
    if (error != std::errc() || *rest != ' ') continue;
    const std::string location = rest + 1;
    site.serve(path, [location, status](const HttpRequest& request) {
      return Reply::redirect(with_origin(location, "http://" + request.host),
                             status);
    });
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void serve_page_list(LoopbackSite& site, std::string path,
                     const std::vector<std::string>& paths) {
  std::string list;
  for (const std::string& page : paths) {
    if (page.ends_with('/') || page.ends_with(".html")) {
      list += std::string(kOrigin) + page + "\n";
    }
  }
  serve_file(site, path, "text/plain", std::move(list));
}

}  // namespace crawl::testing
