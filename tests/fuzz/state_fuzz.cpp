// Any file, or a good one with bytes changed, as a saved state: opening it ends
// in a state that works or in an error that leaves the file as it was.
// Input: a mode byte; then the file, or changes of (two bytes place, one byte
// value) to a good file, or the write-ahead log beside a good file.

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "crawl/frontier/state_store.h"

namespace {

using crawl::FileState;
using crawl::PageId;

void check(bool condition) {
  if (!condition) std::abort();
}

const std::string& path() {
  static const std::string name = [] {
    const std::filesystem::path memory = "/dev/shm";
    return ((std::filesystem::is_directory(memory)
                 ? memory
                 : std::filesystem::temp_directory_path()) /
            ("crawl-state-fuzz-" + std::to_string(getpid()) + ".db"))
        .string();
  }();
  return name;
}

std::string read_file() {
  std::ifstream file(path(), std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

void write_file(const std::string& name, std::string_view bytes) {
  std::ofstream file(name, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void remove_files() {
  for (const char* suffix : {"", "-wal", "-journal"}) {
    std::filesystem::remove(path() + suffix);
  }
}

std::string make_good_file() {
  remove_files();
  {
    auto store = FileState::open({path(), {{"--scope", "host"}}});
    check(store.has_value());
    PageId parent = crawl::kNoPage;
    for (int i = 0; i < 60; ++i) {
      const auto url = crawl::Url::parse("http://h" + std::to_string(i % 3) +
                                         "/" + std::to_string(i));
      const auto page = (*store)->add(*url, i, parent);
      check(page && *page);
      parent = **page;
    }
    std::vector<crawl::QueuedPage> pages;
    check((*store)->load(0, 9, pages).has_value());
    for (const std::size_t i : {0u, 1u, 4u, 6u}) (*store)->done(pages[i].id);
    check((*store)->remember("http://x/").has_value());
    check((*store)->first_with_body({1, 2}, parent).has_value());
    const auto target = crawl::Url::parse("http://y/");
    check(*(*store)->claim(*target, pages[2].id, 1));
    check(!*(*store)->add(*target, 1, parent));
    check((*store)->trust(1).has_value());
    (*store)->set_counter("pages", 4);
    check((*store)->commit({{"records", 100}, {"skipped", 5}}).has_value());
  }
  std::string bytes = read_file();
  remove_files();
  // The state's own is random, and an input would not find again what it found.
  constexpr std::string_view kName = "seed", kSeed = "0123456789abcdef";
  check(bytes.find(kName) == bytes.rfind(kName));
  bytes.replace(bytes.find(kName) + kName.size(), kSeed.size(), kSeed);
  return bytes;
}

// Everything a crawl does with its state, as far as that goes well.
void use(FileState& store) {
  std::set<PageId> seen;
  std::vector<crawl::QueuedPage> pages;
  for (FileState::HostId host = 0; host < store.hosts(); ++host) {
    const std::uint64_t waiting = store.waiting(host);
    const std::size_t before = pages.size();
    if (!store.load(host, 1000, pages)) return;
    check(pages.size() - before == std::min<std::uint64_t>(waiting, 1000));
  }
  for (const crawl::QueuedPage& page : pages) {
    check(seen.insert(page.id).second);
    const auto url = store.url_of(page.id);
    if (!url) return;
    if (page.parent != crawl::kNoPage && !store.url_of(page.parent)) return;
    store.done(page.id);
  }
  const auto url = crawl::Url::parse("http://new/");
  if (const auto added = store.add(*url, 1, crawl::kNoPage); !added) return;
  if (!store.first_with_body({3, 4}, 0)) return;
  if (!store.claim(*url, 0, 1)) return;
  store.set_counter("pages", store.counter("pages") + 1);
  if (store.hosts() > 0 && !store.trust(0)) return;
  if (!store.commit({{"records", 200}, {"other", 1}})) return;
  check(store.position("records") == 200 && store.position("other") == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const std::string good = make_good_file();
  if (size == 0) return 0;
  std::string bytes = good, log;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1,
                              size - 1);
  switch (data[0] % 3) {
    case 0:
      bytes = rest;
      break;
    case 1:
      for (std::size_t i = 0; i + 2 < rest.size(); i += 3) {
        const std::size_t place = static_cast<unsigned char>(rest[i]) * 256u +
                                  static_cast<unsigned char>(rest[i + 1]);
        bytes[place % bytes.size()] = rest[i + 2];
      }
      break;
    default:
      log = rest;
  }
  remove_files();
  write_file(path(), bytes);
  if (!log.empty()) write_file(path() + "-wal", log);
  bool opened = false;
  {
    auto store = FileState::open({path(), {{"--scope", "host"}}});
    opened = store.has_value();
    if (opened) {
      use(**store);
    } else {
      check(!store.error().message.empty());
    }
  }
  // Without a log, opening has no reason to write.
  if (!opened && log.empty()) check(read_file() == bytes);
  if (opened) FileState::open({path(), {{"--scope", "host"}}});
  remove_files();
  return 0;
}
