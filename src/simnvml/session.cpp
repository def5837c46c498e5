#include "simnvml/session.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <mutex>
#include <string>

#include "simnvml/abi/prototypes_library.h"
#include "simnvml/not_supported.h"

namespace septet::simnvml {

namespace {

// Nothing here has a destructor: at process exit other threads may still be inside a call.
constinit std::mutex g_opening;
constinit std::atomic<Session*> g_current{nullptr};
constinit std::atomic<std::uint32_t> g_pins{0};
constinit Session* g_retired = nullptr;  // shut down while a call held it; guarded by g_opening
constinit unsigned g_count = 0;          // Init minus Shutdown; guarded by g_opening
constinit bool g_complained = false;

// Once per process: a client that retries in a loop must not fill the terminal.
void complain(const std::string& line) {
  if (g_complained) return;
  g_complained = true;
  std::fprintf(stderr, "libnvidia-ml.so.1 (simulated): %s\n", line.c_str());
}

std::string on_one_line(const Error& error) {
  std::string line = error.what;
  if (error.cause != nullptr) line += ": " + error.cause->what;
  if (!error.remedy.empty()) line += "; " + error.remedy;
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

nvmlReturn_t code_of(Code code) {
  switch (code) {
    case Code::kNoPermission: return NVML_ERROR_NO_PERMISSION;
    case Code::kInvalidArgument: return NVML_ERROR_LIB_RM_VERSION_MISMATCH;
    case Code::kNotFound:
    case Code::kNoDriver: return NVML_ERROR_DRIVER_NOT_LOADED;
    case Code::kInfeasible:
    case Code::kBusy:
    case Code::kUnavailable:
    case Code::kNotSupported:
    case Code::kNeedsReset:
    case Code::kAwaitsReboot:
    case Code::kInterrupted:
    case Code::kConflict:
    case Code::kInternal: return NVML_ERROR_UNKNOWN;
  }
  return NVML_ERROR_UNKNOWN;
}

std::uint32_t driver_load_of(const Session& session) {
  return session.file->read([](const sim::NodeState& node) { return node.driver_load; });
}

void learn_boards(Session& session) {
  // product_of and geometry_of look only at text that no call changes, so they need no second read.
  session.file->read([&](const sim::NodeState& node) {
    const std::uint32_t count = std::min(node.gpu_count, sim::kMaxGpus);
    int last_numa = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      session.boards[i].product = &sim::product_of(node.gpus[i]);
      session.boards[i].geometry = &sim::geometry_of(node, node.gpus[i]);
      last_numa = std::max(last_numa, node.gpus[i].numa_node);
    }
    session.numa_nodes = static_cast<unsigned>(last_numa) + 1;
    session.driver =
        mig::parse_driver_version(
            std::string_view(node.driver_version,
                             strnlen(node.driver_version, sizeof(node.driver_version))))
            .value_or(mig::DriverVersion{});
    return 0;
  });
}

nvmlReturn_t open_first() {
  const std::string path = sim::default_state_path();
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 && errno == ENOENT) {
    complain("no simulated node at " + path + "; make one with: septet --sim=" + path +
             " sim create");
    return NVML_ERROR_DRIVER_NOT_LOADED;
  }
  auto file = sim::StateFile::open(path);
  if (!file) {
    complain(on_one_line(file.error()));
    return code_of(file.error().code);
  }
  auto session = std::make_unique<Session>();
  session->file = std::move(*file);
  learn_boards(*session);
  session->driver_load = driver_load_of(*session);
  const long cpus = ::sysconf(_SC_NPROCESSORS_CONF);
  session->cpus = cpus > 0 ? static_cast<unsigned>(cpus) : 1;
  g_current.store(session.release());
  return NVML_SUCCESS;
}

void free_retired() {
  if (g_retired == nullptr || g_pins.load() != 0) return;
  delete g_retired;
  g_retired = nullptr;
}

}  // namespace

nvmlReturn_t open_session() {
  const std::lock_guard lock(g_opening);
  free_retired();
  if (g_count == 0) {
    if (const nvmlReturn_t opened = open_first(); opened != NVML_SUCCESS) return opened;
  } else {
    Session& session = *g_current.load();
    std::atomic_ref(session.driver_load).store(driver_load_of(session));
  }
  ++g_count;
  return NVML_SUCCESS;
}

nvmlReturn_t close_session() {
  const std::lock_guard lock(g_opening);
  if (g_count == 0) return NVML_ERROR_UNINITIALIZED;
  if (--g_count != 0) return NVML_SUCCESS;
  free_retired();
  Session* const last = g_current.exchange(nullptr);
  // A second session retired behind a call that still holds the first one is left to the kernel: it
  // costs a mapping, and only a client that shuts down inside a wait, twice, gets there.
  if (g_pins.load() != 0) {
    if (g_retired == nullptr) g_retired = last;
  } else {
    delete last;
  }
  return NVML_SUCCESS;
}

// Sequentially consistent on both sides: either the pin is counted before Shutdown looks, or the
// load here sees that the session is gone.
Pin::Pin() : session_(nullptr) {
  g_pins.fetch_add(1);
  session_ = g_current.load();
}
Pin::~Pin() { g_pins.fetch_sub(1); }
bool Pin::still_current() const { return g_current.load() == session_; }

nvmlReturn_t not_supported() noexcept {
  return g_current.load() == nullptr ? NVML_ERROR_UNINITIALIZED : NVML_ERROR_NOT_SUPPORTED;
}

}  // namespace septet::simnvml

using namespace septet::simnvml;

nvmlReturn_t nvmlInit() { return open_session(); }
nvmlReturn_t nvmlInit_v2() { return open_session(); }
nvmlReturn_t nvmlInitWithFlags(unsigned int) { return open_session(); }
nvmlReturn_t nvmlShutdown() { return close_session(); }
