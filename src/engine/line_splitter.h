#ifndef CRAWL_ENGINE_LINE_SPLITTER_H_
#define CRAWL_ENGINE_LINE_SPLITTER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace crawl {

// Cuts a stream of bytes into the lines of a URL list: without byte order
// marks, line ends, surrounding white space, blank lines and '#' comments. What
// is past kMaxLineBytes of a line is dropped, so one line never holds more than
// that.
class LineSplitter {
 public:
  using Sink = std::function<void(std::string line)>;

  void feed(std::string_view bytes, const Sink& sink);
  // The end of the input: a last line without a line end counts too. Ready for
  // the next input afterwards.
  void finish(const Sink& sink);

 private:
  void end_line(std::string_view line, const Sink& sink);

  std::string partial_;  // of a line that has not ended
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_LINE_SPLITTER_H_
