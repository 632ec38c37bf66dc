#include "archive/surt.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "crawl/base/url.h"

namespace crawl {
namespace {

// Cases of the Python package surt, as iipc/jwarc's tests have them.
TEST(Surt, IsAsOthersMakeIt) {
  const std::pair<std::string, std::string> rows[] = {
      {"http://wWw.EXAMPLE.org:8080/FOO?c&A&&&b",
       "org,example:8080)/foo?&&a&b&c"},
      {"http://www.example.org/", "org,example)/"},
      {"http://www.example.org:1/", "org,example:1)/"},
      {"http://www123.example.org/", "org,example)/"},
      {"http://example.org/", "org,example)/"},
      {"  http://example.org/   ", "org,example)/"},
      {"http://example.org:/", "org,example)/"},
      {"http://example.org/dir/", "org,example)/dir"},
      {"http://example.org/dir/?", "org,example)/dir"},
      {"http://example.org/dir/?b&a", "org,example)/dir?a&b"},
      {"http://example.org/dir/?a=2&b&a=1", "org,example)/dir?a=1&a=2&b"},
      {"http://example.org/a/././b/../c", "org,example)/a/c"},
      {"http://example.org/a/././b/../c/../../../../..", "org,example)/"},
      {"http://[2001:db8::1]:80/", "2001:db8::1)/"},
      {"http://1.2.3.4:80/", "4,3,2,1)/"},
      {"http://1.2.3.4/", "4,3,2,1)/"},
      {"http://example.org/"
       "index.php?PHPSESSID=0123456789abcdefghijklemopqrstuv&page=2",
       "org,example)/index.php?page=2"},
      {"http://intersector.wa.gov.au/"
       "current_issue?CFID=2051199&CFTOKEN=697395b12ed216e1-F6DFAF77-D433-"
       "FA57-5582BC6000844470&jsessionid=92303280691120833351543",
       "au,gov,wa,intersector)/"
       "current_issue?jsessionid=92303280691120833351543"},
      {"http://example.org/(S(4hqa0555fwsecu455xqckv45))/mileg.aspx",
       "org,example)/mileg.aspx"},
      {"http://example.org/(4hqa0555fwsecu455xqckv45)/mileg.aspx",
       "org,example)/mileg.aspx"},
      {"https://example.org/a#b", "org,example)/a"},
  };
  for (const auto& [url, key] : rows) EXPECT_EQ(surt(*Url::parse(url)), key);
}

}  // namespace
}  // namespace crawl
