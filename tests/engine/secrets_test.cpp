#include "engine/secrets.h"

#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

class SecretsTest : public ::testing::Test {
 protected:
  void add_seed(std::string_view line) { secrets_.add_seed(*parse_seed(line)); }

  // "-u", "me:pw", "-u me:pw" or "": what a request to `url` may carry.
  std::string sent(std::string_view url, const Secret& own = {}) const {
    FetchRequest request{.url = *Url::parse(url)};
    secrets_.fill(own, request);
    std::string sent = request.send_credentials ? "-u " : "";
    sent += request.user_password;
    while (sent.ends_with(' ')) sent.pop_back();
    return sent;
  }

  Secrets secrets_;
};

TEST_F(SecretsTest, AreForTheExactOriginsOfTheSeeds) {
  add_seed("http://a.test/x");
  add_seed("https://b.test:8443/");
  EXPECT_EQ(sent("http://a.test/y"), "-u");
  EXPECT_EQ(sent("http://a.test:80/robots.txt"), "-u");
  EXPECT_EQ(sent("https://b.test:8443/z"), "-u");
  for (const char* other :
       {"https://a.test/", "http://a.test:8080/", "http://www.a.test/",
        "http://test/", "https://b.test/", "http://b.test:8443/"}) {
    EXPECT_EQ(sent(other), "") << other;
  }
}

TEST_F(SecretsTest, TheFirstUserinfoOfAnOriginCounts) {
  add_seed("http://a.test/");
  add_seed("http://me:pw@a.test/x");
  add_seed("http://you:no@a.test/y");
  add_seed("http://you:yes@b.test/");
  EXPECT_EQ(sent("http://a.test/y"), "-u me:pw");
  EXPECT_EQ(sent("http://b.test/"), "-u you:yes");
}

TEST_F(SecretsTest, AListedUrlHasItsOwnAndNoOthers) {
  const Secret own{"http://a.test:80", "me:pw", true};
  EXPECT_EQ(sent("http://a.test/robots.txt", own), "-u me:pw");
  EXPECT_EQ(sent("http://b.test/", own), "");
  EXPECT_EQ(sent("http://a.test/"), "");
}

TEST_F(SecretsTest, ASitemapsUserinfoIsNoSeeds) {
  add_seed("http://a.test/");
  add_seed("http://you:x@c.test/");
  EXPECT_EQ(sent("http://b.test/s.xml", {"http://b.test:80", "me:pw"}),
            "me:pw");
  EXPECT_EQ(sent("http://a.test/s.xml", {"http://b.test:80", "me:pw"}), "-u");
  EXPECT_EQ(sent("http://c.test/s.xml", {"http://c.test:80", "me:pw"}),
            "-u me:pw");
}

}  // namespace
}  // namespace crawl
