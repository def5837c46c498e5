// Any text as a profile name: what parses is written back as a name that means the same, and what
// matches is a profile of the board that was asked, with the attributes that were written.
#include <algorithm>
#include <string>

#include "fuzz/byte_reader.h"
#include "mig/profile_name.h"
#include "mig/testing/every_geometry.h"

namespace septet::fuzz {
namespace {

using mig::Geometry;

bool holds(const Geometry& geometry, const mig::GpuInstanceProfile* profile) {
  return std::ranges::any_of(geometry.profiles, [&](const auto& one) { return &one == profile; });
}

void check_error(const Error& error) {
  SEPTET_ASSERT(error.code == Code::kInvalidArgument || error.code == Code::kNotFound);
  SEPTET_ASSERT(!error.what.empty());
}

void check_round_trip(const std::string& text) {
  const auto name = mig::parse_profile_name(text);
  if (!name) return check_error(name.error());
  const auto again = mig::parse_profile_name(mig::to_string(*name));
  SEPTET_ASSERT(again.has_value());
  SEPTET_ASSERT(*again == *name);
}

void check_match(const Geometry& geometry, const std::string& text) {
  const auto found = mig::match_profile(geometry, text);
  if (!found) return check_error(found.error());
  SEPTET_ASSERT(holds(geometry, *found));
  // Tolerance is for case, prefix and memory size, not for what the profile holds.
  if (const auto name = mig::parse_profile_name(text); name && text.contains('g')) {
    SEPTET_ASSERT(name->slices == (*found)->slices);
    SEPTET_ASSERT(name->media == (*found)->media && name->graphics == (*found)->graphics);
  }
  const auto exact = mig::match_profile(geometry, (*found)->name);
  SEPTET_ASSERT(exact.has_value() && *exact == *found);
}

void check_device(const Geometry& geometry, const std::string& text) {
  const auto found = mig::match_device(geometry, text);
  if (!found) return check_error(found.error());
  SEPTET_ASSERT(holds(geometry, found->gpu_instance) && found->compute != nullptr);
  SEPTET_ASSERT(found->gpu_instance->find_compute(found->compute->id) == found->compute);
}

void check_placed(const Geometry& geometry, const std::string& text) {
  const auto found = mig::match_placed(geometry, text);
  if (!found) return check_error(found.error());
  SEPTET_ASSERT(holds(geometry, found->profile));
  SEPTET_ASSERT(found->start.has_value() == text.contains(':'));
}

}  // namespace
}  // namespace septet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace septet;
  static const auto geometries = mig::testing::every_geometry();
  fuzz::ByteReader in(data, size);
  const mig::Geometry& geometry = *geometries[in.pick(geometries.size())].geometry;
  const std::string text = in.rest();
  fuzz::check_round_trip(text);
  fuzz::check_match(geometry, text);
  fuzz::check_device(geometry, text);
  fuzz::check_placed(geometry, text);
  SEPTET_ASSERT(mig::nearest_names(geometry, text, 3).size() <= 3);
  return 0;
}
