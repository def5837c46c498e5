#include "kube/curl_library.h"

#include <dlfcn.h>

#include <string>

namespace septet::kube {
namespace {

// The ABI of Debian 12's libcurl4, which is every libcurl's since 2006.
constexpr const char* kCurl = "libcurl.so.4";
constexpr const char* kInstallCurl = "apt-get install libcurl4, or the package of that name";

template <typename Function>
bool find_curl(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

Result<CurlLibrary> load_curl() {
  void* const curl = dlopen(kCurl, RTLD_NOW | RTLD_LOCAL);
  if (curl == nullptr) {
    const char* const why = dlerror();  // NOLINT(concurrency-mt-unsafe): glibc's is, per thread
    return fail(Code::kNotFound,
                std::string("libcurl, which asks the API server, cannot be loaded: ") +
                    (why == nullptr ? kCurl : why),
                kInstallCurl);
  }
  CurlLibrary all{};
  const char* missing = nullptr;
#define SEPTET_FIND(member, name) \
  if (!find_curl(curl, #name, all.member)) missing = #name
  SEPTET_FIND(curl_global_init, curl_global_init);
  SEPTET_FIND(curl_version, curl_version);
  SEPTET_FIND(curl_easy_init, curl_easy_init);
  SEPTET_FIND(curl_easy_cleanup, curl_easy_cleanup);
  SEPTET_FIND(easy_setopt, curl_easy_setopt);
  SEPTET_FIND(easy_getinfo, curl_easy_getinfo);
  SEPTET_FIND(curl_easy_strerror, curl_easy_strerror);
  SEPTET_FIND(curl_multi_init, curl_multi_init);
  SEPTET_FIND(curl_multi_cleanup, curl_multi_cleanup);
  SEPTET_FIND(curl_multi_perform, curl_multi_perform);
  SEPTET_FIND(curl_multi_info_read, curl_multi_info_read);
  SEPTET_FIND(curl_multi_poll, curl_multi_poll);
  SEPTET_FIND(curl_multi_add_handle, curl_multi_add_handle);
  SEPTET_FIND(curl_multi_remove_handle, curl_multi_remove_handle);
  SEPTET_FIND(curl_slist_append, curl_slist_append);
  SEPTET_FIND(curl_slist_free_all, curl_slist_free_all);
#undef SEPTET_FIND
  if (missing == nullptr) return all;
  return fail(Code::kNotFound, std::string("libcurl has no ") + missing, kInstallCurl);
}

}  // namespace

Result<const CurlLibrary*> curl_library() {
  static const Result<CurlLibrary> loaded = load_curl();
  if (!loaded) return std::unexpected(loaded.error());
  return &*loaded;
}

}  // namespace septet::kube
