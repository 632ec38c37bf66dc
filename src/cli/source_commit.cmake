# Writes OUTPUT, source_commit.cpp, if it would change.
# Usage: cmake -D SOURCE=DIR -D OUTPUT=FILE -P source_commit.cmake
set(commit "")
# A copy of the sources inside someone else's repository is not that one's.
if(EXISTS ${SOURCE}/.git)
  execute_process(
    COMMAND git -C ${SOURCE} describe --always --dirty --exclude=* --abbrev=12
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
    RESULT_VARIABLE failed)
  if(failed)
    set(commit "")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT
[[#include "cli/source_commit.h"

namespace crawl::cli {

std::string_view source_commit() { return "@commit@"; }

}  // namespace crawl::cli
]])
