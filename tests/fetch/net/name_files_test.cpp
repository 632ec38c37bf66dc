#include "fetch/net/name_files.h"

#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

std::string addresses(const HostsFile& file, const std::string& name) {
  const auto* found = file.addresses(name);
  if (found == nullptr) return "none";
  std::string text;
  for (const SocketAddress& address : *found) text += address.text() + " ";
  return text;
}

TEST(HostsFile, HasAddressesForNames) {
  const HostsFile file = HostsFile::parse(
      "# a comment\n"
      "192.0.2.1\ta.test  Alias.TEST # and more: b.test\n"
      "\n   \n2001:db8::1 a.test\n"
      "not-an-address x.test\n192.0.2.256 y.test\n192.0.2.9\n"
      "192.0.2.2 last.test");
  EXPECT_EQ(addresses(file, "a.test"), "192.0.2.1 2001:db8::1 ");
  EXPECT_EQ(addresses(file, "alias.test"), "192.0.2.1 ");
  EXPECT_EQ(addresses(file, "last.test"), "192.0.2.2 ");
  for (const char* name : {"b.test", "x.test", "y.test", "#", ""}) {
    EXPECT_EQ(addresses(file, name), "none") << name;
  }
}

TEST(NameServices, AreWhatTheHostsLineSays) {
  struct Case {
    const char* text;
    bool dns, local_names, any_name;
  };
  for (const Case& c : {
           Case{"", true, false, false},
           Case{"passwd: files ldap\n", true, false, false},
           Case{"hosts: files dns\n", true, false, false},
           Case{"  hosts:\tfiles dns # ldap\n", true, false, false},
           Case{"#hosts: ldap\n", true, false, false},
           Case{"hosts: files mdns4_minimal [NOTFOUND=return] dns myhostname",
                true, true, false},
           Case{"hosts: mymachines resolve [!UNAVAIL = return] files dns", true,
                true, true},
           Case{"hosts: files dns nis\npasswd: files", true, true, true},
           Case{"hosts: files", false, false, false},
           Case{"hosts: files resolve [dns ]\n", false, true, true},
       }) {
    const NameServices services = NameServices::parse(c.text);
    EXPECT_EQ(services.dns, c.dns) << c.text;
    EXPECT_EQ(services.local_names, c.local_names) << c.text;
    EXPECT_EQ(services.any_name, c.any_name) << c.text;
  }
}

TEST(NameFiles, AFileThatIsNotThereIsEmpty) {
  EXPECT_EQ(read_name_file("/no/such/file"), "");
  EXPECT_EQ(read_name_file("/"), "");
}

}  // namespace
}  // namespace crawl
