#include "plan/transition/instance_seconds.h"

#include <array>
#include <span>

namespace septet::plan {

namespace {

struct Row {
  unsigned slices;
  double create, destroy;
};

constexpr std::array kA30{Row{1, 0.11, 0.10}, Row{2, 0.12, 0.10}, Row{4, 0.13, 0.10}};
constexpr std::array kA100{Row{1, 0.16, 0.20}, Row{2, 0.17, 0.20}, Row{3, 0.20, 0.21},
                           Row{4, 0.21, 0.21}, Row{7, 0.24, 0.22}};
constexpr std::array kH100{Row{1, 0.16, 0.21}, Row{2, 0.21, 0.23}, Row{3, 0.33, 0.25},
                           Row{4, 0.38, 0.26}, Row{7, 0.42, 0.26}};

struct Table {
  std::span<const Row> rows;
  std::string_view measured_on;  // how the ids of the boards begin
};

Table table_of(const mig::Product& product) {
  switch (product.architecture) {
    case mig::Architecture::kAmpere:
      return product.geometry.slices == 4 ? Table{kA30, "a30-"} : Table{kA100, "a100-"};
    case mig::Architecture::kHopper:
    case mig::Architecture::kBlackwell: return {kH100, "h100-"};
  }
  return {kH100, "h100-"};
}

}  // namespace

InstanceSeconds instance_seconds(const mig::Product& product,
                                 const mig::GpuInstanceProfile& profile) {
  const Table table = table_of(product);
  const bool same_board = product.id.starts_with(table.measured_on);
  for (const Row& row : table.rows) {
    if (row.slices >= profile.slices)
      return {row.create, row.destroy, same_board && row.slices == profile.slices};
  }
  const Row& largest = table.rows.back();
  return {largest.create, largest.destroy, false};
}

}  // namespace septet::plan
