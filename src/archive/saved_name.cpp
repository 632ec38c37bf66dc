#include "archive/saved_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "crawl/base/fingerprint.h"

namespace crawl {
namespace {

// File systems take 255 bytes for a name and 4,096 for a path.
constexpr std::size_t kMostName = 150;
constexpr std::size_t kMostPath = 2'000;
constexpr std::size_t kHashDigits = 16;

constexpr std::string_view kIndex = "index.html";

std::string hash_of(const Url& url) {
  return to_hex(fingerprint(url.href())).substr(0, kHashDigits);
}

// Devices on some systems, whatever their ending.
bool is_reserved(std::string_view name) {
  const std::string stem =
      lower_case(std::string(name.substr(0, name.find('.'))));
  static constexpr std::array<std::string_view, 6> kDevices = {
      "con", "prn", "aux", "nul", "conin$", "conout$"};
  if (std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end()) {
    return true;
  }
  return stem.size() == 4 &&
         (stem.starts_with("com") || stem.starts_with("lpt")) &&
         is_ascii_digit(stem[3]);
}

// Ends as names do that have been made different.
bool looks_hashed(std::string_view name) {
  const std::size_t tilde = name.rfind('~');
  return tilde != std::string_view::npos;
}

// A part of a URL's path as a part of a file's; says whether it had to be
// changed, so that others may have become the same.
std::string safe_part(std::string_view part, bool& changed) {
  std::string name;
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F ||
        std::string_view("\\:*\"<>|?/").find(c) != std::string_view::npos) {
      name += fmt::format("%{:02X}", byte);
      changed = true;
    } else {
      name += c;
    }
  }
  if (name.size() > kMostName) {
    name.resize(kMostName);
    changed = true;
  }
  while (name.ends_with('.')) {
    name.pop_back();
    changed = true;
  }
  if (name.empty() || is_reserved(name) || name.starts_with('.')) {
    name.insert(0, "_");
    changed = true;
  }
  changed = changed || looks_hashed(name);
  return name;
}

std::string with_hash(const std::string& file, const std::string& hash) {
  const std::size_t dot = file.rfind('.');
  const std::size_t stem =
      dot == std::string::npos || dot == 0 || file.size() - dot > 10
          ? file.size()
          : dot;
  return fmt::format("{}~{}{}", file.substr(0, stem), hash, file.substr(stem));
}

enum class UsualPort : std::uint8_t { kLeftOut, kSaid };
enum class Hash : std::uint8_t { kIfNeeded, kAlways };

std::string host_folder(const Url& url, UsualPort usual, bool& changed) {
  bool of_host = false;
  std::string host(url.hostname());
  // Of an IPv6 address.
  std::erase_if(host, [](char c) { return c == '[' || c == ']'; });
  std::replace(host.begin(), host.end(), ':', '_');
  std::string name = safe_part(host, of_host);
  changed = changed || of_host;
  const bool https = url.scheme() == "https";
  if (url.port().empty() && usual == UsualPort::kLeftOut) return name;
  name.append(":").append(!url.port().empty() ? url.port()
                          : https             ? "443"
                                              : "80");
  if (https) name += "+https";
  return name;
}

SavedName place_of(const Url& url, UsualPort usual,
                   Hash hash = Hash::kIfNeeded) {
  // A query, be it empty; what is no part of the path.
  bool changed = hash == Hash::kAlways ||
                 url.href().find_first_of("?#") != std::string_view::npos ||
                 url.has_credentials();
  SavedName name;
  name.folders.push_back(host_folder(url, usual, changed));
  std::string_view path = url.pathname();
  if (path.starts_with('/')) path.remove_prefix(1);
  std::size_t size = name.folders[0].size();
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/')) {
    if (size > kMostPath) {
      changed = true;
    } else {
      name.folders.push_back(safe_part(path.substr(0, slash), changed));
      size += name.folders.back().size() + 1;
    }
    path.remove_prefix(slash + 1);
  }
  if (path.empty()) {
    name.file = kIndex;
  } else {
    name.file = safe_part(path, changed);
    // A folder has that name already.
    changed = changed || path == kIndex;
  }
  if (changed) name.file = with_hash(name.file, hash_of(url));
  return name;
}

}  // namespace

std::string SavedName::path() const {
  std::string text;
  for (const std::string& folder : folders) text.append(folder).append("/");
  return text + file;
}

SavedName saved_name(const Url& url) {
  return place_of(url, UsualPort::kLeftOut);
}

SavedName saved_name_with_hash(const Url& url) {
  return place_of(url, UsualPort::kLeftOut, Hash::kAlways);
}

SavedName saved_name_with_port(const Url& url) {
  return place_of(url, UsualPort::kSaid);
}

SavedName beside(SavedName name) {
  for (std::size_t i = 1; i < name.folders.size(); ++i) name.folders[i] += '~';
  return name;
}

SavedName other_saved_name(const Url& url) {
  bool changed = false;
  SavedName name;
  name.folders.push_back(host_folder(url, UsualPort::kLeftOut, changed));
  // Not that of the first place, which may have a hash too.
  name.file = with_hash(saved_name(url).file, hash_of(url) + "~2");
  name.folders.emplace_back("~");
  return name;
}

SavedName beside_host(SavedName name) {
  name.folders[0] += '~';
  return name;
}

}  // namespace crawl
