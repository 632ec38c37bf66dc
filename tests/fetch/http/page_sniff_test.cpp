#include "fetch/http/page_sniff.h"

#include <gtest/gtest.h>

#include <string>

#include "base/ascii.h"

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
  for (const char* type :
       {"", "html", "/", "text/", ";charset=utf-8", "*/*", "*/*; charset=utf-8",
        "unknown/unknown", "Unknown/Unknown;x=y", "application/unknown"}) {
    EXPECT_EQ(body_type(type), BodyType::kUnsaid) << type;
  }
}

TEST(PageSniff, Mimesniff_7_1_ATagAtTheBeginningMeansHtml) {
  for (const std::string tag :
       {"<!DOCTYPE HTML", "<HTML", "<HEAD", "<SCRIPT", "<IFRAME", "<H1", "<DIV",
        "<FONT", "<TABLE", "<A", "<STYLE", "<TITLE", "<B", "<BODY", "<BR", "<P",
        "<!--"}) {
    std::string lower = tag;
    for (char& c : lower) c = to_lower(c);
    for (const std::string& written : {tag, lower}) {
      for (const char* before :
           {"", " ", "\t\n\f\r ", "\xef\xbb\xbf", "\xef\xbb\xbf\n"}) {
        for (const char* after : {" ", ">", " x=y>text", ">text", "\n"}) {
          EXPECT_TRUE(begins_like_html(before + written + after))
              << before << written << after;
        }
      }
      EXPECT_EQ(begins_like_html(written + "x"), tag == "<!--") << written;
      EXPECT_FALSE(begins_like_html("x" + written + ">")) << written;
    }
  }
}

TEST(PageSniff, HtmlBeginsLikeHtml) {
  for (const char* body :
       {"<!doctype html>", "<!DOCTYPE HTML PUBLIC \"x\">", "<html>",
        "<HTML lang=en>", "\n\t <html\n>", "\xef\xbb\xbf<!DOCTYPE html>",
        "<!-- a --> <!-- <p> --><!doctype html>", "<html", "<br/>",
        "<!-- never ends", "<!--[if IE]>"}) {
    EXPECT_TRUE(begins_like_html(body)) << body;
  }
}

TEST(PageSniff, OtherThingsDoNot) {
  for (const char* body : {"",           "  ",
                           "hello",      "<?xml version='1.0'?>",
                           "<htmlx>",    "<!doctype svg>",
                           "<",          "<!",
                           "<!-",        "<!doctype",
                           "</p>",       "<article>",
                           "<bold>",     "<h2>",
                           "<p-x>",      "< p>",
                           "\v<p>",      "{\"a\": \"<html>\"}",
                           "\x1f\x8b",   "\xfe\xff<p>",
                           "\xef\xbb<p>"}) {
    EXPECT_FALSE(begins_like_html(body)) << body;
  }
}

}  // namespace
}  // namespace crawl
