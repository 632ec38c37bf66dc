#ifndef CRAWL_FETCH_NET_NAME_FILES_H_
#define CRAWL_FETCH_NET_NAME_FILES_H_

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fetch/net/socket_address.h"

namespace crawl {

// The hosts file (hosts(5)), read once: it may be large, and a crawl asks
// often.
class HostsFile {
 public:
  HostsFile() = default;
  static HostsFile parse(std::string_view text);

  // Null for a name that it does not have; `name` as host_key() makes it.
  const std::vector<SocketAddress>* addresses(const std::string& name) const;

 private:
  std::unordered_map<std::string, std::vector<SocketAddress>> addresses_;
};

// Who is asked for a host besides the hosts file and the name servers: what the
// "hosts" line of nsswitch.conf(5) says.
struct NameServices {
  bool dns = true;           // name servers are
  bool local_names = false;  // someone may know one word, or a .local name
  bool any_name = false;     // someone may know any name

  static NameServices parse(std::string_view text);
};

// "" if it cannot be read.
std::string read_name_file(const std::string& path);

}  // namespace crawl

#endif  // CRAWL_FETCH_NET_NAME_FILES_H_
