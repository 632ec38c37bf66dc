#ifndef CRAWL_CHECK_CHECK_FORMAT_H_
#define CRAWL_CHECK_CHECK_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "check/check_entry.h"

namespace crawl {

// How the result of a check is written. Everything in it but the words of the
// program comes from strangers, and is escaped as each form has it; what a
// screen, or another program, obeys is in none of them.
enum class CheckFormat : std::uint8_t {
  kText,      // for people: page by page, with totals
  kJsonl,     // an object a target, those that are ok too
  kJunit,     // a testcase a target that is not ok
  kMarkdown,  // tables
  kSarif,     // SARIF 2.1.0 (OASIS): what CI systems show beside the code
};

struct CheckStyle {
  bool color = false;
  bool redirects = true;  // those that nothing else is to be said of, listed
  std::string version;    // of the program
  // What pages' URLs begin with is replaced by the folder, so that their files
  // are named; "" for neither.
  std::string base, folder;
};

// Writes one result: begin(), then for each entry, if not by_page(), entry(),
// its source()s and entry_end(); else only source()s, page by page; then end().
// Each appends to `out`. One thread.
class CheckFormatter {
 public:
  virtual ~CheckFormatter() = default;
  virtual bool by_page() const { return false; }
  virtual void begin(const CheckTotals& totals, std::string& out) = 0;
  virtual void entry(const CheckEntry& /*entry*/, std::string& /*out*/) {}
  virtual void source(const CheckEntry& entry, const CheckSource& source,
                      std::string& out) = 0;
  virtual void entry_end(const CheckEntry& /*entry*/, std::string& /*out*/) {}
  virtual void end(const CheckTotals& totals, std::string& out) = 0;
};

std::unique_ptr<CheckFormatter> make_check_formatter(CheckFormat format,
                                                     const CheckStyle& style);

// Makers of each form, and what they share.
std::unique_ptr<CheckFormatter> make_check_text(const CheckStyle& style);
std::unique_ptr<CheckFormatter> make_check_jsonl(const CheckStyle& style);
std::unique_ptr<CheckFormatter> make_check_junit(const CheckStyle& style);
std::unique_ptr<CheckFormatter> make_check_markdown(const CheckStyle& style);
std::unique_ptr<CheckFormatter> make_check_sarif(const CheckStyle& style);

// Whether an entry is listed, by the style.
bool is_listed(const CheckEntry& entry, const CheckStyle& style);
// What is wrong, or could be better, in a sentence.
std::string sentence_of(const CheckEntry& entry);
// "4 pages, 12 links to 9 targets: 7 ok, 1 broken, 1 inconclusive".
std::string totals_line(const CheckTotals& totals);
// A page as the reader of the result knows it: its file, if it has one here.
std::string shown_page(std::string_view page, const CheckStyle& style);
// The same as a reference of RFC 3986, where all that a URL may not hold is
// percent-encoded; a file that is not named from "/" on is relative.
std::string page_reference(std::string_view page, const CheckStyle& style);

}  // namespace crawl

#endif  // CRAWL_CHECK_CHECK_FORMAT_H_
