#include "mig/identity.h"

#include <algorithm>
#include <span>

#include "base/result.h"
#include "mig/sha1.h"

namespace septet::mig {

namespace {

// What the driver hashes, byte by byte (open-gpu-kernel-modules, gpu_uuid.c): a namespace, the
// words "NVIDIA GPU", then fields that carry their length in front; a MIG device adds one more
// field.
constexpr std::array<std::uint8_t, 16> kNamespace = {
    0xc8, 0x16, 0xc9, 0xa3, 0x52, 0x24, 0x56, 0xbf, 0x9d, 0x9a, 0xac, 0x7e, 0xa7, 0x03, 0xfb, 0x5b};
constexpr std::size_t kGpuBytes = 38;
constexpr std::size_t kMigBytes = 50;
constexpr std::array<unsigned, 4> kDashBefore = {4, 6, 8, 10};  // byte index

class Message {
 public:
  Message(std::uint16_t chip_id, std::uint64_t pdi) {
    for (const std::uint8_t byte : kNamespace) bytes_[used_++] = byte;
    text("NVIDIA GPU");
    number(2, 1);
    number(chip_id, 2);
    number(8, 1);
    number(pdi, 8);
  }
  void text(std::string_view words) {
    for (const char c : words) bytes_[used_++] = static_cast<std::uint8_t>(c);
  }
  void number(std::uint64_t value, unsigned bytes) {  // little endian
    for (unsigned i = 0; i < bytes; ++i) {
      bytes_[used_++] = static_cast<std::uint8_t>(value >> (8 * i));
    }
  }
  Uuid uuid(std::size_t expected_bytes) const {
    SEPTET_ASSERT(used_ == expected_bytes);
    const auto digest = sha1(std::span(bytes_).first(used_));
    Uuid uuid{};
    std::ranges::copy(std::span(digest).first(uuid.size()), uuid.begin());
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x50);
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
    return uuid;
  }

 private:
  std::array<std::uint8_t, kMigBytes> bytes_{};
  std::size_t used_ = 0;
};

std::optional<std::uint8_t> nibble(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

bool dash_before(unsigned byte) {
  return std::ranges::find(kDashBefore, byte) != kDashBefore.end();
}

}  // namespace

std::optional<std::uint32_t> gpu_instance_id(const GpuInstanceProfile& profile, std::uint8_t start,
                                             ChipLayout chip) {
  const auto& ids = chip == ChipLayout::kNormal ? profile.gi_id_normal : profile.gi_id_rotated;
  if (start >= ids.size() || ((profile.starts >> start) & 1u) == 0) return std::nullopt;
  if (ids[start] == 0xff) return std::nullopt;
  return ids[start];
}

Uuid gpu_uuid(std::uint16_t chip_id, std::uint64_t pdi) {
  return Message(chip_id, pdi).uuid(kGpuBytes);
}

Uuid mig_uuid(std::uint16_t chip_id, std::uint64_t pdi, std::uint32_t gpu_instance_id,
              std::uint32_t engine) {
  Message message(chip_id, pdi);
  message.number(11, 1);  // bytes that follow
  message.text("SMC");
  message.number(gpu_instance_id, 4);
  message.number(engine, 4);
  return message.uuid(kMigBytes);
}

void write_uuid_text(const Uuid& uuid, char* out36) {
  constexpr char kHex[] = "0123456789abcdef";
  for (unsigned i = 0; i < uuid.size(); ++i) {
    if (dash_before(i)) *out36++ = '-';
    *out36++ = kHex[uuid[i] >> 4];
    *out36++ = kHex[uuid[i] & 15];
  }
}

std::string uuid_text(const Uuid& uuid) {
  std::string text(36, '-');
  write_uuid_text(uuid, text.data());
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid{};
  std::size_t next = 0;
  for (unsigned i = 0; i < uuid.size(); ++i) {
    if (dash_before(i) && text[next++] != '-') return std::nullopt;
    const auto high = nibble(text[next++]);
    const auto low = nibble(text[next++]);
    if (!high || !low) return std::nullopt;
    uuid[i] = static_cast<std::uint8_t>((*high << 4) | *low);
  }
  return uuid;
}

}  // namespace septet::mig
