// Every case of data/concurrent/futures_cases.json that C++ can have is named
// above the test that covers it, as "// CPython: group.case".
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace crawl {
namespace {

namespace fs = std::filesystem;

// The case named in each "// CPython: " line -> the line that follows it.
std::map<std::string, std::string> read_marks() {
  const std::string mark = "// CPython: ";
  std::map<std::string, std::string> marks;
  const fs::path tests = fs::path(CRAWL_DATA_DIR).parent_path() / "tests";
  for (const auto& entry : fs::directory_iterator(tests / "concurrent")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    std::string name;
    for (std::string line; std::getline(file, line);) {
      if (!name.empty()) {
        EXPECT_TRUE(marks.emplace(name, line).second) << name << " twice";
      }
      name = line.rfind(mark, 0) == 0 ? line.substr(mark.size()) : "";
    }
  }
  return marks;
}

TEST(FuturesCases, EachHasItsTest) {
  std::ifstream file(fs::path(CRAWL_DATA_DIR) / "concurrent" /
                     "futures_cases.json");
  const nlohmann::json cases = nlohmann::json::parse(file).at("cases");
  std::map<std::string, std::string> marks = read_marks();
  int wanted = 0;
  for (const nlohmann::json& one : cases) {
    if (one.at(3) == "no") continue;
    ++wanted;
    const std::string name =
        one.at(0).get<std::string>() + "." + one.at(1).get<std::string>();
    const auto found = marks.find(name);
    if (found == marks.end()) {
      ADD_FAILURE() << "no test for " << name;
      continue;
    }
    EXPECT_EQ(found->second.rfind("TEST", 0), 0u)
        << name << " is followed by: " << found->second;
    EXPECT_EQ(found->second.find("DISABLED"), std::string::npos) << name;
    marks.erase(found);
  }
  EXPECT_GT(wanted, 60);
  for (const auto& [name, line] : marks) {
    ADD_FAILURE() << "no such case: " << name;
  }
}

}  // namespace
}  // namespace crawl
