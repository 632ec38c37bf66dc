#ifndef CRAWL_ENGINE_LINE_SPLITTER_H_
#define CRAWL_ENGINE_LINE_SPLITTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace crawl {

// Cuts a stream of bytes into the lines of a URL list: without byte order
// marks, line ends (LF, CR LF, CR), surrounding white space, blank lines and
// '#' comments. UTF-16 is told by its byte order mark and becomes UTF-8. What
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
  enum class Encoding : std::uint8_t { kUnknown, kUtf8, kUtf16Le, kUtf16Be };

  void split(std::string_view bytes, const Sink& sink);
  void detect(bool all);
  void convert(std::string_view bytes, const Sink& sink);
  void end_line(std::string_view line, const Sink& sink);

  Encoding encoding_ = Encoding::kUnknown;
  std::string
      first_;  // bytes that do not tell the encoding yet, or half a unit
  char32_t high_surrogate_ = 0;
  std::string partial_;  // of a line that has not ended
};

}  // namespace crawl

#endif  // CRAWL_ENGINE_LINE_SPLITTER_H_
