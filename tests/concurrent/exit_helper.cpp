// A program whose main() returns while a thread pool has work, for
// shutdown_test: nothing may be lost, hang or crash. Its argument says how.
#include <cstdio>
#include <cstdlib>
#include <semaphore>
#include <stdexcept>
#include <string>

#include "crawl/concurrent/thread_pool_executor.h"

namespace {

std::binary_semaphore main_returned(0);

void say(const char* text) {
  std::puts(text);
  std::fflush(stdout);
}

// Lets the task go once main() has returned.
struct AtReturn {
  ~AtReturn() {
    say("main returns");
    main_returned.release();
  }
};

void apple() {
  main_returned.acquire();
  say("apple");
}

void try_to_submit(crawl::ThreadPoolExecutor& pool) {
  try {
    pool.submit([] {});
    say("accepted");
  } catch (const std::runtime_error& error) {
    say(error.what());
  }
}

crawl::ThreadPoolExecutor& static_pool() {
  static crawl::ThreadPoolExecutor pool(
      crawl::ThreadPoolOptions{.max_workers = 1});
  return pool;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const crawl::ThreadPoolOptions one{.max_workers = 1};
  if (mode == "local" || mode == "no-wait") {
    crawl::ThreadPoolExecutor pool(one);
    const AtReturn at_return;
    pool.submit(apple);
    if (mode == "no-wait") pool.shutdown(/*wait=*/false);
    return 0;
  }
  if (mode == "static") {
    const AtReturn at_return;
    static_pool().submit(apple);
    return 0;
  }
  if (mode == "static-log") {
    crawl::ThreadPoolExecutor& pool = static_pool();
    pool.submit([] { main_returned.acquire(); })
        .add_done_callback([](const crawl::Future<void>&) {
          throw std::runtime_error("too late?");
        });
    const AtReturn at_return;
    return 0;
  }
  if (mode == "static-task") {
    // The task goes on until the pool's destructor has begun, and is waiting.
    crawl::ThreadPoolExecutor& pool = static_pool();
    pool.submit([&pool] {
      main_returned.acquire();
      for (;;) {
        try {
          pool.submit([] {});
        } catch (const std::runtime_error& error) {
          say(error.what());
          return;
        }
      }
    });
    const AtReturn at_return;
    return 0;
  }
  if (mode == "atexit") {
    static auto* const pool = new crawl::ThreadPoolExecutor(one);
    std::atexit([] {
      try_to_submit(*pool);
      delete pool;
    });
    pool->submit([] {}).result();
    pool->shutdown();
    say("main returns");
    return 0;
  }
  if (mode == "cancel") {
    crawl::ThreadPoolExecutor pool(one);
    pool.submit([] { say("ran"); });
    pool.shutdown(/*wait=*/false, /*cancel_futures=*/true);
    say("main returns");
    return 0;
  }
  return 2;
}
