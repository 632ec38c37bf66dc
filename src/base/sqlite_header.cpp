#include "base/sqlite_header.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace crawl {

std::optional<SqliteHeader> read_sqlite_header(const std::string& path) {
  constexpr std::string_view kMagic = "SQLite format 3";
  std::array<char, 100> header{};
  // A pipe would be waited for, and lose what is read of it.
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  file.read(header.data(), header.size());
  const bool whole = file.good() && header[kMagic.size()] == '\0';
  if (!std::string_view(header.data(), header.size()).starts_with(kMagic)) {
    return std::nullopt;
  }
  const auto number = [&header](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
      value = value << 8U | static_cast<unsigned char>(header[i]);
    }
    return value;
  };
  return SqliteHeader{number(68), number(60), whole};
}

}  // namespace crawl
