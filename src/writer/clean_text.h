#ifndef CRAWL_WRITER_CLEAN_TEXT_H_
#define CRAWL_WRITER_CLEAN_TEXT_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace crawl {

// How the network's bytes become text that can be shown: every function here
// appends valid UTF-8 to `out`, with U+FFFD for what is not, and none lets a
// character through that some program obeys instead of showing it.

// True for control characters (C0, DEL, C1), for the bidirectional overrides
// and marks, and for the line and paragraph separators.
bool is_obeyed(char32_t code_point);

// A finished line of JSON, as long as C0 controls are escaped in it already:
// the others become \uXXXX, which means the same.
void append_clean_json(std::string_view json, std::string& out);

// One TSV cell. \t, \n, \r and \\ stand for tab, newline, carriage return and
// backslash, \uXXXX for other obeyed characters: nothing is lost.
void append_tsv_cell(std::string_view text, std::string& out);

// As it is, tabs and line ends too, but for U+FFFD in place of other obeyed
// characters: for what has no escapes of its own.
void append_clean(std::string_view text, std::string& out);

// One CSV cell (RFC 4180), quoted where it must be. Tabs and line ends stay,
// other obeyed characters become U+FFFD: CSV has no escapes.
void append_csv_cell(std::string_view text, std::string& out);

// The same, in quotes, and with an apostrophe in front of what a spreadsheet
// would take for a formula.
void append_safe_csv_cell(std::string_view text, std::string& out);

// For a terminal, on one line: tabs and line ends become a space, other obeyed
// characters U+FFFD, and so do those that nobody sees.
void append_shown(std::string_view text, std::string& out);

// Columns that `text` takes on a terminal; it has been through append_shown().
std::size_t display_width(std::string_view text);

// `text` cut to at most `width` columns, an ellipsis at the end if it was cut.
std::string cut_to_width(std::string_view text, std::size_t width);

// The same with the ellipsis in the middle: of a URL, host and file name stay.
std::string cut_middle_to_width(std::string_view text, std::size_t width);

// Seconds with six decimals; false, and nothing appended, if it is no number.
bool append_seconds(double seconds, std::string& out);

// "2024-02-29T12:34:56.789Z"; false, and nothing appended, outside the years 0
// to 9999.
bool append_timestamp(std::chrono::system_clock::time_point time,
                      std::string& out);

}  // namespace crawl

#endif  // CRAWL_WRITER_CLEAN_TEXT_H_
