// Source. CUDA toolkit release notes, table "CUDA Toolkit and corresponding driver versions"
// (documented);
//         MIG User Guide, "Supported GPUs" and driver prerequisites (documented); GB202's 575
//         likewise.
#include "driver/simulated/driver_age.h"

#include <array>

namespace septet::driver::simulated {

namespace {

struct Branch {
  unsigned major;
  std::uint32_t cuda;
};
constexpr std::array<Branch, 22> kBranches = {{
    {450, 11000}, {455, 11010}, {460, 11020}, {465, 11030}, {470, 11040}, {495, 11050},
    {510, 11060}, {515, 11070}, {520, 11080}, {525, 12000}, {530, 12010}, {535, 12020},
    {545, 12030}, {550, 12040}, {555, 12050}, {560, 12060}, {565, 12070}, {570, 12080},
    {575, 12090}, {580, 13000}, {590, 13010}, {595, 13020},
}};

}  // namespace

std::uint32_t cuda_version_of(const mig::DriverVersion& driver) {
  std::uint32_t cuda = kBranches.front().cuda;
  for (const Branch& branch : kBranches) {
    if (driver.major >= branch.major) cuda = branch.cuda;
  }
  return cuda;
}

unsigned first_driver_of(const mig::Product& product) {
  switch (product.architecture) {
    case mig::Architecture::kAmpere: return 450;
    case mig::Architecture::kHopper: return 525;
    case mig::Architecture::kBlackwell: return product.chip.starts_with("GB20") ? 575 : 570;
  }
  return 0;
}

}  // namespace septet::driver::simulated
