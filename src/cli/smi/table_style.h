// cli/smi/table_style.h — how wide the plain command's tables are, by driver.
//
// Source. Recorded tables of R450, R460-R525, R535, R550, R570 and R580-R590 drivers; the branch
// that changed a
//         column between two of them is not always recorded, then it is the first newer recorded
//         one.
#pragma once

#include "mig/driver_version.h"

namespace septet::cli::smi {

struct TableStyle {
  unsigned width;          // of every line, borders included
  unsigned name, bus;      // columns of the GPU table
  bool wide_power;         // "  77W /  700W" instead of "  77W / 400W"
  unsigned version_width;  // after "Driver Version: "
  unsigned memory;         // width of the MIG table's memory column
  bool mig_bar1;           // the MIG table has a BAR1 row (not on R450)
  bool bar1_two_right;     // R545..R570: BAR1 stands two columns further right
  bool shared_memory;      // "Shared Memory-Usage": each compute instance repeats the memory
  bool centered_engines;   // "CE ENC  DEC  OFA  JPG "
  bool wide_pid;           // process table
  bool solid_header;       // "+---" below the version line instead of "|---"
  bool padded_gap;         // the empty line before the process table is made of spaces
};

inline TableStyle table_style(const mig::DriverVersion& version) {
  const unsigned major = version.major;
  if (major < 530) {
    return {79, 18, 22, false, 13, 22, major >= 460, false, false, false, false, false, true};
  }
  if (major < 545) {
    return {89, 27, 22, false, 13, 32, true, false, false, false, false, false, true};
  }
  const bool shared = major >= 580;
  return {91,      27,     24,           true,         15,     34,     true,
          !shared, shared, major >= 555, major >= 555, shared, !shared};
}

}  // namespace septet::cli::smi
