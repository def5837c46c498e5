// mig/profile_name.h — what people write for a profile, and which profile they mean.
//
// Grammar. ["MIG "|"mig-"] [<C>c.]<G>g.<GB>gb [(+|.)attr[,attr]* | -attr]   attr: me, me.all, gfx;
// or a number = profile id.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mig/product.h"

namespace septet::mig {

struct ProfileName {
  unsigned compute_slices = 0;  // the "1c"; equals slices when not written
  bool compute_written = false;
  unsigned slices = 0;
  unsigned gb = 0;
  Media media = Media::kPlain;
  bool graphics = false;
  friend bool operator==(const ProfileName&, const ProfileName&) = default;
};

Result<ProfileName> parse_profile_name(std::string_view text);
std::string to_string(const ProfileName& name);

// The profile of `geometry` that `text` means: by id, exact name, or tolerantly: case, "MIG "
// prefix, and memory sizes that differ only as drivers rename them (1g.24gb for 1g.23gb: within an
// eighth, and only if one profile qualifies). kInvalidArgument with the nearest names otherwise. A
// part of an instance ("1c.3g.40gb") is no GPU instance profile and is refused here: see
// match_device.
Result<const GpuInstanceProfile*> match_profile(const Geometry& geometry, std::string_view text);

// A MIG device by name: "1c.3g.40gb" -> 3g.40gb and its one-slice compute profile; "3g.40gb" or an
// id -> 3g.40gb and its default compute profile (what -C creates).
struct DeviceRequest {
  const GpuInstanceProfile* gpu_instance = nullptr;
  const ComputeInstanceProfile* compute = nullptr;
};
Result<DeviceRequest> match_device(const Geometry& geometry, std::string_view text);

// "3g.40gb:4" -> profile and start, "3g.40gb" -> no start. Syntax of nvidia-smi's profile tuples.
struct PlacedRequest {
  const GpuInstanceProfile* profile = nullptr;
  std::optional<std::uint8_t> start;
};
Result<PlacedRequest> match_placed(const Geometry& geometry, std::string_view text);

// Names closest to `text` by edit distance, best first, at most `count`.
std::vector<std::string> nearest_names(const Geometry& geometry, std::string_view text,
                                       unsigned count);

}  // namespace septet::mig
