#ifndef CRAWL_TESTS_SUPPORT_DATA_FILE_H_
#define CRAWL_TESTS_SUPPORT_DATA_FILE_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace crawl::testing {

// The bytes of any file; throws std::runtime_error if it cannot be read.
inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

// Files under data/: "sites/tiny/index.html". A header, so that each test's own
// CRAWL_DATA_DIR counts.
inline std::filesystem::path data_path(std::string_view name) {
  return std::filesystem::path(CRAWL_DATA_DIR) / name;
}
inline std::string read_data_file(std::string_view name) {
  return read_bytes(data_path(name));
}

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_DATA_FILE_H_
