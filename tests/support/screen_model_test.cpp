#include "support/screen_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crawl::testing {
namespace {

using ::testing::ElementsAre;

TEST(ScreenModel, FullLineWrapsWithTheNextCharacterOnly) {
  ScreenModel screen(4);
  screen.feed("abcd\r\nefghi");
  EXPECT_THAT(screen.rows(), ElementsAre("abcd", "efgh", "i"));
}

TEST(ScreenModel, CarriageReturnOverwritesAndErasingErases) {
  ScreenModel screen(10);
  screen.feed("abcdef\rxy");
  EXPECT_EQ(screen.row(0), "xycdef");
  screen.feed("\x1b[K");
  EXPECT_EQ(screen.row(0), "xy");
  screen.feed("\r\n12\r\x1b");
  screen.feed("[J");
  EXPECT_THAT(screen.rows(), ElementsAre("xy", ""));
}

TEST(ScreenModel, ResizingLaysWrappedLinesOutAnew) {
  ScreenModel screen(6);
  screen.feed("one\r\nabcdef\r");
  screen.resize(4);
  EXPECT_THAT(screen.rows(), ElementsAre("one", "abcd", "ef"));
  EXPECT_EQ(screen.cursor_row(), 1u);
  screen.resize(8);
  EXPECT_THAT(screen.rows(), ElementsAre("one", "abcdef"));
  screen.feed("\x1b[J");
  EXPECT_THAT(screen.rows(), ElementsAre("one", ""));
}

TEST(ScreenModel, ColoursAndLinksBelongToCells) {
  ScreenModel screen(20);
  screen.feed("\x1b[31ma\x1b[0mb\x1b]8;;http://x/\x1b\\…\x1b]8;;\x1b\\d");
  EXPECT_EQ(screen.row(0), "ab…d");
  EXPECT_EQ(screen.colour_at(0, 0), "31");
  EXPECT_EQ(screen.colour_at(0, 1), "");
  EXPECT_EQ(screen.link_at(0, 2), "http://x/");
  EXPECT_EQ(screen.link_at(0, 3), "");
  EXPECT_EQ(screen.surprises(), "");
  screen.feed("\x1b[2J");
  EXPECT_NE(screen.surprises(), "");
}

}  // namespace
}  // namespace crawl::testing
