#include "partition/holders.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

namespace septet::partition {

namespace {

namespace fs = std::filesystem;

struct Daemon {
  std::string_view name;  // as far as /proc/PID/comm shows it: 15 characters
  std::string_view known, remedy;
};

constexpr std::array kDaemons = {
    Daemon{"nvidia-persiste", "nvidia-persistenced, which keeps GPUs initialized",
           "systemctl stop nvidia-persistenced"},
    Daemon{"nv-hostengine", "DCGM, which watches GPUs", "systemctl stop nvidia-dcgm"},
    Daemon{"dcgm-exporter", "dcgm-exporter, which reads GPUs for Prometheus",
           "systemctl stop dcgm-exporter, or take its pod off this node"},
    Daemon{"nvsm_core", "NVSM, which watches DGX systems", "systemctl stop nvsm"},
    Daemon{"nv-fabricmanage", "the fabric manager of NVSwitch systems",
           "systemctl stop nvidia-fabricmanager, and start it again afterwards"},
    Daemon{"Xorg", "a display server", "systemctl isolate multi-user.target"},
    Daemon{"Xwayland", "a display server", "systemctl isolate multi-user.target"},
    Daemon{"gnome-shell", "a desktop", "systemctl isolate multi-user.target"},
    Daemon{"nvidia-cuda-mps", "the CUDA multi-process service",
           "echo quit | nvidia-cuda-mps-control"},
    Daemon{"nvidia-device-p", "the Kubernetes device plugin", "take its pod off this node"},
};

constexpr std::size_t kLongestCommand = 100;
constexpr std::size_t kContainerDigits = 64;
constexpr std::size_t kUidLength = 36;

std::string proc_text(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string container_in(std::string_view text) {
  std::size_t run = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_hex(text[i])) {
      ++run;
      continue;
    }
    if (run == kContainerDigits) return std::string(text.substr(i - run, run));
    run = 0;
  }
  return {};
}

// "pod0f0e0d0c-..." as kubelet's cgroupfs driver writes it, with '_' for '-' in systemd's.
std::string pod_in(std::string_view text) {
  for (auto at = text.find("pod"); at != std::string_view::npos; at = text.find("pod", at + 1)) {
    std::string uid(text.substr(at + 3, kUidLength));
    std::ranges::replace(uid, '_', '-');
    if (uid.size() < kUidLength) return {};
    bool is_uid = true;
    for (std::size_t i = 0; i < kUidLength; ++i) {
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      is_uid = is_uid && (dash ? uid[i] == '-' : is_hex(uid[i]));
    }
    if (is_uid) return uid;
  }
  return {};
}

std::string job_in(std::string_view text) {
  const auto at = text.find("/job_");
  if (at == std::string_view::npos || !text.contains("slurm")) return {};
  const std::string_view rest = text.substr(at + 5);
  const auto end = std::ranges::find_if_not(rest, is_digit);
  return {rest.begin(), end};
}

std::string unit_in(std::string_view text) {
  constexpr std::string_view kService = ".service";
  const auto end = text.find(kService);
  if (end == std::string_view::npos) return {};
  const auto slash = text.rfind('/', end);
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  return std::string(text.substr(begin, end + kService.size() - begin));
}

const Daemon* daemon_named(std::string_view name) {
  const auto found = std::ranges::find_if(kDaemons, [name](const Daemon& daemon) {
    // comm is cut to 15 characters; the table holds no more.
    return name.substr(0, 15) == daemon.name ||
           (daemon.name == "nvidia-cuda-mps" && name.starts_with(daemon.name));
  });
  return found == kDaemons.end() ? nullptr : &*found;
}

std::string command_of(const fs::path& folder) {
  std::string command = proc_text(folder / "cmdline");
  while (!command.empty() && command.back() == '\0') command.pop_back();
  std::ranges::replace_if(
      command, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  if (command.size() > kLongestCommand) command = command.substr(0, kLongestCommand - 3) + "...";
  return command;
}

std::string comm_of(const fs::path& folder) {
  std::string comm = proc_text(folder / "comm");
  while (!comm.empty() && comm.back() == '\n') comm.pop_back();
  return comm;
}

std::string user_of(const fs::path& folder) {
  const std::string status = proc_text(folder / "status");
  const auto at = status.find("\nUid:\t");
  if (at == std::string::npos) return {};
  const char* const begin = status.data() + at + 6;
  std::uint32_t uid = 0;
  if (std::from_chars(begin, status.data() + status.size(), uid).ec != std::errc{}) return {};
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return std::to_string(uid);
}

std::optional<std::uint32_t> pid_of(const fs::path& folder) {
  const std::string name = folder.filename().string();
  std::uint32_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return pid;
}

}  // namespace

CgroupOwner parse_cgroup(std::string_view text) {
  // Every line names the same place in another hierarchy: what one does not tell, another may.
  CgroupOwner owner{container_in(text), pod_in(text), {}, job_in(text)};
  // The unit that runs containers is not the unit to stop.
  if (owner.container.empty() && owner.pod.empty()) owner.unit = unit_in(text);
  return owner;
}

Holder holder_of(const mig::Process& process, const fs::path& proc) {
  const fs::path folder = proc / std::to_string(process.pid);
  Holder holder;
  holder.pid = process.pid;
  holder.command = command_of(folder);
  std::string comm = comm_of(folder);
  if (comm.empty()) comm = fs::path(process.name).filename().string();
  if (holder.command.empty()) holder.command = process.name.empty() ? comm : process.name;
  holder.user = user_of(folder);
  holder.owner = parse_cgroup(proc_text(folder / "cgroup"));
  if (const Daemon* const daemon = daemon_named(comm)) {
    holder.known = daemon->known;
    holder.remedy = daemon->remedy;
  }
  return holder;
}

std::vector<Holder> known_daemons(const fs::path& proc) {
  std::vector<Holder> found;
  std::error_code ignored;  // a /proc that cannot be listed tells nothing
  for (fs::directory_iterator entry(proc, ignored), end; entry != end; entry.increment(ignored)) {
    const auto pid = pid_of(entry->path());
    if (!pid || daemon_named(comm_of(entry->path())) == nullptr) continue;
    found.push_back(holder_of({*pid, {}, {}, {}, {}, false}, proc));
  }
  std::ranges::sort(found, {}, &Holder::pid);
  return found;
}

std::string to_string(const Holder& holder) {
  std::string text = fmt::format("pid {}", holder.pid);
  if (!holder.command.empty()) text += " " + holder.command;
  std::string about;
  const auto add = [&about](std::string_view word, const std::string& value) {
    if (!value.empty()) about += fmt::format("{}{}{}", about.empty() ? "" : ", ", word, value);
  };
  add("", holder.user);
  add("pod ", holder.owner.pod);
  add("container ", holder.owner.container.substr(0, 12));
  add("Slurm job ", holder.owner.job);
  add("", holder.owner.unit);
  if (!about.empty()) text += " (" + about + ")";
  if (!holder.known.empty()) text += fmt::format(": {}; {}", holder.known, holder.remedy);
  return text;
}

Json to_json(const Holder& holder) {
  Json json{{"pid", holder.pid}, {"command", holder.command}};
  const auto add = [&json](const char* key, std::string_view value) {
    json[key] = value.empty() ? Json(nullptr) : Json(value);
  };
  add("user", holder.user);
  add("pod", holder.owner.pod);
  add("container", holder.owner.container);
  add("unit", holder.owner.unit);
  add("slurm_job", holder.owner.job);
  add("known_as", holder.known);
  add("remedy", holder.remedy);
  return json;
}

std::string words_for(plan::Stop stop) {
  switch (stop) {
    case plan::Stop::kNothing: return {};
    case plan::Stop::kInstanceIdle: return "this instance must be idle; the others may go on";
    case plan::Stop::kGpuIdle: return "the whole GPU must be idle";
    case plan::Stop::kReset: return "the whole GPU must be idle, and is reset";
    case plan::Stop::kReboot: return "the node must be rebooted";
  }
  std::unreachable();
}

std::string blockers_text(const plan::Step& step, std::string_view indent, const fs::path& proc) {
  if (step.stop == plan::Stop::kNothing) return {};
  std::string text = fmt::format("{}needs: {}\n", indent, words_for(step.stop));
  for (const mig::Process& process : step.in_the_way)
    text += fmt::format("{}in the way: {}\n", indent, to_string(holder_of(process, proc)));
  return text;
}

Json blockers_json(const plan::Step& step, const fs::path& proc) {
  Json json{{"needs", plan::to_string(step.stop)}, {"holders", Json::array()}};
  for (const mig::Process& process : step.in_the_way)
    json["holders"].push_back(to_json(holder_of(process, proc)));
  return json;
}

}  // namespace septet::partition
