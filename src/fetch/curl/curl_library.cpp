#include "fetch/curl/curl_library.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace crawl {
namespace {

constexpr const char* kFile = "libcurl.so.4";  // its ABI's name since 2006

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) {
    throw std::runtime_error(std::string("libcurl has no ") + name);
  }
}

CurlLibrary load() {
  // Never closed: what libraries leave behind for a thread's end or the
  // process's would then be called where nothing is any more.
  void* const library = ::dlopen(kFile, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    throw std::runtime_error(
        std::string("libcurl, which proxies need, cannot be loaded: ") +
        ::dlerror());
  }
  CurlLibrary found{};
  find(library, "curl_easy_cleanup", found.easy_cleanup);
  find(library, "curl_easy_getinfo", found.easy_getinfo);
  find(library, "curl_easy_init", found.easy_init);
  find(library, "curl_easy_recv", found.easy_recv);
  find(library, "curl_easy_send", found.easy_send);
  find(library, "curl_easy_setopt", found.easy_setopt);
  find(library, "curl_easy_strerror", found.easy_strerror);
  find(library, "curl_free", found.free);
  find(library, "curl_global_cleanup", found.global_cleanup);
  find(library, "curl_global_init", found.global_init);
  find(library, "curl_multi_add_handle", found.multi_add_handle);
  find(library, "curl_multi_cleanup", found.multi_cleanup);
  find(library, "curl_multi_info_read", found.multi_info_read);
  find(library, "curl_multi_init", found.multi_init);
  find(library, "curl_multi_remove_handle", found.multi_remove_handle);
  find(library, "curl_multi_setopt", found.multi_setopt);
  find(library, "curl_multi_socket_action", found.multi_socket_action);
  find(library, "curl_multi_strerror", found.multi_strerror);
  find(library, "curl_slist_append", found.slist_append);
  find(library, "curl_slist_free_all", found.slist_free_all);
  find(library, "curl_url", found.url);
  find(library, "curl_url_cleanup", found.url_cleanup);
  find(library, "curl_url_get", found.url_get);
  find(library, "curl_url_set", found.url_set);
  find(library, "curl_version", found.version);
  return found;
}

}  // namespace

const CurlLibrary& curl() {
  static const CurlLibrary library = load();
  return library;
}

}  // namespace crawl
