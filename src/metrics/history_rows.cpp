#include "metrics/history_rows.h"

#include <algorithm>
#include <limits>

namespace septet::metrics {

namespace {

constexpr char kRowVersion = 1;
constexpr std::uint8_t kUnknownPercent = 255;
constexpr std::uint64_t kMostInRow = 64;  // instances; no GPU has as many
constexpr unsigned kVarintBits = 7;

void put_varint(std::string& out, std::uint64_t value) {
  for (; value > 0x7f; value >>= kVarintBits) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}
void put_amount(std::string& out, Amount value) {
  put_varint(out, value ? std::uint64_t{*value} + 1 : 0);
}
void put_percent(std::string& out, Amount value) {
  out += static_cast<char>(value ? std::min(*value, 100u) : kUnknownPercent);
}

class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : left_(bytes) {}
  bool failed() const { return failed_; }
  bool at_end() const { return left_.empty(); }

  std::uint8_t byte() {
    if (left_.empty()) {
      failed_ = true;
      return 0;
    }
    const auto first = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return first;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += kVarintBits) {
      const std::uint8_t part = byte();
      value |= std::uint64_t{part & 0x7fu} << shift;
      if ((part & 0x80u) == 0) return value;
    }
    failed_ = true;
    return 0;
  }
  Amount amount() {
    const std::uint64_t value = varint();
    if (value == 0) return std::nullopt;
    failed_ = failed_ || value - 1 > std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(value - 1);
  }
  Amount percent() {
    const std::uint8_t value = byte();
    if (value == kUnknownPercent) return std::nullopt;
    failed_ = failed_ || value > 100;
    return value;
  }

 private:
  std::string_view left_;
  bool failed_ = false;
};

}  // namespace

std::string encode(const GpuRow& row) {
  std::string out(1, kRowVersion);
  put_percent(out, row.sm);
  put_percent(out, row.memory);
  put_amount(out, row.memory_used_mib);
  put_amount(out, row.power_mw);
  put_varint(out, row.instances.size());
  for (const InstanceRow& instance : row.instances) {
    put_varint(out, instance.instance);
    put_percent(out, instance.sm);
    put_percent(out, instance.memory);
    put_amount(out, instance.memory_used_mib);
  }
  return out;
}

std::optional<GpuRow> decode(std::string_view bytes) {
  RowReader in(bytes);
  if (in.byte() != kRowVersion) return std::nullopt;
  GpuRow row;
  row.sm = in.percent();
  row.memory = in.percent();
  row.memory_used_mib = in.amount();
  row.power_mw = in.amount();
  const std::uint64_t count = in.varint();
  if (count > kMostInRow) return std::nullopt;
  for (std::uint64_t i = 0; i < count && !in.failed(); ++i) {
    InstanceRow instance;
    instance.instance = in.varint();
    instance.sm = in.percent();
    instance.memory = in.percent();
    instance.memory_used_mib = in.amount();
    row.instances.push_back(instance);
  }
  if (in.failed() || !in.at_end()) return std::nullopt;
  return row;
}

}  // namespace septet::metrics
