#include "parse/html/tag_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawl {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using Attributes = std::vector<std::pair<std::string, std::string>>;

// What find_kept_tag() is to find.
constexpr TagBeginnings kKept(std::array<std::string_view, 2>{"a", "keep"},
                              {"keep"}, {});

// A page in a buffer of exactly its size.
class PageReader {
 public:
  explicit PageReader(std::string_view page)
      : heap_(std::make_unique<char[]>(page.size())),
        size_(page.size()),
        reader_((std::memcpy(heap_.get(), page.data(), size_),
                 std::string_view(heap_.get(), size_)),
                kKept, {}) {}
  TagReader<NoMeter>& operator*() { return reader_; }
  TagReader<NoMeter>* operator->() { return &reader_; }
  // What is left behind `p`.
  std::string rest(const char* p) const {
    return {p, static_cast<std::size_t>(heap_.get() + size_ - p)};
  }

 private:
  std::unique_ptr<char[]> heap_;
  std::size_t size_;
  TagReader<NoMeter> reader_;
};

// The attributes of a page that begins behind a tag's name, and what follows.
struct Tag {
  Attributes attributes;
  std::string rest;
  bool ended = false;
  bool self_closing = false;
};
Tag tag(std::string_view page) {
  PageReader reader(page);
  Tag result;
  const char* end = reader->attributes(
      reader->page_begin(), [&](std::string_view name, std::string_view value) {
        result.attributes.emplace_back(name, value);
      });
  result.ended = end != nullptr;
  if (result.ended) result.rest = reader.rest(end);
  result.self_closing = reader->self_closing();
  return result;
}

std::string behind_declaration(std::string_view page) {
  PageReader reader(page);
  return reader.rest(reader->declaration(reader->page_begin()));
}

std::string at_end_of_script(std::string_view page) {
  PageReader reader(page);
  return reader.rest(reader->end_of_script(reader->page_begin()));
}

// Every `<` in `page` that is not in a tag, as find_kept_tag() has it or, one
// after the other, as it is.
std::vector<std::ptrdiff_t> tags_of(std::string_view page, bool kept) {
  PageReader reader(page);
  const char* const begin = reader->page_begin();
  const char* const end = reader->page_end();
  std::vector<std::ptrdiff_t> tags;
  for (const char* p = begin; p != nullptr;) {
    p = kept ? reader->find_kept_tag(p) : reader->find(p, '<');
    if (p == end) break;
    tags.push_back(p - begin);
    const char* name = ++p;
    if (name != end && *name == '/') ++name;
    if (name == end || !bytes::is(*name, bytes::kAlpha)) continue;
    p = reader->attributes(reader->tag_name(name));
  }
  return tags;
}

// Checks that find_kept_tag() finds tags alone, and of those to be kept all.
// Returns how many it passes over.
std::size_t check_kept(const std::string& page) {
  const std::vector<std::ptrdiff_t> all = tags_of(page, false);
  const std::vector<std::ptrdiff_t> found = tags_of(page, true);
  EXPECT_TRUE(std::includes(all.begin(), all.end(), found.begin(), found.end()))
      << page;
  const std::string padded = page + std::string(TagBeginnings::kBytes, '\0');
  std::vector<std::ptrdiff_t> wanted;
  for (const std::ptrdiff_t place : all) {
    if (kKept.has(&padded[static_cast<std::size_t>(place) + 1])) {
      wanted.push_back(place);
    }
  }
  EXPECT_TRUE(
      std::includes(found.begin(), found.end(), wanted.begin(), wanted.end()))
      << page;
  return all.size() - found.size();
}

// Calls `check` with every text of `count` of `pieces`.
template <class Check>
void for_each_text(const std::vector<std::string_view>& pieces,
                   std::size_t count, const std::string& front,
                   const Check& check) {
  if (count == 0) return check(front);
  for (const std::string_view piece : pieces) {
    for_each_text(pieces, count - 1, front + std::string(piece), check);
  }
}

TEST(TagReader, PlainTagsEndWhereAnyTagDoes) {
  const std::vector<std::string_view> pieces = {
      " a", "=", "\"", "'", ">", "/", "<i>", "\">", " ", "a", "<keep>"};
  const std::string behind = " more \"> behind it all '><keep> and \"><i>";
  for (const std::size_t gap : {0U, 55U}) {  // all in one block, or two
    std::size_t skipped = 0;
    for_each_text(pieces, 5, std::string(gap, '-') + "<b",
                  [&](const std::string& front) {
                    skipped += check_kept(front + behind);
                  });
    EXPECT_GT(skipped, 100'000U);
  }
}

TEST(TagReader, PlainTagsMayStandAnywhere) {
  for (std::size_t size = 0; size < 150; ++size) {
    const std::string text(size, 'x');
    for (const char* tag :
         {"<b>", "</b>", "<b c=\"d<\">", "<b c=\"\">", "<b c=\">\">", "<b c=d>",
          "<b c='d'>", "<b c=\"d\" e>", "</thirty-two-letters-or-near-so>",
          "<b c=\"a value that ends beyond it all\">", "<b c=\"d\"<keep>",
          "<b c=\"a value that is longer, > and more\" d=\"e\"><keep>",
          "<keep c='d>'>", "</keep>", "<!-- -->", "<b c= '>\"'><keep>"}) {
      for (const std::string& page :
           {text + tag, text + tag + "<!", text + tag + text + "<i>" + text,
            tag + text + "<i ", tag + text + "<keep>",
            tag + text + text + text + text + "<b d=\"e\"><keep>"}) {
        check_kept(page);
      }
    }
  }
}

TEST(TagReader, WhatIsInACommentIsNoTag) {
  for (std::size_t size = 0; size < 150; ++size) {
    const std::string text(size, '-');
    for (const std::string inside :
         {"<b>", "<b", "<b c=\"", "'", "<keep", "> <b c=\">", "> <keep d='"}) {
      const std::string front = "<!-- " + inside + text + "-->" + text;
      const std::string page = front + "<b><keep>";
      PageReader reader(page);
      const char* const comment = reader->find_kept_tag(reader->page_begin());
      ASSERT_EQ(comment, reader->page_begin());
      const char* const end = reader->declaration(comment + 2);
      EXPECT_EQ(reader.rest(reader->find_kept_tag(end)), "<keep>") << page;
      EXPECT_EQ(reader.rest(reader->find_tag(end)), "<b><keep>") << page;
    }
  }
}

TEST(TagReader, FindsEveryTagOnce) {
  std::string page;
  std::vector<std::size_t> places;
  for (std::size_t gap = 0; gap < 140; ++gap) {
    places.push_back(page.size());
    page += '<' + std::string(gap, 'x');
  }
  PageReader reader(page);
  const char* p = reader->page_begin();
  for (const std::size_t place : places) {
    p = reader->find_tag(p);
    ASSERT_EQ(p - reader->page_begin(), static_cast<std::ptrdiff_t>(place));
    ASSERT_EQ(reader->find_tag(p), p);
    ++p;
  }
  EXPECT_EQ(reader->find_tag(p), reader->page_end());
}

TEST(TagReader, AttributesInEveryQuoting) {
  EXPECT_THAT(
      tag(" a=1 b='2' c=\"3\" d e = 5 f= '6'g=7>x").attributes,
      ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "3"), Pair("d", ""),
                  Pair("e", "5"), Pair("f", "6"), Pair("g", "7")));
}

TEST(TagReader, GreaterThanInQuotesIsNoEnd) {
  const Tag t = tag(" a=\"1>2\" b='>'>rest");
  EXPECT_THAT(t.attributes, ElementsAre(Pair("a", "1>2"), Pair("b", ">")));
  EXPECT_EQ(t.rest, "rest");
}

TEST(TagReader, QuotesElsewhereAreNoQuotes) {
  EXPECT_EQ(tag(" a=b\">\">rest").rest, "\">rest");
  EXPECT_EQ(tag(" \"a>\">rest").rest, "\">rest");
  EXPECT_EQ(tag(" a=b=\">\">rest").rest, "\">rest");
}

TEST(TagReader, EqualsSignInFirstPlaceIsAName) {
  EXPECT_THAT(tag(" =\">\">").attributes, ElementsAre(Pair("=\"", "")));
  EXPECT_THAT(tag(" ==x>").attributes, ElementsAre(Pair("=", "x")));
  EXPECT_THAT(tag(" a==x>").attributes, ElementsAre(Pair("a", "=x")));
}

TEST(TagReader, SlashSeparatesNamesButNotUnquotedValues) {
  EXPECT_THAT(tag("/a/b=/c/d/ e>").attributes,
              ElementsAre(Pair("a", ""), Pair("b", "/c/d/"), Pair("e", "")));
}

TEST(TagReader, SelfClosing) {
  EXPECT_TRUE(tag("/>").self_closing);
  EXPECT_TRUE(tag(" a='b'/>").self_closing);
  EXPECT_TRUE(tag(" a />").self_closing);
  EXPECT_FALSE(tag(" a=b/>").self_closing);
  EXPECT_FALSE(tag(" a / >").self_closing);
}

TEST(TagReader, MissingValue) {
  EXPECT_THAT(tag(" a=>x").attributes, ElementsAre(Pair("a", "")));
  EXPECT_THAT(tag(" a=''b=\"\">").attributes,
              ElementsAre(Pair("a", ""), Pair("b", "")));
}

TEST(TagReader, ATagThatThePageCutsOffIsNone) {
  const std::string_view whole = " a=\"1\" b = '2' c=3 d / >";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(tag(whole.substr(0, size)).ended) << size;
  }
  EXPECT_TRUE(tag(whole).ended);
}

TEST(TagReader, LongNamesAndValues) {
  const std::string name(1000, 'n');
  const std::string value(1000, 'v');
  for (const char* quote : {"", "'", "\""}) {
    EXPECT_THAT(tag(" " + name + "=" + quote + value + quote + ">").attributes,
                ElementsAre(Pair(name, value)));
  }
}

TEST(TagReader, ControlCharactersEndNoName) {
  EXPECT_THAT(tag(std::string_view(" a\0b=\x01\x1F >", 10)).attributes,
              ElementsAre(Pair(std::string("a\0b", 3), "\x01\x1F")));
  const std::string page = "a\x01\x02" + std::string(40, 'b') + "\f c";
  PageReader reader(page);
  EXPECT_EQ(reader.rest(reader->tag_name(reader->page_begin())), "\f c");
}

TEST(TagReader, Comments) {
  EXPECT_EQ(behind_declaration("-->x"), "x");
  EXPECT_EQ(behind_declaration("--->x"), "x");
  EXPECT_EQ(behind_declaration("---->x"), "x");
  EXPECT_EQ(behind_declaration("-- a -->x"), "x");
  EXPECT_EQ(behind_declaration("-- a --!>x"), "x");
  EXPECT_EQ(behind_declaration("-- a --->x"), "x");
  EXPECT_EQ(behind_declaration("----!>x"), "x");
  EXPECT_EQ(behind_declaration("-- <!-- -->x"), "x");
  EXPECT_EQ(behind_declaration("--<!-->x"), "x");
  EXPECT_EQ(behind_declaration("-- a -- > -!> -> --!x --!-->x"), "x");
  EXPECT_EQ(behind_declaration("---!>x-->y"), "y");
  EXPECT_EQ(behind_declaration("-- never ended"), "");
  EXPECT_EQ(behind_declaration("--"), "");
  EXPECT_EQ(behind_declaration("---"), "");
}

TEST(TagReader, BogusCommentsAndDoctypes) {
  EXPECT_EQ(behind_declaration("DOCTYPE html>x"), "x");
  EXPECT_EQ(behind_declaration("DOCTYPE html PUBLIC \"a>b\">x"), "b\">x");
  EXPECT_EQ(behind_declaration("[CDATA[ a > b ]]>x"), " b ]]>x");
  EXPECT_EQ(behind_declaration("-x>y"), "y");
  EXPECT_EQ(behind_declaration(">y"), "y");
  EXPECT_EQ(behind_declaration(""), "");
}

TEST(TagReader, CdataSections) {
  for (const auto& [page, rest] :
       {std::pair("a > b ]] > ]]>x", "x"), std::pair("]]]>x", "x"),
        std::pair("]>]]>x", "x"), std::pair("never", "")}) {
    PageReader reader(page);
    EXPECT_EQ(reader.rest(reader->cdata_section(reader->page_begin())), rest);
  }
}

TEST(TagReader, RawTextEndsAtItsOwnEndTag) {
  for (const auto& [page, rest] :
       {std::pair("a</b></titles></title>x", "</title>x"),
        std::pair("</ title></TITLE\n>x", "</TITLE\n>x"),
        std::pair("<</title/x", "</title/x"), std::pair("</title", ""),
        std::pair("</titl", "")}) {
    PageReader reader(page);
    EXPECT_EQ(reader.rest(reader->end_of_text(reader->page_begin(), "title")),
              rest);
  }
}

TEST(TagReader, ScriptDataEscapes) {
  EXPECT_EQ(at_end_of_script("a<b</script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- </script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- <script> </script> --></script>x"),
            "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- <script> --></script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- <script> </script> </script>x"),
            "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- <scripts> </script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- <script </script>"), "");
  EXPECT_EQ(at_end_of_script("<!--><script></script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!---><script></script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!-<script></script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- <script> </script"), "");
  EXPECT_EQ(at_end_of_script("<!-- <script><!--></script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- <script><a--></script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- <script> - -> --!> ></script>x"), "");
  EXPECT_EQ(at_end_of_script("<!-- --> <script></script>x"), "</script>x");
  EXPECT_EQ(at_end_of_script("<!-- --> <!-- <script></script></script>x"),
            "</script>x");
}

}  // namespace
}  // namespace crawl
