// What a GPU can be cut into, from the driver's own answers.
//
// A driver tells placements only to the privileged and compute profiles only of a live instance.
// What it does not tell is taken from the product tables, and from nothing else.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "driver/driver.h"
#include "driver/nvml/read_gpu.h"

namespace septet::driver::nvml {
namespace {

using mig::Confidence;
using mig::Fact;

// NVML_GPU_INSTANCE_PROFILE_* in the order of nvidia-smi's listings (rules R4): 1g first, variants
// after the plain one, then wider.
constexpr std::array<Uint, kGpuProfiles> kListingOrder = {0,  7,  9, 10, 15, 13, 1, 8, 11,
                                                          16, 14, 2, 17, 3,  12, 6, 4, 5};

struct Variant {
  mig::Media media = mig::Media::kPlain;
  bool graphics = false;
  const char* suffix = "";
};

Variant variant_of(Uint nvml_enum) {
  constexpr Variant kPlain, kMe{mig::Media::kMe, false, "+me"},
      kGfx{mig::Media::kPlain, true, "+gfx"}, kNoMe{mig::Media::kNoMe, false, "-me"},
      kAllMe{mig::Media::kAllMe, false, "+me.all"};
  constexpr std::array<Variant, kGpuProfiles> kVariants = {
      kPlain, kPlain, kPlain, kPlain, kPlain, kPlain, kPlain, kMe,    kMe,
      kPlain, kGfx,   kGfx,   kGfx,   kNoMe,  kNoMe,  kAllMe, kAllMe, kGfx};
  return nvml_enum < kVariants.size() ? kVariants.at(nvml_enum) : kPlain;
}

Fact recorded(Uint value) { return {value, Confidence::kRecorded}; }

const mig::GpuInstanceProfile* from_tables(const Session& session, const mig::Gpu& gpu, Uint id) {
  if (gpu.product == nullptr) return nullptr;
  return gpu.product->geometry_at(session.version).find_id(id);
}

// Drivers before R510 give no names: whole GiB of the GPU, as the profile's share of eighths.
std::string made_up_name(const GpuProfileInfoV2& info, Uint nvml_enum, Ull total_mib) {
  const double eighth = std::ceil(static_cast<double>(total_mib) / 1024.0) / 8.0;
  const double share = static_cast<double>(info.memory_mib) / 1024.0 / eighth;
  const auto gib = std::lround(std::max(1.0, std::round(share)) * eighth);
  return std::to_string(info.slices) + "g." + std::to_string(gib) + "gb" +
         variant_of(nvml_enum).suffix;
}

Result<bool> read_profile(const Session& session, Device device, const mig::Gpu& gpu,
                          Uint nvml_enum, GpuProfileInfoV2& info) {
  info = {};
  info.version = struct_version<GpuProfileInfoV2>(2);
  int status = session.calls.gpu_profile_v2(device, nvml_enum, &info);
  if (status == kMissing) {
    GpuProfileInfo plain{};
    status = session.calls.gpu_profile(device, nvml_enum, &plain);
    info = {nvml_enum, plain.id,  plain.p2p, plain.slices, plain.max,        plain.sm, plain.ce,
            plain.dec, plain.enc, plain.jpg, plain.ofa,    plain.memory_mib, {}};
  }
  if (status == kNotSupported || status == kInvalidArgument) return false;
  if (status != kSuccess) {
    return std::unexpected(
        driver_error(status, "read the GPU instance profiles of " + gpu_words(gpu.index)));
  }
  info.version = nvml_enum;  // its job is done; from here on it says which enum this was
  return true;
}

struct Starts {
  std::uint8_t size = 0;
  std::uint16_t mask = 0;
};
template <typename Handle>
std::optional<Starts> read_starts(const Call<Handle, Uint, PlacementInfo*, Uint*>& call,
                                  Handle handle, Uint id) {
  std::array<PlacementInfo, 64> places{};
  Uint count = static_cast<Uint>(places.size());
  if (call(handle, id, places.data(), &count) != kSuccess) return std::nullopt;
  Starts starts;
  for (Uint i = 0; i < std::min<std::size_t>(count, places.size()); ++i) {
    if (places.at(i).start >= 16) continue;
    starts.size = static_cast<std::uint8_t>(places.at(i).size);
    starts.mask = static_cast<std::uint16_t>(starts.mask | (1u << places.at(i).start));
  }
  return starts;
}

class GeometryReader {
 public:
  GeometryReader(const Session& session, Device device, const mig::Gpu& gpu)
      : session_(session),
        device_(device),
        gpu_(gpu),
        made_(std::make_shared<mig::OwnedGeometry>()) {}

  void add(const GpuProfileInfoV2& info, GpuInstanceHandle live) {
    mig::GpuInstanceProfile profile = base_of(info);
    if (const auto starts = read_starts(session_.calls.gpu_placements, device_, info.id)) {
      profile.size = starts->size;
      profile.starts = starts->mask;
      profile.placement_confidence = Confidence::kRecorded;
    } else {
      profile.sources = "driver; placements from the tables";
    }
    profile.compute = compute_of(profile, live);
    made_->profiles.push_back(profile);
  }

  std::shared_ptr<const mig::OwnedGeometry> finish() {
    mig::Geometry& geometry = made_->geometry;
    for (const mig::GpuInstanceProfile& profile : made_->profiles) {
      geometry.slices = std::max(geometry.slices, profile.slices);
      if (profile.starts == 0) continue;
      const int last = 31 - __builtin_clz(profile.starts);
      geometry.units = std::max(geometry.units, static_cast<std::uint8_t>(last + profile.size));
    }
    if (gpu_.product != nullptr) {
      geometry.one_compute_one_graphics =
          gpu_.product->geometry_at(session_.version).one_compute_one_graphics;
    }
    geometry.profiles = made_->profiles;
    return made_;
  }

 private:
  std::string_view own(std::string name) { return made_->names.emplace_back(std::move(name)); }

  // What the driver says, on top of what the tables say about the same profile id.
  mig::GpuInstanceProfile base_of(const GpuProfileInfoV2& info) {
    const Uint nvml_enum = info.version;
    mig::GpuInstanceProfile profile;
    profile.gi_id_normal.fill(0xff);
    profile.gi_id_rotated.fill(0xff);
    if (const auto* known = from_tables(session_, gpu_, info.id)) profile = *known;
    std::string name = without_mig_prefix({info.name, strnlen(info.name, sizeof info.name)});
    if (name.empty()) name = profile.name;
    if (name.empty()) name = made_up_name(info, nvml_enum, gpu_.usage.memory_total_mib.value_or(0));
    profile.name = own(std::move(name));
    profile.id = info.id;
    profile.nvml_enum = static_cast<std::uint8_t>(nvml_enum);
    profile.slices = static_cast<std::uint8_t>(info.slices);
    profile.media = variant_of(nvml_enum).media;
    profile.graphics = variant_of(nvml_enum).graphics;
    profile.max = recorded(info.max);
    profile.memory_mib = recorded(static_cast<Uint>(info.memory_mib));
    profile.sm = recorded(info.sm);
    profile.ce = recorded(info.ce);
    profile.dec = recorded(info.dec);
    profile.enc = recorded(info.enc);
    profile.jpg = recorded(info.jpg);
    profile.ofa = recorded(info.ofa);
    profile.id_confidence = Confidence::kRecorded;
    profile.sources = "driver";
    return profile;
  }

  std::span<const mig::ComputeInstanceProfile> compute_of(const mig::GpuInstanceProfile& profile,
                                                          GpuInstanceHandle live) {
    if (live == nullptr) return profile.compute;  // the tables' rows, if there are any
    std::vector<mig::ComputeInstanceProfile> rows;
    for (Uint nvml_enum = 0; nvml_enum < kComputeProfiles; ++nvml_enum) {
      if (auto row = read_compute(profile, live, nvml_enum)) rows.push_back(*row);
    }
    if (rows.empty()) return profile.compute;
    mark_default(profile, rows);
    return made_->compute.emplace_back(std::move(rows));
  }

  std::optional<mig::ComputeInstanceProfile> read_compute(const mig::GpuInstanceProfile& profile,
                                                          GpuInstanceHandle live, Uint nvml_enum) {
    constexpr Uint kSharedEngines = 0;
    ComputeProfileInfoV2 info{};
    info.version = struct_version<ComputeProfileInfoV2>(2);
    int status = session_.calls.compute_profile_v2(live, nvml_enum, kSharedEngines, &info);
    if (status == kMissing) {
      ComputeProfileInfo plain{};
      status = session_.calls.compute_profile(live, nvml_enum, kSharedEngines, &plain);
      info = {0,         plain.id,  plain.slices, plain.max, plain.sm, plain.ce,
              plain.dec, plain.enc, plain.jpg,    plain.ofa, {}};
    }
    if (status != kSuccess) return std::nullopt;
    mig::ComputeInstanceProfile row;
    const auto* known = profile.find_compute(info.id);
    if (known != nullptr) row = *known;
    std::string name = without_mig_prefix({info.name, strnlen(info.name, sizeof info.name)});
    if (name.empty() && known != nullptr) name = known->name;
    if (name.empty()) {
      name = info.slices == profile.slices
                 ? std::string(profile.name)
                 : std::to_string(info.slices) + "c." + std::string(profile.name);
    }
    row.name = own(std::move(name));
    row.sources = "driver";
    row.id = static_cast<std::uint8_t>(info.id);
    row.slices = static_cast<std::uint8_t>(info.slices);
    row.sm = recorded(info.sm);
    row.max = recorded(info.max);
    if (const auto starts = read_starts(session_.calls.compute_placements, live, info.id)) {
      row.size = starts->size;
      row.starts = starts->mask;
      row.placement_confidence = Confidence::kRecorded;
    } else if (known == nullptr) {
      row.size = row.slices;
    }
    return row;
  }

  // The tables know; otherwise the row that fills the instance (rules R3), the most SMs first.
  static void mark_default(const mig::GpuInstanceProfile& profile,
                           std::vector<mig::ComputeInstanceProfile>& rows) {
    if (std::ranges::any_of(rows, &mig::ComputeInstanceProfile::is_default)) return;
    mig::ComputeInstanceProfile* best = nullptr;
    for (mig::ComputeInstanceProfile& row : rows) {
      if (row.slices != profile.slices) continue;
      if (best == nullptr || row.sm.value > best->sm.value) best = &row;
    }
    if (best != nullptr) best->is_default = true;
  }

  const Session& session_;
  Device device_;
  const mig::Gpu& gpu_;
  std::shared_ptr<mig::OwnedGeometry> made_;
};

}  // namespace

std::string without_mig_prefix(std::string_view name) {
  if (name.starts_with("MIG ")) name.remove_prefix(4);
  return std::string(name);
}

Result<std::vector<GpuProfileInfoV2>> read_profiles(const Session& session, Device device,
                                                    const mig::Gpu& gpu) {
  std::vector<GpuProfileInfoV2> profiles;
  for (const Uint nvml_enum : kListingOrder) {
    GpuProfileInfoV2 info{};
    if (TRY(read_profile(session, device, gpu, nvml_enum, info))) profiles.push_back(info);
  }
  // Boards whose listing is recorded in another order are listed in theirs; what their table lacks
  // comes last.
  if (gpu.product != nullptr) {
    const auto rows = gpu.product->geometry_at(session.version).profiles;
    std::ranges::stable_sort(profiles, {}, [rows](const GpuProfileInfoV2& info) {
      return std::ranges::find(rows, info.id, &mig::GpuInstanceProfile::id) - rows.begin();
    });
  }
  if (profiles.empty()) {
    return fail(Code::kUnavailable,
                "the driver names no GPU instance profile of " + gpu_words(gpu.index),
                "check that the driver supports MIG on this board", kNotSupported);
  }
  return profiles;
}

Result<std::shared_ptr<const mig::OwnedGeometry>> read_geometry(
    const Session& session, Device device, const mig::Gpu& gpu,
    const std::vector<GpuProfileInfoV2>& profiles, const std::vector<LiveInstance>& live) {
  GeometryReader reader(session, device, gpu);
  for (const GpuProfileInfoV2& info : profiles) {
    const auto found = std::ranges::find_if(
        live, [&](const LiveInstance& instance) { return instance.info.profile_id == info.id; });
    reader.add(info, found == live.end() ? nullptr : found->handle);
  }
  return reader.finish();
}

}  // namespace septet::driver::nvml
