// EventWatch over NVML's event sets.
//
// Source. The published NVML API: types of events, and that an event whose instance ids are
//         0xFFFFFFFF concerns the whole GPU. A GPU that fell off the bus says nothing more, so
//         after each quiet wait every GPU is asked for its memory, which it then answers with
//         "lost".
#include "driver/event_watch.h"

#include <array>

#include "driver/driver.h"
#include "driver/nvml/nvml_calls.h"

namespace septet::driver {
namespace {

using namespace nvml;  // one class over the calls of that namespace

constexpr Ull kSingleBit = 0x1, kDoubleBit = 0x2, kXidCritical = 0x8;

EventKind kind_of_event(Ull type) {
  if ((type & kXidCritical) != 0) return EventKind::kXid;
  return (type & kDoubleBit) != 0 ? EventKind::kDoubleBitEcc : EventKind::kSingleBitEcc;
}

std::optional<std::uint32_t> instance_of_event(Uint id) {
  return id == kNoInstance ? std::nullopt : std::optional<std::uint32_t>(id);
}

// Whatever the driver said: what the GPUs do is unknown from here on.
std::unexpected<Error> unknown_now(int status, const std::string& what) {
  Error error = driver_error(status, what);
  error.code = Code::kUnavailable;
  return std::unexpected(std::move(error));
}

class NvmlEventWatch final : public EventWatch {
 public:
  explicit NvmlEventWatch(Library library) : library_(std::move(library)), calls_(library_) {}
  NvmlEventWatch(const NvmlEventWatch&) = delete;
  NvmlEventWatch& operator=(const NvmlEventWatch&) = delete;
  ~NvmlEventWatch() override {
    if (set_ != nullptr) (void)calls_.free_event_set(set_);  // gone with the process at the latest
    if (started_) (void)calls_.shutdown();
  }

  Result<> start();
  Result<std::optional<Event>> wait(std::chrono::milliseconds wait) override;
  const std::vector<std::pair<std::string, Error>>& unwatched() const override {
    return unwatched_;
  }

 private:
  struct Watched {
    Device device;
    std::string uuid;
  };
  void watch_gpu(Uint index);
  int register_gpu(Device device);
  Result<> look_for_the_lost() const;
  Result<std::string> uuid_of(Device device) const;

  Library library_;
  Calls calls_;
  EventSet set_ = nullptr;
  std::vector<Watched> watched_;
  std::vector<std::pair<std::string, Error>> unwatched_;
  bool started_ = false;
};

Result<> NvmlEventWatch::start() {
  if (const int status = calls_.init(); status != kSuccess) {
    Error error = driver_error(status, "start the driver library " + library_.path());
    if (error.code != Code::kNoPermission) error.code = Code::kNoDriver;
    return std::unexpected(std::move(error));
  }
  started_ = true;
  if (const int status = calls_.create_event_set(&set_); status != kSuccess) {
    return std::unexpected(driver_error(status, "make a set of driver events"));
  }
  Uint count = 0;
  if (const int status = calls_.device_count(&count); status != kSuccess) {
    return std::unexpected(driver_error(status, "count the GPUs"));
  }
  for (Uint index = 0; index < count; ++index) watch_gpu(index);
  return {};
}

int NvmlEventWatch::register_gpu(Device device) {
  Ull supported = 0;
  if (const int status = calls_.event_types(device, &supported); status != kSuccess) return status;
  const Ull wanted = supported & (kXidCritical | kDoubleBit | kSingleBit);
  return wanted == 0 ? kNotSupported : calls_.register_events(device, wanted, set_);
}

void NvmlEventWatch::watch_gpu(Uint index) {
  Device device = nullptr;
  std::string uuid;
  int status = calls_.device(index, &device);
  if (status == kSuccess) {
    std::array<char, kNameBuffer> text{};
    status = calls_.uuid(device, text.data(), kNameBuffer);
    if (status == kSuccess) uuid = text.data();
  }
  if (status == kSuccess) status = register_gpu(device);
  if (status == kSuccess) {
    watched_.push_back({device, std::move(uuid)});
  } else {
    unwatched_.emplace_back(std::move(uuid),
                            driver_error(status, "watch GPU " + std::to_string(index)));
  }
}

Result<std::string> NvmlEventWatch::uuid_of(Device device) const {
  for (const Watched& gpu : watched_) {
    if (gpu.device == device) return gpu.uuid;
  }
  std::array<char, kNameBuffer> text{};
  const int status = calls_.uuid(device, text.data(), kNameBuffer);
  if (status != kSuccess) return unknown_now(status, "ask which GPU an event is of");
  return std::string(text.data());
}

Result<> NvmlEventWatch::look_for_the_lost() const {
  for (const Watched& gpu : watched_) {
    Memory memory{};
    const int status = calls_.memory(gpu.device, &memory);
    if (status == kGpuIsLost) return unknown_now(status, "watch GPU " + gpu.uuid);
  }
  return {};
}

Result<std::optional<Event>> NvmlEventWatch::wait(std::chrono::milliseconds wait) {
  // An old driver fills the first three members only.
  EventData data{nullptr, 0, 0, kNoInstance, kNoInstance};
  const int status = calls_.wait_event(set_, &data, static_cast<Uint>(wait.count()));
  if (status == kTimeout) {
    TRY(look_for_the_lost());
    return std::nullopt;
  }
  if (status != kSuccess) return unknown_now(status, "wait for events of the driver");
  Event event;
  event.kind = kind_of_event(data.type);
  event.gpu_uuid = TRY(uuid_of(data.device));
  if (event.kind == EventKind::kXid) event.xid = data.data;
  event.gpu_instance = instance_of_event(data.gpu_instance);
  event.compute_instance = instance_of_event(data.compute_instance);
  return event;
}

}  // namespace

Result<std::unique_ptr<EventWatch>> open_nvml_event_watch(const std::string& library_path) {
  auto library = TRY(Library::open(library_path));
  auto watch = std::make_unique<NvmlEventWatch>(std::move(library));
  TRY(watch->start());
  return watch;
}

}  // namespace septet::driver
