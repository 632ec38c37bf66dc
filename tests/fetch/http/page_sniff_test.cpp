#include "fetch/http/page_sniff.h"

#include <gtest/gtest.h>

namespace crawl {
namespace {

TEST(PageSniff, TheHeaderDecides) {
  for (const char* type :
       {"text/html", "TEXT/HTML", "text/html; charset=utf-8", "text/html;",
        "text/html ;x", " text/html", "application/xhtml+xml"}) {
    EXPECT_EQ(body_type(type), BodyType::kHtml) << type;
  }
  for (const char* type : {"text/plain", "text/htmlx", "image/png",
                           "application/json", "text/xml"}) {
    EXPECT_EQ(body_type(type), BodyType::kOther) << type;
  }
}

TEST(PageSniff, NoTypeOrNonsenseSaysNothing) {
  for (const char* type : {"", "html", "/", "text/", ";charset=utf-8"}) {
    EXPECT_EQ(body_type(type), BodyType::kUnsaid) << type;
  }
}

TEST(PageSniff, HtmlBeginsLikeHtml) {
  for (const char* body :
       {"<!doctype html>", "<!DOCTYPE HTML PUBLIC \"x\">", "<html>",
        "<HTML lang=en>", "\n\t <html\n>", "\xef\xbb\xbf<!DOCTYPE html>",
        "<!-- a --> <!-- <p> --><!doctype html>", "<html"}) {
    EXPECT_TRUE(begins_like_html(body)) << body;
  }
}

TEST(PageSniff, OtherThingsDoNot) {
  for (const char* body :
       {"", "  ", "hello", "<?xml version='1.0'?>", "<htmlx>", "<!doctype svg>",
        "<!-- never ends <html>", "{\"a\": \"<html>\"}", "\x1f\x8b"}) {
    EXPECT_FALSE(begins_like_html(body)) << body;
  }
}

}  // namespace
}  // namespace crawl
