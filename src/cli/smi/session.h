// cli/smi/session.h — one run of `septet smi`: the driver, what it showed, where lines go.
// go.
#pragma once

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "cli/smi/arguments.h"
#include "cli/smi/smi.h"
#include "driver/driver.h"

namespace septet::cli::smi {

// Exit statuses that are not passed on from the driver.
inline constexpr int kDone = 0;
inline constexpr int kInvalidArgument = 2;
inline constexpr int kNotSupported = 3;
inline constexpr int kNoPermission = 4;
inline constexpr int kNotFound = 6;
inline constexpr int kInUse = 19;

struct Session {
  driver::Driver& driver;
  const Print& print;
  const Command& command;
  mig::Node node;
  mig::DriverVersion version;

  template <typename... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) const {
    print(fmt::format(text, std::forward<Args>(args)...) + "\n");
  }
};

// The driver's code behind an error; 255 ("other") where none is.
int status_of(const Error& error);
// "Insufficient Resources"
std::string status_words(const Error& error);

// GPUs that -i selects, in index order; nothing when one of its words matches no GPU.
std::optional<std::vector<const mig::Gpu*>> selected_gpus(const Session& session);
// GPU instances of `gpu` that -gi selects, in nvidia-smi's order: by profile as -lgip lists them,
// then id (R4).
std::vector<const mig::GpuInstance*> selected_instances(const Session& session,
                                                        const mig::Gpu& gpu);

const mig::GpuInstanceProfile* profile_of(const mig::Gpu& gpu, const mig::GpuInstance& instance);

// ---- the commands; each answers the exit status
// ---------------------------------------------------
int list_gpus(const Session& session);
int print_summary(const Session& session);
int set_mode(const Session& session);
int reset_gpus(const Session& session);

// `gpus` are the selected ones with MIG mode on; never empty.
using Gpus = std::vector<const mig::Gpu*>;
int list_gpu_profiles(const Session& session, const Gpus& gpus);
int list_gpu_placements(const Session& session, const Gpus& gpus);
int list_gpu_instances(const Session& session, const Gpus& gpus);
int list_compute_profiles(const Session& session, const Gpus& gpus);
int list_compute_placements(const Session& session, const Gpus& gpus);
int list_compute_instances(const Session& session, const Gpus& gpus);
int create_gpu_instances(const Session& session, const Gpus& gpus);
int create_compute_instances(const Session& session, const Gpus& gpus);
int destroy_gpu_instances(const Session& session, const Gpus& gpus);
int destroy_compute_instances(const Session& session, const Gpus& gpus);

void print_help(const Print& print, bool mig);

}  // namespace septet::cli::smi
