#include "base/userinfo.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace crawl {
namespace {

TEST(Userinfo, ThePasswordOfAnyTextIsHidden) {
  for (const auto& [text, shown] : {
           std::pair{"http://me:pw@host/x", "http://me:***@host/x"},
           {"HTTPS://me:p@w:p@host", "HTTPS://me:***@host"},
           {"http://:pw@[::1]:80/@", "http://:***@[::1]:80/@"},
           {"//me:pw@host", "//me:***@host"},
           {"me:pw@host/x", "me:***@host/x"},
           {"\"http://me:pw@host/\"", "\"http://me:***@host/\""},
           {"<http://me:pw@host/>", "<http://me:***@host/>"},
           {"'me:pw@host:80/'", "'me:***@host:80/'"},
           {"ftp://me:pw@host/", "ftp://me:***@host/"},
           {"http:me:pw@host", "http:***@host"},
           {"http:\\/me:pw@host", "http:\\/me:***@host"},
           {"ht\ttp:/\n/me:p\tw@host", "http://me:***@host"},
           {"\x01 http://me:pw@host", "http://me:***@host"},
           // No URLs: where the password ends is anyone's guess.
           {"http://me:p/w@host", "http://me:***@host"},
           {"http://me:p?w@host/a@b", "http://me:***@b"},
           {"http://me:99999/w@host", "http://me:***@host"},
           {"http://me:pw@ho st:x/", "http://me:***@ho st:x/"},
           {"scheme://a:b@", "scheme://a:***@"},
           {"http://[me:pw@host", "http://[me:***@host"},
           {"http://[me:p/w@host", "http://[me:***@host"},
       }) {
    EXPECT_EQ(hide_password(text), shown);
  }
}

TEST(Userinfo, WhatHasNoPasswordIsShownAsItIs) {
  for (const char* text :
       {"", "@", "http://@", "host", "http://host/a:b@c", "http://me@host/",
        "http://host:8080/a@b", "host:8080/a@b", "http://[::1]/a:b@c",
        "http://[::1]:80/a@b", "mailto:me@host", "http:///?@", "a@b:c",
        "http://host:/@", "http://host\t:80/"}) {
    EXPECT_EQ(hide_password(text), text);
  }
}

TEST(Userinfo, IsHiddenAmongOtherWords) {
  for (const auto& [text, shown] : {
           std::pair{"0; url=http://me:pw@host/x",
                     "0; url=http://me:***@host/x"},
           {"<http://a:b@h/>; rel=next, <//c:d@h>",
            "<http://a:***@h/>; rel=next, <//c:***@h>"},
           {"http://ru:RED@[bad", "http://ru:***@[bad"},
           {"http://me:p@w@host/a:b@c", "http://me:***@host/a:b@c"},
           {"http://me@host/ a:b@c", "http://me@host/ a:b@c"},
           {"// : @", "// : @"},
           {"//", "//"},
           {"@//", "@//"},
       }) {
    EXPECT_EQ(hide_passwords(text), shown);
  }
}

TEST(Userinfo, IsTakenOutOfASerialisedUrl) {
  for (const auto& [href, left] : {
           std::pair{"http://me:pw@host/x@y", "http://host/x@y"},
           {"https://me@[::1]:1/", "https://[::1]:1/"},
           {"http://host/@", "http://host/@"},
           {"http://host/", "http://host/"},
       }) {
    std::string url = href;
    remove_userinfo(url);
    EXPECT_EQ(url, left);
  }
}

}  // namespace
}  // namespace crawl
