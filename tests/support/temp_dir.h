#ifndef CRAWL_TESTS_SUPPORT_TEMP_DIR_H_
#define CRAWL_TESTS_SUPPORT_TEMP_DIR_H_

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

namespace crawl::testing {

// A fresh empty directory, removed with all that is in it at the end.
class TempDir {
 public:
  TempDir() {
    std::string name =
        (std::filesystem::temp_directory_path() / "crawl-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), name);
    }
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // The full name of a file in it, made or not.
  std::string file(std::string_view name) const {
    return (path_ / name).string();
  }

  // Makes a file of these bytes and returns its full name.
  std::string write(std::string_view name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return file(name);
  }

  // The bytes of a file in it, or anywhere by its full name; none if it is not
  // there.
  std::string read(std::string_view name) const {
    std::ifstream in(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::filesystem::path path_;
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_TEMP_DIR_H_
