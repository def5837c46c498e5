// What a return code of the driver means: its name for people, and what the caller should do next.
//
// Source. Names of 2, 3, 4, 6, 19 and 23 as nvidia-smi printed them (rules R9); the others as the
//         published NVML API names the code.
#include "driver/driver.h"

namespace septet::driver {
namespace {

struct Row {
  int status;
  Code code;
  const char* text;
  const char* remedy;
};

constexpr const char* kPermissionRemedy =
    "run as root, or give this process read access to "
    "/proc/driver/nvidia/capabilities/mig/config";
constexpr const char* kBusyRemedy =
    "stop the processes that hold it (septet status lists them), then try again";

constexpr Row kRows[] = {
    {1, Code::kUnavailable, "Uninitialized", "the driver was reloaded: start this program again"},
    {2, Code::kInvalidArgument, "Invalid Argument", ""},
    {3, Code::kNotSupported, "Not Supported", ""},
    {4, Code::kNoPermission, "Insufficient Permissions", kPermissionRemedy},
    {5, Code::kInternal, "Already Initialized", ""},
    {6, Code::kNotFound, "Not Found", ""},
    {7, Code::kInternal, "Insufficient Size", ""},
    {8, Code::kUnavailable, "Insufficient External Power", "connect the external power cables"},
    {9, Code::kNoDriver, "Driver Not Loaded", "load the nvidia kernel module, or use --sim"},
    {10, Code::kUnavailable, "Timeout", "try again"},
    {11, Code::kUnavailable, "Interrupt Request Issue", "see the kernel log"},
    {12, Code::kNoDriver, "NVML Shared Library Not Found", "install the driver, or use --sim"},
    {13, Code::kNotSupported, "Function Not Found", "update the driver"},
    {14, Code::kUnavailable, "Corrupted infoROM", "the board needs service"},
    {15, Code::kUnavailable, "GPU is lost", "see the kernel log for its Xid, then reboot the node"},
    {16, Code::kNeedsReset, "GPU requires reset", "reset the GPU or reboot the node"},
    {17, Code::kUnavailable, "Operating System Blocked Request", "see the kernel log"},
    {18, Code::kNoDriver, "Driver/library version mismatch",
     "reboot, or reload the kernel module that belongs to the library"},
    {19, Code::kBusy, "In use by another client", kBusyRemedy},
    {20, Code::kUnavailable, "Insufficient Memory", "free memory of the host"},
    {21, Code::kUnavailable, "No Data", ""},
    {23, Code::kInfeasible, "Insufficient Resources", "septet explain tells why and what does fit"},
    {25, Code::kInternal, "Argument Version Mismatch", ""},
    {26, Code::kNotSupported, "Deprecated", ""},
    {27, Code::kUnavailable, "Not Ready", "try again"},
    {28, Code::kNotFound, "GPU Not Found", ""},
    {29, Code::kUnavailable, "Invalid State", ""},
    {30, Code::kNotSupported, "Reset Type Not Supported", ""},
};

const Row* find(int status) {
  for (const Row& row : kRows) {
    if (row.status == status) return &row;
  }
  return nullptr;
}

}  // namespace

std::string driver_status_text(int status) {
  if (const Row* row = find(status)) return row->text;
  return status == 999 ? "Unknown Error" : "Unknown Error (" + std::to_string(status) + ")";
}

Error driver_error(int status, std::string what) {
  const Row* row = find(status);
  Error error;
  error.code = row != nullptr ? row->code : Code::kUnavailable;
  error.what = std::move(what) + ": " + driver_status_text(status);
  error.remedy = row != nullptr ? row->remedy : "";
  error.driver_status = status;
  return error;
}

}  // namespace septet::driver
