// base/result.h — how every fallible function in septet reports failure.
//
// A function that can fail for a reason outside the program returns Result<T>. Bugs (a broken
// invariant) are not errors: they stop the process through SEPTET_ASSERT. Library code never
// prints an Error; it returns it. Programs print it, once.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <expected>
#include <memory>
#include <string>
#include <utility>

namespace septet {

// Codes say what the caller should do next; exit_code() maps them to the command line's contract.
enum class Code {
  kInvalidArgument,  // the request can never work, on any machine
  kInfeasible,       // a valid request this GPU has no room for
  kBusy,             // would work once somebody lets go; retrying is sensible
  kNoPermission,     // the caller lacks a right; the request itself is fine
  kUnavailable,      // the answer is *unknown* (device lost, call failed); never "nothing there"
  kNoDriver,         // no driver library, or no driver behind it
  kNotSupported,     // this device or driver has no such thing
  kNotFound,         // the named thing does not exist
  kNeedsReset,       // the change is accepted but waits for a GPU reset or reboot
  kAwaitsReboot,     // all that can be done before a reboot was done; the rest comes after it
  kInterrupted,      // the caller asked to stop; nothing is left half-made
  kConflict,         // the world changed since the plan was made; plan again
  kInternal,         // septet's own mistake
};

struct Error {
  Code code = Code::kInternal;
  std::string what;                    // what failed: "create 3g.40gb at slice 4 on GPU 2"
  std::string remedy;                  // what the reader can do now; empty if nothing honest to say
  int driver_status = 0;               // nvmlReturn_t behind it, 0 if none
  std::shared_ptr<const Error> cause;  // the lower-level Error, if any

  // "create 3g.40gb ...: in use by another client\n  try: stop pid 4121"
  std::string describe() const;
};

template <typename T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string what,
                                                 std::string remedy = {}, int driver_status = 0) {
  return std::unexpected(Error{code, std::move(what), std::move(remedy), driver_status, nullptr});
}

// Adds the caller's sentence around a lower error; code and driver status stay those of the cause.
[[nodiscard]] inline std::unexpected<Error> fail_because(Error cause, std::string what,
                                                         std::string remedy = {}) {
  const auto code = cause.code;
  const auto status = cause.driver_status;
  return std::unexpected(Error{code, std::move(what), std::move(remedy), status,
                               std::make_shared<const Error>(std::move(cause))});
}

// The command line's contract: 1 error, 2 pending, 3 infeasible, 4 in use, 5 no permission,
// 6 no driver; 130 interrupted, as a program that SIGINT ended.
int exit_code(const Error& error);

}  // namespace septet

// Unwraps a Result or returns its Error to our caller:  auto gpu = TRY(driver.gpu(index));
// One TRY per expression: nesting them shadows the temporary.
#define TRY(...)                                                            \
  __extension__({                                                           \
    auto try_result = (__VA_ARGS__);                                        \
    if (!try_result) return std::unexpected(std::move(try_result).error()); \
    std::move(try_result).value(); /* also right for Result<> */            \
  })

// Stays on in release builds: a partition manager that has lost track of its own state must stop
// before it destroys somebody's instance.
#define SEPTET_ASSERT(condition)                                                      \
  do {                                                                                \
    if (!(condition)) [[unlikely]] {                                                  \
      std::fprintf(stderr, "%s:%d: invariant: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                   \
    }                                                                                 \
  } while (false)
