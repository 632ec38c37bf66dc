#include "crawl/fetch/proxy_choice.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace crawl {
namespace {

using Variables = std::map<std::string, std::string>;

ProxyRules rules_of(const Variables& variables) {
  return proxy_rules_of_environment([&variables](const char* name) {
    const auto at = variables.find(name);
    return at == variables.end() ? nullptr : at->second.c_str();
  });
}

std::string proxy_for(const ProxyRules& rules, const std::string& url) {
  return std::string(ProxyChoice(rules).proxy_for(*Url::parse(url)));
}

TEST(ProxyChoice, SchemesHaveVariablesOfTheirOwnAndLowerCaseWins) {
  struct Case {
    Variables variables;
    std::string http, https;
  };
  const Case cases[] = {
      {{}, "", ""},
      {{{"http_proxy", "p:1"}}, "p:1", ""},
      // Set by whoever asks a CGI program.
      {{{"HTTP_PROXY", "p:1"}}, "", ""},
      {{{"https_proxy", "p:1"}}, "", "p:1"},
      {{{"HTTPS_PROXY", "p:1"}}, "", "p:1"},
      {{{"https_proxy", "p:1"}, {"HTTPS_PROXY", "p:2"}}, "", "p:1"},
      {{{"https_proxy", ""}, {"HTTPS_PROXY", "p:2"}}, "", "p:2"},
      {{{"all_proxy", "p:1"}}, "p:1", "p:1"},
      {{{"ALL_PROXY", "p:1"}, {"http_proxy", "p:2"}}, "p:2", "p:1"},
      {{{"all_proxy", "p:1"}, {"ALL_PROXY", "p:2"}}, "p:1", "p:1"},
      {{{"all_proxy", "p:1"}, {"no_proxy", "*"}}, "", ""},
      {{{"all_proxy", "p:1"}, {"NO_PROXY", "a.test"}}, "", ""},
      {{{"all_proxy", "p:1"}, {"NO_PROXY", "*"}, {"no_proxy", "b"}},
       "p:1",
       "p:1"},
  };
  for (const Case& one : cases) {
    const ProxyRules rules = rules_of(one.variables);
    EXPECT_EQ(proxy_for(rules, "http://a.test/"), one.http);
    EXPECT_EQ(proxy_for(rules, "https://a.test/"), one.https);
    EXPECT_EQ(ProxyChoice(rules).has_any(), !rules.http.empty() ||
                                                !rules.https.empty() ||
                                                !rules.all.empty());
  }
}

TEST(ProxyChoice, OptionComesBeforeTheEnvironmentButNotBeforeNoProxy) {
  ProxyRules rules{"x:1", "h:1", "s:1", "a:1", "local.test"};
  EXPECT_EQ(proxy_for(rules, "http://a.test/"), "x:1");
  EXPECT_EQ(proxy_for(rules, "https://a.test/"), "x:1");
  EXPECT_EQ(proxy_for(rules, "https://local.test/"), "");
}

TEST(ProxyChoice, NoProxyNamesHostsDomainsAddressesAndBlocks) {
  struct Case {
    std::string list, url;
    bool exempt;
  };
  const Case cases[] = {
      {"a.test", "http://a.test/", true},
      {"a.test", "http://A.TEST:8080/", true},
      {"A.Test", "http://a.test/", true},
      {"a.test", "http://www.a.test/", true},
      {"a.test", "http://wa.test/", false},
      {"a.test", "http://a.test.org/", false},
      {".a.test", "http://a.test/", true},
      {".a.test", "http://www.a.test/", true},
      {"a.test.", "http://a.test/", true},
      {"a.test", "http://a.test./", true},
      {"b.test, a.test", "http://a.test/", true},
      {"b.test a.test", "http://a.test/", true},
      {",,a.test,", "http://a.test/", true},
      {"*", "http://a.test/", true},
      {"*", "http://127.0.0.1/", true},
      {"*,b.test", "http://a.test/", false},
      {"*.a.test", "http://www.a.test/", false},
      {"", "http://a.test/", false},
      {"bücher.test", "http://xn--bcher-kva.test/", true},
      {"xn--bcher-kva.test", "http://bücher.test/", true},
      {"127.0.0.1", "http://127.0.0.1/", true},
      {"127.0.0.1", "http://127.0.0.2/", false},
      {"0.0.1", "http://127.0.0.1/", false},
      {"127.0.0.0/8", "http://127.9.9.9/", true},
      {"127.0.0.0/8", "http://128.0.0.1/", false},
      {"192.168.4.0/22", "http://192.168.7.255/", true},
      {"192.168.4.0/22", "http://192.168.8.0/", false},
      {"0.0.0.0/0", "http://192.168.8.0/", true},
      {"0.0.0.0/0", "http://a.test/", false},
      {"10.0.0.0/33", "http://10.0.0.0/", false},
      {"10.0.0.0/x", "http://10.0.0.0/", false},
      {"10.0.0.0/", "http://10.0.0.0/", false},
      {"::1", "http://[::1]/", true},
      {"[::1]", "http://[::1]/", true},
      {"2001:db8::/32", "http://[2001:db8:1::1]/", true},
      {"2001:db8::/33", "http://[2001:db8:8000::1]/", false},
      {"::/0", "http://127.0.0.1/", false},
      {"a.test:80", "http://b.test/", false},
  };
  for (const Case& one : cases) {
    const ProxyRules rules{"", "", "", "p:1", one.list};
    EXPECT_EQ(proxy_for(rules, one.url), one.exempt ? "" : "p:1")
        << one.list << " and " << one.url;
  }
}

}  // namespace
}  // namespace crawl
