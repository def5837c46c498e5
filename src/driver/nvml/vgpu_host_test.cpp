#include "driver/nvml/vgpu_host.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

namespace septet::driver::nvml {
namespace {

using Config = std::array<unsigned char, 256>;

// A configuration space with an MSI capability at 0x68 and the vendor's own at 0xd0.
Config config_with(const std::string& capability) {
  Config config{};
  config[0x00] = 0xde;
  config[0x01] = 0x10;
  config[0x06] = 0x10;
  config[0x34] = 0x68;
  config[0x68] = 0x05;
  config[0x69] = 0xd0;
  std::memcpy(&config[0xd0], capability.data(), capability.size());
  return config;
}

std::string padded(std::string text) {
  text.resize(10, '\0');
  return text;
}

std::string record(char id, const std::string& data) {
  return std::string{id, static_cast<char>(data.size() + 2)} + data;
}

std::string capability_of(const std::string& records) {
  std::string text{'\x09', '\x00', static_cast<char>(records.size() + 5), 'V', 'F'};
  return text + records;
}

const std::string kDriver = record('\0', padded("535.161.05") + padded("r535_00"));

TEST(VgpuHost, IsReadFromTheVendorsCapability) {
  const mig::VgpuHost host{"535.161.05", "r535_00"};
  EXPECT_EQ(vgpu_host_of(config_with(capability_of(kDriver))), host);
  const std::string other = record('\1', "abc");
  EXPECT_EQ(vgpu_host_of(config_with(capability_of(other + kDriver))), host);
}

TEST(VgpuHost, WhatIsNotThereOrBrokenIsNotGuessed) {
  const Config good = config_with(capability_of(kDriver));
  const auto changed = [&good](std::size_t at, unsigned char value) {
    Config config = good;
    config[at] = value;
    return vgpu_host_of(config);
  };
  EXPECT_TRUE(changed(0xff, 1));
  EXPECT_FALSE(changed(0x00, 0x86)) << "another vendor";
  EXPECT_FALSE(changed(0x06, 0)) << "no list of capabilities";
  EXPECT_FALSE(changed(0x34, 0xff)) << "begins at the last byte";
  EXPECT_FALSE(changed(0x69, 0x68)) << "a loop";
  EXPECT_FALSE(changed(0x69, 0)) << "ends before it";
  EXPECT_FALSE(changed(0xd2, 0xff)) << "longer than the space";
  EXPECT_FALSE(changed(0xd2, 4)) << "too short for its letters";
  EXPECT_FALSE(changed(0xd2, 20)) << "too short for the record";
  EXPECT_FALSE(changed(0xd3, 'P')) << "passed through, not a vGPU";
  EXPECT_FALSE(changed(0xd5, 7)) << "no record of the driver";
  EXPECT_FALSE(vgpu_host_of(config_with(capability_of(std::string{'\x01', '\0'} + kDriver))))
      << "a record without length";
  EXPECT_FALSE(vgpu_host_of(std::span(good).first(64))) << "what others than root are shown";
  EXPECT_FALSE(vgpu_host_of({}));
  EXPECT_FALSE(read_vgpu_host("0000ffff:ff:1f.0"));
}

// Whatever the bytes are, none outside of them is read (the tests run with ASan).
TEST(VgpuHost, AnyByteMayBeAnything) {
  const Config good = config_with(capability_of(record('\1', "abc") + kDriver));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      Config config = good;
      config[at] = static_cast<unsigned char>(value);
      const auto host = vgpu_host_of(config);
      if (!host) continue;
      EXPECT_LE(host->driver_version.size() + host->driver_branch.size(), 20u);
    }
  }
}

TEST(VgpuHost, KernelWritesFourDigitsOfTheDomain) {
  EXPECT_EQ(kernel_bus_id("00000000:3B:00.0"), "0000:3b:00.0");
  EXPECT_EQ(kernel_bus_id("00010000:3B:00.0"), "10000:3b:00.0");
  EXPECT_EQ(kernel_bus_id(""), "");
}

}  // namespace
}  // namespace septet::driver::nvml
