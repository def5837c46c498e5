// The library behind the calls: found, opened, and said in words when it is not there.
#include <dlfcn.h>

#include <utility>

#include "driver/nvml/nvml_calls.h"

namespace septet::driver::nvml {

Result<Library> Library::open(const std::string& path) {
  // RTLD_LOCAL: two libraries (a real one and a simulated one) must not see each other's names.
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return Library(handle, path);
  const char* said = dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps one per thread
  return std::unexpected(
      Error{Code::kNoDriver, "load the driver library " + path,
            "install the NVIDIA driver, or add --sim to use a simulated node", 12,
            std::make_shared<const Error>(Error{
                Code::kNoDriver, said != nullptr ? said : "unknown reason", {}, 12, nullptr})});
}

Library::Library(Library&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)) {}

Library::~Library() {
  if (handle_ != nullptr) dlclose(handle_);
}

void* Library::symbol(const char* name) const { return dlsym(handle_, name); }

}  // namespace septet::driver::nvml
