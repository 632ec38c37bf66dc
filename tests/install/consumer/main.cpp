#include <crawl/concurrent/thread_pool_executor.h>
#include <crawl/concurrent/wait.h>

#include <iostream>
#include <vector>

int main() {
  crawl::ThreadPoolExecutor executor({.max_workers = 2});
  std::vector<crawl::Future<int>> squares;
  for (int i = 1; i <= 4; ++i) {
    squares.push_back(executor.submit([](int n) { return n * n; }, i));
  }
  int sum = 0;
  for (const auto& square : crawl::as_completed(squares))
    sum += square.result();
  std::cout << sum << '\n';
}
