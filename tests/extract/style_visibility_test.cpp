#include "extract/style_visibility.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawl {
namespace {

using Display = StyleVisibility::Display;
using Visibility = StyleVisibility::Visibility;

TEST(StyleVisibility, DisplayIsTheLastValidDeclaration) {
  for (const auto& [style, display] :
       std::vector<std::pair<std::string_view, Display>>{
           {"", Display::kUnsaid},
           {"display:none", Display::kNone},
           {"Display : NONE ;", Display::kNone},
           {"color:red;display:none", Display::kNone},
           {"display:none;color:red", Display::kNone},
           {"display:block", Display::kShown},
           {"display:none;display:block", Display::kShown},
           {"display:block;display:none", Display::kNone},
           {"display:none;display:inline flex", Display::kShown},
           {"display:none;display:var(--x, none)", Display::kShown},
           {"display:none;display:inherit", Display::kShown},
           {"display:none;display:revert", Display::kUnsaid},
           {"display:none;display:-webkit-box", Display::kShown},
           // Not valid, and of no effect.
           {"display:none2", Display::kUnsaid},
           {"display:nonesuch", Display::kUnsaid},
           {"display:none;display:nonesuch", Display::kNone},
           {"display:none none", Display::kUnsaid},
           {"display:none block", Display::kUnsaid},
           {"display:none 1", Display::kUnsaid},
           {"display:none,block", Display::kUnsaid},
           {"display:\"none\"", Display::kUnsaid},
           {"display:(none)", Display::kUnsaid},
           {"display:none()", Display::kUnsaid},
           {"display:", Display::kUnsaid},
           {"display none", Display::kUnsaid},
           {"display", Display::kUnsaid},
           {"display:none !ie", Display::kUnsaid},
           {"display:none!important none", Display::kUnsaid},
           // Important.
           {"display:none!important;display:block", Display::kNone},
           {"display:none ! IMPORTANT ;display:block", Display::kNone},
           {"display:none!important;display:block!important", Display::kShown},
           {"display:block!important;display:none", Display::kShown},
           // Other properties.
           {"--display:none", Display::kUnsaid},
           {"--sidebar-display: none", Display::kUnsaid},
           {"xdisplay:none", Display::kUnsaid},
           {"display-x:none", Display::kUnsaid},
           {"transition:display:none", Display::kUnsaid},
           {"background:url(display:none)", Display::kUnsaid},
           {"background:url(x;display:none)", Display::kUnsaid},
           {"background:url( ';display:none' )", Display::kUnsaid},
           {"background:f(url(x;display:none))", Display::kUnsaid},
           {"--x:{;display:none}", Display::kUnsaid},
           {"--x:[;display:none];display:block", Display::kShown},
           {"font-family:\"display:none\"", Display::kUnsaid},
           {"font-family:\";display:none\"", Display::kUnsaid},
           {"font-family:'a\\';display:none'", Display::kUnsaid},
           // What is wrong ends at its ';'.
           {"*display:block;display:none", Display::kNone},
           {"1:2;display:none", Display::kNone},
           {"x;display:none", Display::kNone},
           {"@x{y};display:none", Display::kNone},
           {"color:(;display:none", Display::kUnsaid},
           {"color:\"a\n;display:none", Display::kNone},
           {";;display:none", Display::kNone},
           // Comments and escapes.
           {"/*display:none*/color:red", Display::kUnsaid},
           {"display/**/:/**/none/**/", Display::kNone},
           {"display:block;/*;*/", Display::kShown},
           {"display:block;/*", Display::kShown},
           {"d\\69splay:none", Display::kNone},
           {"\\64 isplay:n\\6fne", Display::kNone},
           {"dis\\play:none", Display::kNone},
           {"display:none\\", Display::kUnsaid},
       }) {
    EXPECT_EQ(read_visibility(style).display, display) << style;
    EXPECT_EQ(read_visibility(style).visibility, Visibility::kUnsaid) << style;
  }
}

TEST(StyleVisibility, VisibilityToo) {
  for (const auto& [style, visibility] :
       std::vector<std::pair<std::string_view, Visibility>>{
           {"visibility:hidden", Visibility::kHidden},
           {"visibility:collapse", Visibility::kHidden},
           {"visibility:visible", Visibility::kVisible},
           {"visibility:initial", Visibility::kVisible},
           {"visibility:hidden;visibility:inherit", Visibility::kUnsaid},
           {"visibility:hidden;visibility:visible", Visibility::kVisible},
           {"visibility:hidden!important;visibility:visible",
            Visibility::kHidden},
           {"visibility:hidden;visibility:none", Visibility::kHidden},
           {"visibility:hidden-x", Visibility::kUnsaid},
           {"visibility:hidden visible", Visibility::kUnsaid},
           {"overflow-visibility:hidden", Visibility::kUnsaid},
           {"content-visibility:hidden", Visibility::kUnsaid},
           {"backface-visibility: hidden", Visibility::kUnsaid},
           {"overflow:hidden", Visibility::kUnsaid},
       }) {
    EXPECT_EQ(read_visibility(style).visibility, visibility) << style;
    EXPECT_EQ(read_visibility(style).display, Display::kUnsaid) << style;
  }
}

TEST(StyleVisibility, WhatNeverEndsIsRead) {
  for (const std::string part :
       {"(", "[{", "url(", "\"", "\\", "/*", "display:", "!", ";", "var(",
        "a(\"", "-", "--"}) {
    std::string style = "display:none;";
    for (int i = 0; i < 50'000; ++i) style += part;
    EXPECT_EQ(read_visibility(style).display, Display::kNone) << part;
  }
}

}  // namespace
}  // namespace crawl
