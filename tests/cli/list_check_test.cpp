#include "cli/list_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace crawl::cli {
namespace {

TEST(ListCheck, WhatIsNoListIsSaidWithWhatToDo) {
  struct Case {
    std::string begin, what, advice;
  };
  const Case cases[] = {
      {"\x1f\x8b\x08rest", "is compressed (gzip)", "zcat f | crawl -"},
      {"\x28\xb5\x2f\xfdrest", "is compressed (zstd)", "zstdcat f | crawl -"},
      {"PK\x03\x04rest", "ZIP archive", "unzip -p f | crawl -"},
      {"<?xml version='1.0'?>\n<urlset>", "looks like XML", "--sitemap"},
      {"\n <urlset xmlns='x'>", "looks like XML", "--sitemap"},
      {"<!DOCTYPE html>\n<p>", "looks like an HTML page", "-r --depth 1"},
      {"\xEF\xBB\xBF<html>", "looks like an HTML page", "-r --depth 1"},
      {"{\"url\":\"http://a/\"}\n", "looks like JSON", "jq -r .url f"},
      {"[\"http://a/\"]", "looks like a JSON array", "jq -r '.[]' f"},
      {"[\n  {", "looks like a JSON array", "jq"},
      {"url,title\nhttp://a/,A\n", "looks like a table (CSV)", "cut -d','"},
      {"\"url\",\"title\"\r\n", "looks like a table (CSV)", "cut"},
      {"# mine\nid;url\n", "looks like a table (CSV)", "cut -d';'"},
      {"http://a/,The title, long", "looks like a table (CSV)", "cut"},
      {"http://a/,\"A\"", "looks like a table (CSV)", "cut"},
      {"1,http://a/", "looks like a table (CSV)", "cut"},
      {"http://a/\tA", "looks like a table (TSV)", "cut"},
  };
  for (const Case& one : cases) {
    const auto wrong = wrong_list(one.begin, "f");
    ASSERT_TRUE(wrong) << one.begin;
    EXPECT_THAT(*wrong, ::testing::HasSubstr(one.what)) << one.begin;
    EXPECT_THAT(*wrong, ::testing::HasSubstr(one.advice)) << one.begin;
  }
}

TEST(ListCheck, ListsAreListsWhateverTheirUrlsLookLike) {
  for (const std::string& list :
       std::vector<std::string>{"",
                                "\n\n",
                                "# a comment, with commas\n",
                                "http://a/\n",
                                "example.org\nb.test",
                                "http://a/1,2,3",
                                "http://a/?q=a;b",
                                "http://a/?x={\"y\":1}",
                                "http://[::1]/",
                                "[::1]:80",
                                "not a url",
                                "http://a/ ",
                                "//a/b",
                                "\"http://a/\"\n\"http://b/\"",
                                "'http://a/'",
                                "<http://a/>\n<http://b/>",
                                "a,b.test/x",
                                std::string("\xFF\xFEh\0,\0 \0", 8),
                                "http://a/'x'",
                                std::string("\0,\"a\", b\tc", 10)}) {
    EXPECT_FALSE(wrong_list(list, "f")) << list;
  }
}

}  // namespace
}  // namespace crawl::cli
