// metrics/history_rows.h — one GPU over one step of the history: averaged, and as bytes.
//
// Units. SM and memory activity in percent, memory in MiB, power in mW; nullopt: not known at any
//        moment of the step.
// Bytes. A version, then per value: percent in one byte (255: unknown), others as a varint of value
//        + 1 (0: unknown); then how many instances, each with its number in the history's own table
//        and its values. About 60 bytes for seven instances.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace septet::metrics {

using Amount = std::optional<std::uint32_t>;

struct InstanceRow {
  std::uint64_t instance = 0;  // its number in the table of instances
  Amount sm, memory, memory_used_mib;
  friend bool operator==(const InstanceRow&, const InstanceRow&) = default;
};
struct GpuRow {
  Amount sm, memory, memory_used_mib, power_mw;
  std::vector<InstanceRow> instances;
  friend bool operator==(const GpuRow&, const GpuRow&) = default;
};

std::string encode(const GpuRow& row);
std::optional<GpuRow> decode(std::string_view bytes);  // nullopt: not a row that encode() made

// The mean of what was known.
class Mean {
 public:
  void add(Amount value) {
    if (!value) return;
    sum_ += *value;
    ++count_;
  }
  Amount value() const {
    if (count_ == 0) return std::nullopt;
    return static_cast<std::uint32_t>((sum_ + count_ / 2) / count_);
  }

 private:
  std::uint64_t sum_ = 0, count_ = 0;
};

}  // namespace septet::metrics
