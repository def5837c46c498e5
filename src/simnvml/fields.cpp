// simnvml/fields.cpp — numbers asked for by field id, many in one call.
//
// Contract. Every entry gets its own return code, also when the call as a whole fails. One read
//           answers all entries, so they belong together.
#include <array>
#include <optional>

#include "simnvml/abi/field_ids_174_and_up.h"
#include "simnvml/abi/prototypes_usage.h"
#include "simnvml/call.h"
#include "simnvml/load.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

namespace {

// What the fields are answered from.
struct Source {
  const View& view;
  sim::Load load;
  sim::Telemetry now;
  std::uint64_t energy_mj;
};

struct Field {
  unsigned id;
  nvmlValueType_t type;
  std::uint64_t (*value)(const Source& from);
};

constexpr nvmlValueType_t kUint = NVML_VALUE_TYPE_UNSIGNED_INT;
constexpr nvmlValueType_t kUlong = NVML_VALUE_TYPE_UNSIGNED_LONG_LONG;

constexpr auto kZero = [](const Source&) -> std::uint64_t { return 0; };
constexpr auto kOne = [](const Source&) -> std::uint64_t { return 1; };
constexpr auto kPower = [](const Source& from) -> std::uint64_t { return from.now.power_mw; };
constexpr auto kPowerLimit = [](const Source& from) -> std::uint64_t {
  return from.now.power_limit_mw;
};
constexpr auto kEnergy = [](const Source& from) -> std::uint64_t { return from.energy_mj; };
// From Hopper on a mode change needs no reset (rules R7).
constexpr auto kResetless = [](const Source& from) -> std::uint64_t {
  return from.view.board.can_mig() &&
                 from.view.board.product->architecture != mig::Architecture::kAmpere
             ? 1
             : 0;
};

constexpr auto kNvlinks = [](const Source& from) -> std::uint64_t { return from.view.gpu.nvlinks; };

template <std::uint64_t sim::GpuState::*kCounter>
std::uint64_t counted(const Source& from) {
  return from.view.gpu.*kCounter;
}

// Errors are counted as errors of the DRAM; other places have none.
constexpr Field kFields[] = {
    {NVML_FI_DEV_ECC_CURRENT, kUint, kOne},
    {NVML_FI_DEV_ECC_PENDING, kUint, kOne},
    {NVML_FI_DEV_ECC_SBE_VOL_TOTAL, kUlong, counted<&sim::GpuState::ecc_corrected_volatile>},
    {NVML_FI_DEV_ECC_DBE_VOL_TOTAL, kUlong, counted<&sim::GpuState::ecc_uncorrected_volatile>},
    {NVML_FI_DEV_ECC_SBE_AGG_TOTAL, kUlong, counted<&sim::GpuState::ecc_corrected_aggregate>},
    {NVML_FI_DEV_ECC_DBE_AGG_TOTAL, kUlong, counted<&sim::GpuState::ecc_uncorrected_aggregate>},
    {NVML_FI_DEV_ECC_SBE_VOL_DEV, kUlong, counted<&sim::GpuState::ecc_corrected_volatile>},
    {NVML_FI_DEV_ECC_DBE_VOL_DEV, kUlong, counted<&sim::GpuState::ecc_uncorrected_volatile>},
    {NVML_FI_DEV_ECC_SBE_AGG_DEV, kUlong, counted<&sim::GpuState::ecc_corrected_aggregate>},
    {NVML_FI_DEV_ECC_DBE_AGG_DEV, kUlong, counted<&sim::GpuState::ecc_uncorrected_aggregate>},
    {NVML_FI_DEV_TOTAL_ENERGY_CONSUMPTION, kUlong, kEnergy},
    {NVML_FI_DEV_NVLINK_LINK_COUNT, kUint, kNvlinks},
    {NVML_FI_DEV_NVSWITCH_CONNECTED_LINK_COUNT, kUint, kZero},
    {NVML_FI_DEV_C2C_LINK_COUNT, kUint, kZero},
    {NVML_FI_DEV_PCIE_REPLAY_COUNTER, kUint, kZero},
    {NVML_FI_DEV_PCIE_REPLAY_ROLLOVER_COUNTER, kUint, kZero},
    {NVML_FI_DEV_PCIE_L0_TO_RECOVERY_COUNTER, kUint, kZero},
    {NVML_FI_DEV_PCIE_COUNT_TX_BYTES, kUlong, kZero},
    {NVML_FI_DEV_PCIE_COUNT_RX_BYTES, kUlong, kZero},
    {NVML_FI_DEV_REMAPPED_COR, kUint, kZero},
    {NVML_FI_DEV_REMAPPED_UNC, kUint, kZero},
    {NVML_FI_DEV_REMAPPED_PENDING, kUint, kZero},
    {NVML_FI_DEV_REMAPPED_FAILURE, kUint, kZero},
    {NVML_FI_DEV_PERF_POLICY_POWER, kUlong, kZero},
    {NVML_FI_DEV_PERF_POLICY_THERMAL, kUlong, kZero},
    {NVML_FI_DEV_PERF_POLICY_SYNC_BOOST, kUlong, kZero},
    {NVML_FI_DEV_PERF_POLICY_BOARD_LIMIT, kUlong, kZero},
    {NVML_FI_DEV_PERF_POLICY_LOW_UTILIZATION, kUlong, kZero},
    {NVML_FI_DEV_PERF_POLICY_RELIABILITY, kUlong, kZero},
    {NVML_FI_DEV_IS_RESETLESS_MIG_SUPPORTED, kUint, kResetless},
    {NVML_FI_DEV_IS_MIG_MODE_INDEPENDENT_MIG_QUERY_CAPABLE, kUint, kOne},
    {NVML_FI_DEV_POWER_AVERAGE, kUint, kPower},
    {NVML_FI_DEV_POWER_INSTANT, kUint, kPower},
    {NVML_FI_DEV_POWER_MIN_LIMIT, kUint, kPowerLimit},
    {NVML_FI_DEV_POWER_MAX_LIMIT, kUint, kPowerLimit},
    {NVML_FI_DEV_POWER_DEFAULT_LIMIT, kUint, kPowerLimit},
    {NVML_FI_DEV_POWER_CURRENT_LIMIT, kUint, kPowerLimit},
    {NVML_FI_DEV_POWER_REQUESTED_LIMIT, kUint, kPowerLimit},
    {NVML_FI_DEV_ENERGY, kUlong, kEnergy},
    {NVML_FI_DEV_RESET_STATUS, kUint, kZero},
    {NVML_FI_DEV_DRAIN_AND_RESET_STATUS, kUint, kZero},
    {NVML_FI_DEV_GET_GPU_RECOVERY_ACTION, kUint, kZero},
};

// PCIe error counters are a run of ids; none ever counts.
std::optional<Field> field_of(unsigned id) {
  if (id >= NVML_FI_DEV_PCIE_COUNT_CORRECTABLE_ERRORS && id <= NVML_FI_DEV_PCIE_COUNT_LANE_ERROR) {
    return Field{id, kUint, kZero};
  }
  for (const Field& field : kFields) {
    if (field.id == id) return field;
  }
  return std::nullopt;
}

void answer(nvmlFieldValue_t& entry, const Source& from) {
  const auto field = field_of(entry.fieldId);
  entry.nvmlReturn = field ? NVML_SUCCESS : NVML_ERROR_NOT_SUPPORTED;
  if (!field) return;
  entry.valueType = field->type;
  const std::uint64_t value = field->value(from);
  if (field->type == kUint) {
    entry.value.uiVal = static_cast<unsigned>(value);
  } else {
    entry.value.ullVal = value;
  }
}

// As the entries are when nothing was answered yet.
void clear(nvmlFieldValue_t* entries, int count, nvmlReturn_t code, std::uint64_t at_ns) {
  for (int i = 0; i < count; ++i) {
    entries[i].timestamp = static_cast<long long>(at_ns / 1000);
    entries[i].latencyUsec = 0;
    entries[i].valueType = kUint;
    entries[i].value.ullVal = 0;
    entries[i].nvmlReturn = code;
  }
}

}  // namespace

nvmlReturn_t nvmlDeviceGetFieldValues(nvmlDevice_t device, int count, nvmlFieldValue_t* entries) {
  const std::uint64_t at_ns = now_ns();
  const bool arguments_given = given(entries) && count > 0;
  if (arguments_given) clear(entries, count, NVML_ERROR_UNKNOWN, at_ns);
  // The fields are the board's: a MIG device answers with its GPU's.
  const nvmlReturn_t as_a_whole =
      on_device(__func__, device, arguments_given, [&](const View& view) {
        const std::uint32_t gpu = view.at.gpu;
        const Source from{view, sim::gpu_load(view.node, gpu), sim::telemetry(view.node, gpu),
                          sim::energy_mj(view.node, gpu, at_ns)};
        for (int i = 0; i < count; ++i) answer(entries[i], from);
        return NVML_SUCCESS;
      });
  if (as_a_whole != NVML_SUCCESS && arguments_given) clear(entries, count, as_a_whole, at_ns);
  return as_a_whole;
}

// None of the fields is a counter that a client may clear.
nvmlReturn_t nvmlDeviceClearFieldValues(nvmlDevice_t device, int count, nvmlFieldValue_t* entries) {
  const bool arguments_given = given(entries) && count > 0;
  const nvmlReturn_t as_a_whole =
      always(__func__, device, arguments_given, NVML_ERROR_NOT_SUPPORTED);
  for (int i = 0; arguments_given && i < count; ++i) entries[i].nvmlReturn = as_a_whole;
  return as_a_whole;
}
