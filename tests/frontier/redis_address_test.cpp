#include "frontier/redis_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace crawl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RedisAddress, AllPartsAreRead) {
  struct Case {
    std::string text, host;
    int port, database;
    std::string name, user, password;
  };
  for (const Case& each : {
           Case{"redis://h", "h", 6379, 0, "crawl", "", ""},
           Case{"redis://h/", "h", 6379, 0, "crawl", "", ""},
           Case{"REDIS://h:1/2", "h", 1, 2, "crawl", "", ""},
           Case{"redis://h/3/news-1.x_y", "h", 6379, 3, "news-1.x_y", "", ""},
           Case{"redis://h//news", "h", 6379, 0, "news", "", ""},
           Case{"redis://[::1]:7/0/n", "::1", 7, 0, "n", "", ""},
           Case{"redis://:p@h", "h", 6379, 0, "crawl", "", "p"},
           Case{"redis://p%40@h", "h", 6379, 0, "crawl", "", "p@"},
           Case{"redis://u:p?@h", "h", 6379, 0, "crawl", "u", "p?"},
           Case{"redis://u:p%40%3a%25@h", "h", 6379, 0, "crawl", "u", "p@:%"},
           Case{"redis://u:a@b@h", "h", 6379, 0, "crawl", "u", "a@b"},
       }) {
    const auto read = parse_redis_address(each.text);
    ASSERT_TRUE(read) << each.text << ": " << read.error().message;
    EXPECT_EQ(read->node.host, each.host) << each.text;
    EXPECT_EQ(read->node.port, each.port) << each.text;
    EXPECT_EQ(read->database, each.database) << each.text;
    EXPECT_EQ(read->name, each.name) << each.text;
    EXPECT_EQ(read->user, each.user) << each.text;
    EXPECT_EQ(read->password, each.password) << each.text;
  }
}

TEST(RedisAddress, WhatIsNoneIsRefusedAndShowsNoPassword) {
  for (const std::string text :
       {"", "h", "http://me:secret@h", "redis://", "redis://me:secret@",
        "redis://me:secret@h:0", "redis://me:secret@h:66000",
        "redis://me:secret@h:x", "redis://me:secret@h/x",
        "redis://me:secret@h/1/a b", "redis://me:secret@h/1/{a}",
        "redis://secret@h:x", "redis://me:secret@h?cacert=/x",
        "rediss://me:secret@h?secret=1",
        "rediss://me:secret@h?cacert=", "redis://me:secret@[::1"}) {
    const auto read = parse_redis_address(text);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, Not(HasSubstr("secret"))) << text;
  }
}

TEST(RedisAddress, IsShownWithoutWhatIsSecret) {
  EXPECT_EQ(parse_redis_address("redis://me:secret@h:1/2/n")->shown(),
            "redis://h:1/2/n");
  EXPECT_EQ(parse_redis_address("rediss://secret@[::1]:1?key=/secret")->shown(),
            "rediss://[::1]:1/0/crawl");
}

TEST(RedisAddress, FilesOfTlsStandBehindIt) {
  const auto read = parse_redis_address(
      "rediss://h/2/n?cacert=/a%26b@c&cert=me.pem&key=/k?x=y");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(read->tls);
  EXPECT_EQ(read->node.host, "h");
  EXPECT_EQ(read->database, 2);
  EXPECT_EQ(read->name, "n");
  EXPECT_EQ(read->files.cacert, "/a&b@c");
  EXPECT_EQ(read->files.cert, "me.pem");
  EXPECT_EQ(read->files.key, "/k?x=y");
  const auto bare = parse_redis_address("rediss://u:p@h?cacert=/x");
  ASSERT_TRUE(bare) << bare.error().message;
  EXPECT_EQ(bare->node.host, "h");
  EXPECT_EQ(bare->password, "p");
  EXPECT_EQ(bare->files.cacert, "/x");
}

}  // namespace
}  // namespace crawl
