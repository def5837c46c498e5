#include "mig/product.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace septet::mig {
namespace {

constexpr std::string_view kVendorPrefix = "NVIDIA ";

bool same_letters(std::string_view a, std::string_view b) {
  const auto fold = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, [&](char x, char y) { return fold(x) == fold(y); });
}

bool same_id(std::string_view id, std::string_view written) {
  const auto dashed = [](char c) { return c == '_' ? '-' : c; };
  return std::ranges::equal(id, written, [&](char x, char y) { return x == dashed(y); });
}

std::string_view without_vendor(std::string_view name) {
  return same_letters(name.substr(0, kVendorPrefix.size()), kVendorPrefix)
             ? name.substr(kVendorPrefix.size())
             : name;
}

}  // namespace

std::string_view to_string(Confidence confidence) {
  switch (confidence) {
    case Confidence::kUnknown: return "unknown";
    case Confidence::kEstimated: return "estimated";
    case Confidence::kDerived: return "derived";
    case Confidence::kDocumented: return "documented";
    case Confidence::kRecorded: return "recorded";
  }
  return "unknown";
}

bool GpuInstanceProfile::classic() const {
  // NVML's 1_SLICE_REV2 is the 1g with twice the memory units of the plain 1g; every other revision
  // shows in the name.
  constexpr std::uint8_t kDoubleMemory = 9;
  return media == Media::kPlain && !graphics && nvml_enum != kDoubleMemory;
}

const ComputeInstanceProfile* GpuInstanceProfile::default_compute() const {
  const auto found = std::ranges::find(compute, true, &ComputeInstanceProfile::is_default);
  return found == compute.end() ? nullptr : &*found;
}

const ComputeInstanceProfile* GpuInstanceProfile::find_compute(
    std::uint32_t compute_profile_id) const {
  const auto found = std::ranges::find(compute, compute_profile_id, &ComputeInstanceProfile::id);
  return found == compute.end() ? nullptr : &*found;
}

const GpuInstanceProfile* Geometry::find_id(std::uint32_t profile_id) const {
  const auto found = std::ranges::find(profiles, profile_id, &GpuInstanceProfile::id);
  return found == profiles.end() ? nullptr : &*found;
}

const GpuInstanceProfile* Geometry::find_enum(std::uint32_t nvml_enum) const {
  const auto found = std::ranges::find(profiles, nvml_enum, &GpuInstanceProfile::nvml_enum);
  return found == profiles.end() ? nullptr : &*found;
}

const GpuInstanceProfile* Geometry::find_name(std::string_view exact_name) const {
  const auto found = std::ranges::find(profiles, exact_name, &GpuInstanceProfile::name);
  return found == profiles.end() ? nullptr : &*found;
}

const Geometry& Product::geometry_at(const DriverVersion& driver) const {
  for (const OlderGeometry& variant : older)  // ascending: the first that applies is the oldest
    if (driver.major < variant.before_major) return variant.geometry;
  return geometry;
}

const Product* find_product(std::string_view id) {
  const auto all = products();
  const auto found =
      std::ranges::find_if(all, [&](const Product& product) { return same_id(product.id, id); });
  return found == all.end() ? nullptr : &*found;
}

const Product* find_product_by_pci(std::uint32_t pci_device_id) {
  if (pci_device_id == 0) return nullptr;  // 0 stands for "unknown" in the tables
  for (const Product& product : products())
    for (const Board& board : product.boards)
      if (board.pci_device_id == pci_device_id) return &product;
  return nullptr;
}

const Product* find_product_by_board_name(std::string_view name) {
  if (same_letters(name, "unknown")) return nullptr;
  for (const Product& product : products())
    for (const Board& board : product.boards)
      if (same_letters(without_vendor(board.name), without_vendor(name))) return &product;
  return nullptr;
}

std::string gib_text(std::uint32_t mib) {
  // Not fmt: libnvidia-ml.so.1 holds this file and may depend on libc alone.
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", double{1} * mib / 1024.0);
  return text;
}

}  // namespace septet::mig
