// container/device_cgroup.h — allows devices to the control group that a process is in.
//
// Version 1: a line in devices.allow. Version 2 keeps who may open what in a program of the
// kernel's (BPF) that the runtime attached, which cannot be added to from outside without replacing
// it: said, and refused, rather than left open to everything. Errors. kNotSupported: version 2.
// kUnavailable, kNoPermission name the file.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "publish/cdi.h"

namespace septet::container {

// Pure: the folder of a process's devices group, from /proc/PID/cgroup and /proc/self/mountinfo.
Result<std::string> devices_folder(std::string_view cgroup, std::string_view mountinfo);

class DeviceCgroup {
 public:
  static Result<DeviceCgroup> of(int pid);
  Result<> allow(publish::DeviceFile numbers) const;  // to be read and written

 private:
  explicit DeviceCgroup(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace septet::container
