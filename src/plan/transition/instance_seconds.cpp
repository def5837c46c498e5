#include "plan/transition/instance_seconds.h"

#include <array>
#include <span>

namespace septet::plan {

namespace {

struct MeasuredSeconds {
  unsigned slices;
  double create, destroy;
};

constexpr std::array kA30Seconds{MeasuredSeconds{1, 0.11, 0.10}, MeasuredSeconds{2, 0.12, 0.10},
                                 MeasuredSeconds{4, 0.13, 0.10}};
constexpr std::array kA100Seconds{MeasuredSeconds{1, 0.16, 0.20}, MeasuredSeconds{2, 0.17, 0.20},
                                  MeasuredSeconds{3, 0.20, 0.21}, MeasuredSeconds{4, 0.21, 0.21},
                                  MeasuredSeconds{7, 0.24, 0.22}};
constexpr std::array kH100Seconds{MeasuredSeconds{1, 0.16, 0.21}, MeasuredSeconds{2, 0.21, 0.23},
                                  MeasuredSeconds{3, 0.33, 0.25}, MeasuredSeconds{4, 0.38, 0.26},
                                  MeasuredSeconds{7, 0.42, 0.26}};

struct BoardSeconds {
  std::span<const MeasuredSeconds> rows;
  std::string_view measured_on;  // how the ids of the boards begin
};

BoardSeconds board_seconds(const mig::Product& product) {
  switch (product.architecture) {
    case mig::Architecture::kAmpere:
      return product.geometry.slices == 4 ? BoardSeconds{kA30Seconds, "a30-"}
                                          : BoardSeconds{kA100Seconds, "a100-"};
    case mig::Architecture::kHopper:
    case mig::Architecture::kBlackwell: return {kH100Seconds, "h100-"};
  }
  return {kH100Seconds, "h100-"};
}

}  // namespace

InstanceSeconds instance_seconds(const mig::Product& product,
                                 const mig::GpuInstanceProfile& profile) {
  const BoardSeconds table = board_seconds(product);
  const bool same_board = product.id.starts_with(table.measured_on);
  for (const MeasuredSeconds& row : table.rows) {
    if (row.slices >= profile.slices)
      return {row.create, row.destroy, same_board && row.slices == profile.slices};
  }
  const MeasuredSeconds& largest = table.rows.back();
  return {largest.create, largest.destroy, false};
}

}  // namespace septet::plan
