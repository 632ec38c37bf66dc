#ifndef CRAWL_CONCURRENT_FUTURE_RANGE_H_
#define CRAWL_CONCURRENT_FUTURE_RANGE_H_

#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

#include "crawl/concurrent/future.h"

namespace crawl::detail {

// begin() and end() as a range-for finds them. The concepts of <ranges> say
// the same, but clang 14 cannot read libstdc++ 12's views.
namespace range_access {
using std::begin;
using std::end;
template <class R>
auto begin_of(R& range) -> decltype(begin(range)) {
  return begin(range);
}
template <class R>
auto end_of(R& range) -> decltype(end(range)) {
  return end(range);
}
}  // namespace range_access

template <class R>
using IteratorOf = std::remove_cvref_t<decltype(range_access::begin_of(
    std::declval<std::remove_reference_t<R>&>()))>;

template <class R>
using SentinelOf = std::remove_cvref_t<decltype(range_access::end_of(
    std::declval<std::remove_reference_t<R>&>()))>;

// What one element is as a value; a proxy's own value type.
template <class Iterator>
struct IteratorValue {
  using type = std::remove_cvref_t<decltype(*std::declval<Iterator&>())>;
};
template <class Iterator>
requires requires { typename std::iter_value_t<Iterator>; }
struct IteratorValue<Iterator> {
  using type = std::iter_value_t<Iterator>;
};
template <class R>
using ElementOf = typename IteratorValue<IteratorOf<R>>::type;

template <class R>
concept Iterable = requires {
  typename IteratorOf<R>;
  typename SentinelOf<R>;
  typename ElementOf<R>;
};

template <class T>
inline constexpr bool kIsFuture = false;
template <class T>
inline constexpr bool kIsFuture<Future<T>> = true;

// Any range of Future<T>.
template <class R>
concept FutureRange = Iterable<R> && kIsFuture<ElementOf<R>>;

template <FutureRange R>
using FutureValueOf = typename ElementOf<R>::value_type;

// An iterator over a range that makes its elements as it goes: end when the
// range is finished(), * is the range's get() and ++ its advance().
template <class Range>
class StreamIterator {
 public:
  using iterator_concept = std::input_iterator_tag;
  using value_type = typename Range::value_type;
  using reference = typename Range::reference;
  using difference_type = std::ptrdiff_t;

  StreamIterator() = default;
  explicit StreamIterator(Range* range) : range_(range) {}

  reference operator*() const { return range_->get(); }
  auto operator->() const requires std::is_reference_v<reference> {
    reference value = range_->get();
    return std::addressof(value);
  }
  StreamIterator& operator++() {
    range_->advance();
    return *this;
  }
  void operator++(int) { range_->advance(); }

  bool operator==(std::default_sentinel_t) const { return range_->finished(); }

 private:
  Range* range_ = nullptr;
};

}  // namespace crawl::detail

#endif  // CRAWL_CONCURRENT_FUTURE_RANGE_H_
