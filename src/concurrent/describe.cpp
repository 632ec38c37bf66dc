#include "concurrent/describe.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <typeinfo>

#include "crawl/concurrent/future.h"

namespace crawl::detail {
namespace {

std::string type_name(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
  return status == 0 && name ? name.get() : type.name();
}

std::string current_exception_type() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  return type != nullptr ? type_name(*type) : "an unknown exception";
}

}  // namespace

std::string describe_current_exception() {
  std::string text = current_exception_type();
  try {
    throw;
  } catch (const std::exception& error) {
    text += ": ";
    text += error.what();
  } catch (...) {
  }
  return text;
}

std::string describe_future(const FutureCore& core,
                            const std::type_info& value) {
  const FutureState state = core.state();
  std::string text = fmt::format("<Future state={}", to_string(state));
  if (state == FutureState::kFinished) {
    if (const std::exception_ptr error = core.exception_if_finished()) {
      try {
        std::rethrow_exception(error);
      } catch (...) {
        text += fmt::format(" raised {}", current_exception_type());
      }
    } else {
      text += fmt::format(" returned {}", type_name(value));
    }
  }
  return text + ">";
}

}  // namespace crawl::detail
