#ifndef CRAWL_TESTS_SUPPORT_NO_MORE_THREADS_H_
#define CRAWL_TESTS_SUPPORT_NO_MORE_THREADS_H_

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace crawl::testing {

// The system starts no thread for this process for as long as this lives; those
// that run go on. (The limit does not bind root, so this is nobody meanwhile.)
class NoMoreThreads {
 public:
  NoMoreThreads() : was_root_(geteuid() == 0) {
    constexpr uid_t kNobody = 65534;
    bool ok = !was_root_ || setresuid(kNobody, kNobody, 0) == 0;
    ok = ok && getrlimit(RLIMIT_NPROC, &before_) == 0;
    const rlimit none{0, before_.rlim_max};
    ok = ok && setrlimit(RLIMIT_NPROC, &none) == 0;
    if (!ok) throw std::system_error(errno, std::generic_category(), "nproc");
  }
  ~NoMoreThreads() {
    setrlimit(RLIMIT_NPROC, &before_);
    [[maybe_unused]] const int back = was_root_ ? setresuid(0, 0, 0) : 0;
  }
  NoMoreThreads(const NoMoreThreads&) = delete;
  NoMoreThreads& operator=(const NoMoreThreads&) = delete;

 private:
  const bool was_root_;
  rlimit before_{};
};

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_NO_MORE_THREADS_H_
