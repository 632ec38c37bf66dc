#ifndef CRAWL_ARCHIVE_PASSED_OVER_H_
#define CRAWL_ARCHIVE_PASSED_OVER_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace crawl {

// The scheme of a URL as archives have them; "" if it has none.
std::string_view scheme_in(std::string_view url);

// How many records of archives there are that leave no record of a crawl, by
// what they are: "request", "resource"; a response that is not of http, by the
// scheme of its URL: "dns:". No more names than some, whatever archives hold.
class PassedOver {
 public:
  using Counts = std::map<std::string, std::uint64_t>;

  void add(std::string_view type, std::string_view url);
  void add(const Counts& others);
  const Counts& counts() const { return counts_; }

 private:
  std::uint64_t& of(std::string name);

  Counts counts_;
};

}  // namespace crawl

#endif  // CRAWL_ARCHIVE_PASSED_OVER_H_
