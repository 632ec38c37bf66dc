#include "crawl/writer/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace crawl {
namespace {

using testing::HasSubstr;

std::string names(const std::vector<std::size_t>& fields) {
  std::string out;
  for (const std::size_t id : fields) {
    if (!out.empty()) out += ' ';
    out += all_fields()[id].name;
  }
  return out;
}

constexpr std::string_view kDefaults =
    "url input final_url status_code ok error error_message content_type "
    "charset title description canonical lang link_count size_download "
    "size_body truncated redirects http_version remote_ip attempts timestamp "
    "time_queue time_namelookup time_connect time_appconnect "
    "time_starttransfer time_total depth parent worker";

std::string chosen(std::string_view list) {
  const auto fields = parse_field_list(list);
  return fields ? names(*fields) : "error: " + fields.error().message;
}

TEST(Fields, DefaultsAreTheDocumentedOnesInOrder) {
  EXPECT_EQ(names(default_fields()), kDefaults);
}

TEST(Fields, EachHasItsOwnNameAndALineOfMeaning) {
  std::set<std::string_view> seen;
  for (const FieldInfo& field : all_fields()) {
    EXPECT_TRUE(seen.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.meaning.empty()) << field.name;
    EXPECT_EQ(field.meaning.find('\n'), std::string_view::npos);
    EXPECT_LE(field.meaning.size(), 72U) << field.name;
  }
}

TEST(Fields, DefaultsComeFirst) {
  bool by_default = true;
  for (const FieldInfo& field : all_fields()) {
    if (!field.by_default) by_default = false;
    EXPECT_EQ(field.by_default, by_default) << field.name;
  }
}

TEST(FieldList, NamesChooseAndOrder) {
  EXPECT_EQ(chosen("title,url"), "title url");
  EXPECT_EQ(chosen(" title , url "), "title url");
  EXPECT_EQ(chosen("links"), "links");
}

TEST(FieldList, PlusAddsToTheDefaults) {
  EXPECT_EQ(chosen("+links,+headers"),
            std::string(kDefaults) + " links headers");
  EXPECT_EQ(chosen("+url"), kDefaults);
}

TEST(FieldList, MinusTakesAway) {
  const std::string fields = chosen("-input,-worker,+body");
  EXPECT_THAT(fields, testing::StartsWith("url final_url "));
  EXPECT_THAT(fields, testing::EndsWith(" parent body"));
}

TEST(FieldList, UnknownNameSuggestsTheNearest) {
  EXPECT_THAT(chosen("url,titel"),
              HasSubstr("unknown field 'titel', did you mean 'title'?"));
  EXPECT_THAT(chosen("+link"), HasSubstr("did you mean 'links'?"));
  EXPECT_THAT(chosen("zzz"), HasSubstr("--list-fields"));
  EXPECT_THAT(chosen("url,zzz"), testing::Not(HasSubstr("did you mean")));
}

TEST(FieldList, WhatMakesNoSenseIsRefused) {
  EXPECT_THAT(chosen(""), HasSubstr("missing"));
  EXPECT_THAT(chosen("url,"), HasSubstr("missing"));
  EXPECT_THAT(chosen(",url"), HasSubstr("missing"));
  EXPECT_THAT(chosen("+"), HasSubstr("missing"));
  EXPECT_THAT(chosen("url,url"), HasSubstr("'url' is named twice"));
  EXPECT_THAT(chosen("+links,-links"), HasSubstr("twice"));
  EXPECT_THAT(chosen("url,+links"), HasSubstr("not both"));
  std::string all;
  for (const FieldInfo& field : all_fields()) {
    if (!field.by_default) continue;
    if (!all.empty()) all += ",";
    all += "-" + std::string(field.name);
  }
  EXPECT_THAT(chosen(all), HasSubstr("no field is left"));
}

TEST(FieldList, HasField) {
  const auto fields = parse_field_list("url,links");
  ASSERT_TRUE(fields);
  EXPECT_TRUE(has_field(*fields, "links"));
  EXPECT_FALSE(has_field(*fields, "title"));
  EXPECT_FALSE(has_field(*fields, "nonsense"));
}

}  // namespace
}  // namespace crawl
