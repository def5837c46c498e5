#include "publish/slurm_lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "publish/hostlist.h"

namespace septet::publish {
namespace {

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  return text;
}

// One device of gres.conf: a line, or one file of a File= list.
struct Listed {
  std::string where, type;
  std::set<std::string> files;
};

class Linter {
 public:
  Linter(const LintSubject& subject, const SlurmDevices& have, const ReadFile& read)
      : subject_(subject), have_(have), read_(read) {
    folder_ = subject.slurm_conf.substr(0, subject.slurm_conf.rfind('/') + 1);
  }

  Result<std::vector<Finding>> run() {
    const auto slurm = TRY(read_slurm_conf(subject_.slurm_conf, read_));
    const auto gres = TRY(read_slurm_conf(folder_ + "gres.conf", read_));
    TRY(take_slurm(slurm));
    TRY(take_gres(gres));
    if (!detects_) check_lines();
    check_counts();
    check_node();
    check_confinement();
    return std::move(findings_);
  }

 private:
  void find(Flaw flaw, const std::string& where, std::string what, std::string remedy,
            bool error = true) {
    findings_.push_back({flaw, error, where, std::move(what), std::move(remedy)});
  }

  Result<bool> names_us(const SlurmLine& line, const std::string& names) {
    if (names == subject_.node_name) return true;
    if (!names.contains('[') && !names.contains(',')) return false;
    auto all = expand_hostlist(names);
    if (!all) return fail_because(std::move(all).error(), line.where());
    return std::ranges::find(*all, subject_.node_name) != all->end();
  }

  Result<> take_slurm(const std::vector<SlurmLine>& lines) {
    std::optional<std::string> default_gres;
    bool gpu_type = false, dynamic = false;
    for (const SlurmLine& line : lines) {
      if (const auto types = line.value("grestypes")) {
        gpu_type = ("," + *types + ",").contains(",gpu,");
        types_line_ = line.where();
      }
      if (line.value("maxnodecount")) dynamic = true;
      const auto names = line.value("nodename");
      if (!names || line.settings.front().first != "nodename") continue;
      if (lower_case(*names) == "default") default_gres = line.value("gres");
      if (!TRY(names_us(line, *names))) continue;
      node_line_ = line.where();
      const auto text = line.value("gres");
      auto counts = parse_gres(text ? *text : default_gres.value_or(""));
      if (!counts) return fail_because(std::move(counts).error(), line.where());
      counts_ = std::move(*counts);
    }
    if (!gpu_type)
      find(Flaw::kNoGresType, types_line_.empty() ? subject_.slurm_conf : types_line_,
           "GresTypes does not name gpu, so no job can ask for one", "write GresTypes=gpu");
    // A dynamic node brings its Gres with --conf, and stands in no file.
    if (node_line_.empty() && !dynamic)
      find(Flaw::kNoNode, subject_.slurm_conf,
           fmt::format("no NodeName line is about {}", subject_.node_name),
           "add one, or name the node with --node as slurm.conf does");
    return {};
  }

  Result<> take_gres(const std::vector<SlurmLine>& lines) {
    for (const SlurmLine& line : lines) {
      const auto names = line.value("nodename");
      if (names && !TRY(names_us(line, *names))) continue;
      if (const auto detect = line.value("autodetect")) {
        detects_ = lower_case(*detect) == "nvml";
        detect_line_ = line.where();
      }
      if (line.value("name").value_or("gpu") != "gpu") continue;
      TRY(take_devices(line));
    }
    return {};
  }

  Result<> take_devices(const SlurmLine& line) {
    Listed listed{line.where(), line.value("type").value_or(""), {}};
    if (const auto many = line.value("multiplefiles")) {
      auto files = expand_hostlist(*many);
      if (!files) return fail_because(std::move(files).error(), line.where());
      listed.files.insert(files->begin(), files->end());
      listed_.push_back(std::move(listed));
    } else if (const auto file = line.value("file")) {
      auto files = expand_hostlist(*file);
      if (!files) return fail_because(std::move(files).error(), line.where());
      for (std::string& one : *files) {
        Listed single = listed;
        single.files = {std::move(one)};
        listed_.push_back(std::move(single));
      }
    }
    return {};
  }

  void check_lines() {
    std::map<std::set<std::string>, const SlurmDevice*> by_files;
    for (const SlurmDevice& device : have_.devices)
      by_files[{device.files.begin(), device.files.end()}] = &device;
    std::map<const SlurmDevice*, std::string> seen;
    for (const Listed& one : listed_) {
      const auto device = by_files.find(one.files);
      if (device == by_files.end()) {
        unknown_files(one);
        continue;
      }
      const auto [first, fresh] = seen.emplace(device->second, one.where);
      if (!fresh) {
        find(Flaw::kTwice, one.where,
             fmt::format("the device of {} is here again: two jobs would share it", first->second),
             "take one of the two lines out");
      } else if (one.type != device->second->type) {
        find(Flaw::kWrongType, one.where,
             fmt::format("these files are {} at {}, not {}", device->second->type,
                         place(*device->second),
                         one.type.empty() ? "a device without a type" : one.type),
             fmt::format("write Type={}", device->second->type));
      }
    }
    for (const SlurmDevice& device : have_.devices)
      if (!seen.contains(&device))
        find(Flaw::kMissing, folder_ + "gres.conf",
             fmt::format("{} at {} is on no line", device.type, place(device)),
             fmt::format("add Name=gpu Type={} {}={}", device.type,
                         device.files.size() == 1 ? "File" : "MultipleFiles",
                         fmt::join(device.files, ",")));
  }

  static std::string place(const SlurmDevice& device) {
    if (!device.gpu_instance) return fmt::format("GPU {}", device.gpu);
    return fmt::format("GPU {}, start {}", device.gpu, device.at.start);
  }

  // Files that are no device now: the nearest true thing is said.
  void unknown_files(const Listed& one) {
    if (one.files.size() == 1) {
      for (const SlurmDevice& device : have_.devices) {
        if (device.files.size() == 1 || device.files.front() != *one.files.begin()) continue;
        find(Flaw::kWholeIsCut, one.where,
             fmt::format("{} is the whole of GPU {}, which is cut", device.files.front(),
                         device.gpu),
             "list its slices with MultipleFiles: septet publish slurm writes them");
        return;
      }
    }
    std::string strange;
    for (const std::string& file : one.files) {
      const auto has = [&file](const SlurmDevice& device) {
        return std::ranges::find(device.files, file) != device.files.end();
      };
      if (std::ranges::none_of(have_.devices, has)) strange += (strange.empty() ? "" : ", ") + file;
    }
    const std::string why = strange.empty() ? "they are not those of one slice"
                                            : fmt::format("no slice has {} now", strange);
    find(
        Flaw::kWrongFile, one.where,
        fmt::format("{} is no device of this node: {}", fmt::join(one.files, ","), why),
        "numbers of nvidia-caps change with the layout: write them anew with septet publish slurm");
  }

  // Does a Type of slurm.conf mean this device? AutoDetect's names may be said in part.
  bool means(const std::string& type, const SlurmDevice& device) const {
    if (type.empty()) return true;
    return detects_ ? device.detected_type.contains(lower_case(type)) : device.type == type;
  }

  void check_counts() {
    if (node_line_.empty()) return;
    std::map<std::string, std::uint64_t> wanted;
    for (const GresCount& one : counts_) wanted[one.type] += one.count;
    for (const auto& [type, count] : wanted) {
      const auto there = std::ranges::count_if(
          have_.devices, [&](const SlurmDevice& device) { return means(type, device); });
      if (static_cast<std::uint64_t>(there) == count) continue;
      find(Flaw::kWrongCount, node_line_,
           fmt::format("Gres says {} of gpu:{}, the node has {}", count, type.empty() ? "*" : type,
                       there),
           fmt::format("write Gres={}; the node is INVAL to slurmctld where slurmd has less",
                       slurm_gres(have_.devices)));
    }
    for (const SlurmDevice& device : have_.devices) {
      const bool counted =
          std::ranges::any_of(wanted, [&](const auto& pair) { return means(pair.first, device); });
      if (counted || !uncounted_.insert(device.type).second) continue;
      find(Flaw::kWrongCount, node_line_,
           fmt::format("Gres does not count gpu:{}, so no job gets one", device.type),
           fmt::format("write Gres={}", slurm_gres(have_.devices)));
    }
  }

  void check_node() {
    const std::string where = detect_line_.empty() ? folder_ + "gres.conf" : detect_line_;
    for (const std::string& trap : have_.traps) {
      const bool empty = trap.contains("nothing in it");
      const std::size_t cut = trap.find("; ");
      find(empty ? Flaw::kEmptyMig : Flaw::kMixed, where, trap.substr(0, cut),
           cut == trap.npos ? "keep whole GPUs and slices on nodes of their own, or confine jobs"
                            : trap.substr(cut + 2),
           empty && detects_);
    }
  }

  void check_confinement() {
    const std::string path = folder_ + "cgroup.conf";
    const auto lines = read_slurm_conf(path, read_);
    if (lines) {
      for (const SlurmLine& line : *lines)
        if (lower_case(line.value("constraindevices").value_or("")) == "yes") return;
    } else if (lines.error().code != Code::kNotFound) {
      find(Flaw::kUnconfined, path, "cannot be read: " + lines.error().what, "look at it by hand",
           false);
      return;
    }
    find(Flaw::kUnconfined, path,
         "ConstrainDevices is not yes: a job may open every GPU and slice of its node",
         "write ConstrainDevices=yes, and TaskPlugin=task/cgroup in slurm.conf", false);
  }

  const LintSubject& subject_;
  const SlurmDevices& have_;
  const ReadFile& read_;
  std::string folder_, types_line_, node_line_, detect_line_;
  std::vector<GresCount> counts_;
  std::vector<Listed> listed_;
  std::set<std::string> uncounted_;
  bool detects_ = false;
  std::vector<Finding> findings_;
};

}  // namespace

std::string_view to_string(Flaw flaw) {
  switch (flaw) {
    case Flaw::kNoNode: return "no-node";
    case Flaw::kNoGresType: return "no-gres-type";
    case Flaw::kWrongFile: return "wrong-file";
    case Flaw::kWrongType: return "wrong-type";
    case Flaw::kTwice: return "twice";
    case Flaw::kMissing: return "missing";
    case Flaw::kWrongCount: return "wrong-count";
    case Flaw::kEmptyMig: return "empty-mig";
    case Flaw::kWholeIsCut: return "whole-is-cut";
    case Flaw::kMixed: return "mixed";
    case Flaw::kUnconfined: return "unconfined";
  }
  return "unknown";
}

Result<std::vector<Finding>> lint_slurm(const LintSubject& subject, const SlurmDevices& have,
                                        const ReadFile& read) {
  return Linter(subject, have, read).run();
}

}  // namespace septet::publish
