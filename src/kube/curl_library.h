// kube/curl_library.h — libcurl, loaded when the API server is asked for the first time.
//
// Not linked: with the thirty libraries that it draws in (two of TLS, Kerberos, LDAP) an agent that
// only serves a kubelet is 5 MiB larger and 20 ms slower to start.
#pragma once

#include <curl/curl.h>

#include "base/result.h"

namespace septet::kube {

// The functions by their own names. Types come from the header, so a wrong call does not compile.
struct CurlLibrary {
  decltype(&::curl_global_init) curl_global_init;
  decltype(&::curl_version) curl_version;
  decltype(&::curl_easy_init) curl_easy_init;
  decltype(&::curl_easy_cleanup) curl_easy_cleanup;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) curl_easy_strerror;
  decltype(&::curl_multi_init) curl_multi_init;
  decltype(&::curl_multi_cleanup) curl_multi_cleanup;
  decltype(&::curl_multi_perform) curl_multi_perform;
  decltype(&::curl_multi_info_read) curl_multi_info_read;
  decltype(&::curl_multi_poll) curl_multi_poll;
  decltype(&::curl_multi_add_handle) curl_multi_add_handle;
  decltype(&::curl_multi_remove_handle) curl_multi_remove_handle;
  decltype(&::curl_slist_append) curl_slist_append;
  decltype(&::curl_slist_free_all) curl_slist_free_all;
};

// Loaded once, and for as long as the process lives. kNotFound: not installed.
Result<const CurlLibrary*> curl_library();

}  // namespace septet::kube
