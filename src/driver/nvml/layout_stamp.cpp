// The stamp of a node as an NVML library tells it, real or simulated.
#include "driver/layout_stamp.h"

#include <array>
#include <functional>
#include <string_view>

#include "driver/driver.h"
#include "driver/nvml/nvml_calls.h"

namespace septet::driver {

namespace {

class NvmlLayoutStamp final : public LayoutStamp {
 public:
  explicit NvmlLayoutStamp(nvml::Library library)
      : library_(std::move(library)), calls_(library_) {}
  ~NvmlLayoutStamp() override {
    if (started_) (void)calls_.shutdown();  // the process lets go either way
  }
  NvmlLayoutStamp(const NvmlLayoutStamp&) = delete;
  NvmlLayoutStamp& operator=(const NvmlLayoutStamp&) = delete;

  Result<> start() {
    const int status = calls_.init();
    if (status != nvml::kSuccess)
      return std::unexpected(driver_error(status, "start the driver library " + library_.path()));
    started_ = true;
    return {};
  }

  Result<std::uint64_t> read() override {
    nvml::Uint count = 0;
    if (const int status = calls_.device_count(&count); status != nvml::kSuccess)
      return std::unexpected(driver_error(status, "count the GPUs"));
    std::uint64_t stamp = count;
    for (nvml::Uint index = 0; index < count; ++index) add_gpu(index, stamp);
    return stamp;
  }

 private:
  static void mix(std::uint64_t& stamp, std::uint64_t value) {
    constexpr std::uint64_t kPrime = 0x100000001b3;  // FNV-1a
    stamp = (stamp ^ value) * kPrime;
  }

  void add_text(nvml::Device device, std::uint64_t& stamp) const {
    std::array<char, nvml::kNameBuffer> text{};
    const int status = calls_.uuid(device, text.data(), nvml::kNameBuffer);
    mix(stamp, static_cast<std::uint64_t>(status));
    if (status == nvml::kSuccess) mix(stamp, std::hash<std::string_view>{}(text.data()));
  }

  // A GPU that does not answer is part of the stamp: it changes when the GPU is back.
  void add_gpu(nvml::Uint index, std::uint64_t& stamp) const {
    nvml::Device device = nullptr;
    const int found = calls_.device(index, &device);
    mix(stamp, static_cast<std::uint64_t>(found));
    if (found != nvml::kSuccess) return;
    nvml::Uint current = 0, pending = 0, most = 0;
    mix(stamp, static_cast<std::uint64_t>(calls_.mig_mode(device, &current, &pending)));
    mix(stamp, current * 2 + pending);
    add_text(device, stamp);
    if (current == 0 || calls_.max_mig_devices(device, &most) != nvml::kSuccess) return;
    for (nvml::Uint place = 0; place < most; ++place) {
      nvml::Device mig = nullptr;
      if (calls_.mig_device(device, place, &mig) != nvml::kSuccess) continue;
      mix(stamp, place);
      add_text(mig, stamp);
    }
  }

  nvml::Library library_;
  nvml::Calls calls_;
  bool started_ = false;
};

}  // namespace

Result<std::unique_ptr<LayoutStamp>> LayoutStamp::open(const std::string& library_path) {
  auto library = TRY(nvml::Library::open(library_path));
  auto stamp = std::make_unique<NvmlLayoutStamp>(std::move(library));
  TRY(stamp->start());
  return std::unique_ptr<LayoutStamp>(std::move(stamp));
}

}  // namespace septet::driver
