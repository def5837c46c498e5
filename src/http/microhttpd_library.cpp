#include "http/microhttpd_library.h"

#include <dlfcn.h>

#include <string>

namespace septet::http {
namespace {

// The ABI of Debian 12's libmicrohttpd12: 0.9.72 and later.
constexpr const char* kMicrohttpd = "libmicrohttpd.so.12";
constexpr const char* kInstallMicrohttpd =
    "apt-get install libmicrohttpd12, or the package of that name";

template <typename Function>
bool find_microhttpd(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

Result<MicrohttpdLibrary> load_microhttpd() {
  void* const library = dlopen(kMicrohttpd, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = dlerror();  // NOLINT(concurrency-mt-unsafe): glibc's is, per thread
    return fail(Code::kNotFound,
                std::string("libmicrohttpd, which serves HTTP, cannot be loaded: ") +
                    (why == nullptr ? kMicrohttpd : why),
                kInstallMicrohttpd);
  }
  MicrohttpdLibrary all{};
  const char* missing = nullptr;
#define SEPTET_FIND(member) \
  if (!find_microhttpd(library, "MHD_" #member, all.member)) missing = "MHD_" #member
  SEPTET_FIND(start_daemon);
  SEPTET_FIND(stop_daemon);
  SEPTET_FIND(quiesce_daemon);
  SEPTET_FIND(run_wait);
  SEPTET_FIND(get_timeout);
  SEPTET_FIND(get_daemon_info);
  SEPTET_FIND(get_connection_info);
  SEPTET_FIND(get_connection_values_n);
  SEPTET_FIND(suspend_connection);
  SEPTET_FIND(resume_connection);
  SEPTET_FIND(create_response_from_buffer);
  SEPTET_FIND(create_response_from_callback);
  SEPTET_FIND(add_response_header);
  SEPTET_FIND(queue_response);
  SEPTET_FIND(destroy_response);
#undef SEPTET_FIND
  if (missing == nullptr) return all;
  return fail(Code::kNotFound, std::string("libmicrohttpd has no ") + missing, kInstallMicrohttpd);
}

}  // namespace

Result<const MicrohttpdLibrary*> microhttpd_library() {
  static const Result<MicrohttpdLibrary> loaded = load_microhttpd();
  if (!loaded) return std::unexpected(loaded.error());
  return &*loaded;
}

}  // namespace septet::http
