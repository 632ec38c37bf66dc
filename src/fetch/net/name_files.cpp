#include "fetch/net/name_files.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/ascii.h"
#include "fetch/net/host_overrides.h"

namespace crawl {
namespace {

// The next word of `line`, taken off it; "" at its end.
std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kBlank = " \t\r\v\f";
  line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlank));
  line.remove_prefix(word.size());
  return word;
}

// Calls `use` with every line, without its comment.
template <class Use>
void for_each_line(std::string_view text, Use use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    use(line.substr(0, line.find('#')));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// Modules that know no name but their own link's, or this machine's.
bool knows_local_names_only(std::string_view module) {
  return module.starts_with("mdns") || module == "myhostname" ||
         module == "mymachines" || module == "wins";
}

}  // namespace

HostsFile HostsFile::parse(std::string_view text) {
  HostsFile file;
  for_each_line(text, [&](std::string_view line) {
    const auto address = SocketAddress::parse(take_word(line));
    if (!address) return;
    for (auto name = take_word(line); !name.empty(); name = take_word(line)) {
      file.addresses_[host_key(name)].push_back(*address);
    }
  });
  return file;
}

const std::vector<SocketAddress>* HostsFile::addresses(
    const std::string& name) const {
  const auto found = addresses_.find(name);
  return found == addresses_.end() ? nullptr : &found->second;
}

NameServices NameServices::parse(std::string_view text) {
  NameServices services;
  for_each_line(text, [&](std::string_view line) {
    if (take_word(line) != "hosts:") return;
    services = {.dns = false};
    bool action = false;  // within "[NOTFOUND=return]"
    for (auto word = take_word(line); !word.empty(); word = take_word(line)) {
      if (word.starts_with('[')) action = true;
      if (action) {
        action = !word.ends_with(']');
      } else if (word == "dns") {
        services.dns = true;
      } else if (word != "files") {
        services.local_names = true;
        if (!knows_local_names_only(word)) services.any_name = true;
      }
    }
  });
  return services;
}

std::string read_name_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace crawl
