#include "cli/terminal.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/pseudo_terminal.h"

namespace crawl::cli {
namespace {

using testing::PseudoTerminal;

TEST(TerminalStyle, LinesAreAsWideAsTheTerminal) {
  const PseudoTerminal terminal;
  EXPECT_EQ(terminal_columns(terminal.fd()), PseudoTerminal::kColumns);
  EXPECT_EQ(text_style_of(terminal.fd()).columns(), PseudoTerminal::kColumns);
}

TEST(TerminalStyle, ColoursUnlessAskedNotTo) {
  const PseudoTerminal terminal;
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "xterm", 1);
  EXPECT_TRUE(text_style_of(terminal.fd()).color);
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(text_style_of(terminal.fd()).color);
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "dumb", 1);
  EXPECT_FALSE(text_style_of(terminal.fd()).color);
}

TEST(TerminalStyle, ElsewhereTextIsPlainAndWhole) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const TextStyle style = text_style_of(ends[1]);
  EXPECT_EQ(style.columns(), 0u);
  EXPECT_FALSE(style.color);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace crawl::cli
