#ifndef CRAWL_FETCH_CURL_CURL_LIBRARY_H_
#define CRAWL_FETCH_CURL_CURL_LIBRARY_H_

#include <curl/curl.h>

namespace crawl {

// The functions of libcurl, under their names without "curl_".
//
// libcurl brings twenty libraries with it, and to load them takes a third of
// the program's start. Only a crawl through a proxy asks anything of it, so it
// is not linked but loaded when the first function is asked for.
struct CurlLibrary {
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_recv) easy_recv;
  decltype(&::curl_easy_send) easy_send;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_free) free;
  decltype(&::curl_global_cleanup) global_cleanup;
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_setopt) multi_setopt;
  decltype(&::curl_multi_socket_action) multi_socket_action;
  decltype(&::curl_multi_strerror) multi_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_url) url;
  decltype(&::curl_url_cleanup) url_cleanup;
  decltype(&::curl_url_get) url_get;
  decltype(&::curl_url_set) url_set;
  decltype(&::curl_version) version;
};

// Any thread may call it; what it gives stays for as long as the process.
// Throws std::runtime_error if libcurl cannot be loaded.
const CurlLibrary& curl();

}  // namespace crawl

#endif  // CRAWL_FETCH_CURL_CURL_LIBRARY_H_
