#include "mig/driver_version.h"

#include <gtest/gtest.h>

namespace septet::mig {
namespace {

TEST(DriverVersion, reads_numbers_with_two_or_three_parts) {
  EXPECT_EQ(parse_driver_version("580.65.06"), (DriverVersion{580, 65, 6}));
  EXPECT_EQ(parse_driver_version("580.65"), (DriverVersion{580, 65, 0}));
  EXPECT_EQ(parse_driver_version("450.119.04"), (DriverVersion{450, 119, 4}));
  EXPECT_EQ(parse_driver_version("999999999.0.0"), (DriverVersion{999999999, 0, 0}));
}

TEST(DriverVersion, refuses_anything_else) {
  for (const char* text : {"", "580", "580.", ".65", "580..06", "580.65.06.1", "580.65.",
                           "580.65.06 ", " 580.65", "-580.65", "+580.65", "580.65beta", "0x580.1",
                           "4294967296.1", "1.4294967296", "9999999999.1"}) {
    EXPECT_FALSE(parse_driver_version(text)) << text;
  }
}

TEST(DriverVersion, compares_by_number_not_by_text) {
  EXPECT_LT(*parse_driver_version("99.2"), *parse_driver_version("450.1"));
  EXPECT_LT(*parse_driver_version("580.9.99"), *parse_driver_version("580.65.06"));
  EXPECT_EQ(*parse_driver_version("580.65.6"), *parse_driver_version("580.65.06"));
}

}  // namespace
}  // namespace septet::mig
