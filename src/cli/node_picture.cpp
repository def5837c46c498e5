#include "cli/node_picture.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::cli {

namespace {

struct Glyphs {
  const char *h, *v, *top_left, *top_right, *top_tee, *bottom_left, *bottom_right, *bottom_tee;
  const char *full, *empty, *free;
};
constexpr Glyphs kBox{"─", "│", "┌", "┐", "┬", "└", "┘", "┴", "█", "░", "·"};
constexpr Glyphs kAscii{"-", "|", "+", "+", "+", "+", "+", "+", "#", ".", "."};

// One stretch of the placement axis: an instance, or one free unit.
struct Cell {
  const mig::GpuInstance* instance = nullptr;
  unsigned start = 0, size = 1;
};

std::vector<Cell> cells_of(const mig::Gpu& gpu, unsigned units) {
  std::vector<Cell> cells;
  for (unsigned unit = 0; unit < units;) {
    const auto at = std::ranges::find_if(
        gpu.instances, [unit](const mig::GpuInstance& i) { return i.at.start == unit; });
    const bool found = at != gpu.instances.end() && at->at.size > 0;
    cells.push_back(found ? Cell{&*at, unit, at->at.size} : Cell{nullptr, unit, 1});
    unit += cells.back().size;
  }
  return cells;
}

// Cuts or pads to exactly `width` columns; the text is ASCII (names come from drivers: checked).
std::string fitted(std::string_view text, unsigned width) {
  std::string out;
  for (const char c : text.substr(0, width)) out += (c >= 32 && c < 127) ? c : '?';
  out.resize(width, ' ');
  return out;
}

// "1g.10gb+me" where it fits; in a narrower cell "1g+me" rather than a cut name that reads as
// another profile.
std::string profile_text(const std::string& name, unsigned width) {
  if (name.size() < width) return fitted(" " + name, width);
  if (name.size() == width) return name;
  const auto dot = name.find('.'), gb = name.find("gb");
  if (dot == std::string::npos || gb == std::string::npos) return fitted(name, width);
  return fitted(" " + name.substr(0, dot) + name.substr(gb + 2), width);
}

std::string repeated(const char* glyph, unsigned count) {
  std::string out;
  for (unsigned i = 0; i < count; ++i) out += glyph;
  return out;
}

const char* color_of(const mig::GpuInstance& instance) {
  static constexpr const char* kColors[] = {"\x1b[36m", "\x1b[32m", "\x1b[33m", "\x1b[35m",
                                            "\x1b[34m"};
  return kColors[instance.profile_id % 5];
}

std::string memory_bar(const mig::GpuInstance& instance, unsigned width, const Glyphs& glyphs) {
  const auto total = instance.usage.memory_total_mib.value_or(0);
  if (total == 0 || !instance.usage.memory_used_mib) return fitted(" ?", width);
  const auto used = std::min(*instance.usage.memory_used_mib, total);
  const auto full = static_cast<unsigned>((used * width + total / 2) / total);
  return repeated(glyphs.full, full) + repeated(glyphs.empty, width - full);
}

std::string ids_of(const mig::GpuInstance& instance) {
  std::string text = fmt::format("GI {}", instance.id);
  if (instance.compute.empty()) return text + " no CI";
  if (instance.compute.size() == 1 && instance.compute[0].id == 0) return text;
  return text + fmt::format(" {}CI", instance.compute.size());
}

class Drawing {
 public:
  Drawing(const mig::Gpu& gpu, const PictureOptions& options)
      : gpu_(gpu),
        options_(options),
        glyphs_(options.ascii ? kAscii : kBox),
        units_(gpu.geometry ? gpu.geometry->geometry.units : 0) {
    cells_ = cells_of(gpu, units_);
    unit_width_ = units_ == 0 ? 0 : (std::max(options.width, 60u) - 3) / units_;
  }

  std::string text() const {
    if (units_ == 0) return {};
    std::string out = border(glyphs_.top_left, glyphs_.top_tee, glyphs_.top_right);
    out +=
        row([](const mig::GpuInstance& i, unsigned w) { return profile_text(i.name, w); }, "free");
    out +=
        row([](const mig::GpuInstance& i, unsigned w) { return fitted(" " + ids_of(i), w); }, "");
    if (any_label()) {
      out += row(
          [this](const mig::GpuInstance& i, unsigned w) {
            const std::string who = options_.label(gpu_, i);
            return fitted(w > who.size() ? " " + who : who, w);
          },
          "");
    }
    out += row([this](const mig::GpuInstance& i, unsigned w) { return memory_bar(i, w, glyphs_); },
               "");
    return out + border(glyphs_.bottom_left, glyphs_.bottom_tee, glyphs_.bottom_right);
  }

 private:
  bool any_label() const {
    return options_.label && std::ranges::any_of(gpu_.instances, [this](const mig::GpuInstance& i) {
             return !options_.label(gpu_, i).empty();
           });
  }

  unsigned inner(const Cell& cell) const { return cell.size * unit_width_ - 1; }

  std::string border(const char* left, const char* tee, const char* right) const {
    std::string out = " ";
    out += left;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      out += repeated(glyphs_.h, inner(cells_[i]));
      out += i + 1 == cells_.size() ? right : tee;
    }
    return out + "\n";
  }

  template <typename F>
  std::string row(F&& content, std::string_view when_free) const {
    std::string out = " ";
    out += glyphs_.v;
    for (const Cell& cell : cells_) {
      if (cell.instance == nullptr) {
        out += when_free.empty() ? repeated(glyphs_.free, inner(cell))
                                 : fitted(" " + std::string(when_free), inner(cell));
      } else if (options_.color) {
        out += color_of(*cell.instance) + content(*cell.instance, inner(cell)) + "\x1b[0m";
      } else {
        out += content(*cell.instance, inner(cell));
      }
      out += glyphs_.v;
    }
    return out + "\n";
  }

  const mig::Gpu& gpu_;
  const PictureOptions& options_;
  const Glyphs& glyphs_;
  unsigned units_ = 0;
  unsigned unit_width_ = 0;
  std::vector<Cell> cells_;
};

// Numbers of a simulated node that stand on an estimate in the product tables are marked.
bool memory_is_estimated(const mig::Node& node, const mig::Gpu& gpu, std::uint32_t profile_id) {
  if (!node.simulated || gpu.product == nullptr) return false;
  const auto version = mig::parse_driver_version(node.driver_version);
  const auto& geometry = gpu.product->geometry_at(version.value_or(mig::DriverVersion{999, 0, 0}));
  const auto* profile = geometry.find_id(profile_id);
  return profile != nullptr && !profile->memory_mib.known();
}

std::string gib(const std::optional<std::uint64_t>& mib) {
  return mib ? fmt::format("{:.1f}", static_cast<double>(*mib) / 1024.0) : "?";
}

std::string percent(const std::optional<std::uint32_t>& value) {
  return value ? fmt::format("{}%", *value) : "n/a";
}

std::string who_is_in(const mig::GpuInstance& instance, std::uint32_t compute_id) {
  std::string out;
  for (const mig::Process& process : instance.processes) {
    if (process.compute_instance && *process.compute_instance != compute_id) continue;
    const auto slash = process.name.rfind('/');
    const std::string name =
        slash == std::string::npos ? process.name : process.name.substr(slash + 1);
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", process.pid, name);
  }
  return out;
}

std::string instance_lines(const mig::Node& node, const mig::Gpu& gpu,
                           const mig::GpuInstance& instance, unsigned width) {
  const std::string mark = memory_is_estimated(node, gpu, instance.profile_id) ? "~" : "";
  const std::string memory = fmt::format("{}/{}{}", gib(instance.usage.memory_used_mib), mark,
                                         gib(instance.usage.memory_total_mib));
  std::string out;
  const auto line = [&](std::string_view ci, std::string_view device, std::string_view name,
                        const std::string& who) {
    std::string text = fmt::format(
        "  {:>3} {:>3} {:>4}  {:<15} {:>13} {:>5} {:>5}  {}", instance.id, ci, device, name, memory,
        percent(instance.usage.sm_percent), percent(instance.usage.memory_percent), who);
    if (text.size() > width) text.resize(width);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    out += text + "\n";
  };
  if (instance.compute.empty()) line("-", "-", instance.name, "no compute instance");
  for (const mig::ComputeInstance& ci : instance.compute) {
    line(std::to_string(ci.id), std::to_string(ci.mig_index), ci.name, who_is_in(instance, ci.id));
  }
  return out;
}

std::string mode_text(const mig::Gpu& gpu) {
  const auto word = [](mig::MigMode mode) {
    switch (mode) {
      case mig::MigMode::kOn: return "MIG on";
      case mig::MigMode::kOff: return "MIG off";
      case mig::MigMode::kUnsupported: return "no MIG";
    }
    return "?";
  };
  std::string text = word(gpu.mode);
  if (gpu.pending != gpu.mode) text += fmt::format(" ({} after a reset)", word(gpu.pending) + 4);
  return text;
}

std::string heading(const mig::Node& node, const mig::Gpu& gpu) {
  const bool whole_estimated =
      node.simulated && gpu.product != nullptr && !gpu.product->memory_total_mib.known();
  std::string out = fmt::format("GPU {}  {}  {}\n", gpu.index, gpu.name, gpu.pci_bus_id);
  out += fmt::format("  {}   {}/{}{} GiB", mode_text(gpu), gib(gpu.usage.memory_used_mib),
                     whole_estimated ? "~" : "", gib(gpu.usage.memory_total_mib));
  if (gpu.usage.sm_percent) out += fmt::format("   SM {}%", *gpu.usage.sm_percent);
  if (gpu.power_mw) out += fmt::format("   {:.0f} W", *gpu.power_mw / 1000.0);
  if (gpu.temperature_c) out += fmt::format("   {} C", *gpu.temperature_c);
  return out + "\n";
}

std::string holders(const mig::Gpu& gpu) {
  std::string out;
  for (const mig::Process& process : gpu.processes) {
    if (process.gpu_instance) continue;
    out += fmt::format("  holds the whole GPU: pid {} {}\n", process.pid, process.name);
  }
  return out;
}

}  // namespace

std::string draw_gpu(const mig::Node& node, const mig::Gpu& gpu, const PictureOptions& options) {
  std::string out = heading(node, gpu);
  if (gpu.problem) return out + "  " + *gpu.problem + "\n";
  out += holders(gpu);
  if (gpu.mode != mig::MigMode::kOn) return out;
  out += Drawing(gpu, options).text();
  if (!options.details || gpu.instances.empty()) return out;
  out += fmt::format("  {:>3} {:>3} {:>4}  {:<15} {:>13} {:>5} {:>5}  {}\n", "GI", "CI", "MIG",
                     "profile", "memory GiB", "SM", "mem", "processes");
  for (const mig::GpuInstance& instance : gpu.instances) {
    out += instance_lines(node, gpu, instance, std::max(options.width, 60u));
  }
  return out;
}

std::string draw_node(const mig::Node& node, const PictureOptions& options) {
  std::string out;
  for (const mig::Gpu& gpu : node.gpus) {
    if (!out.empty() && options.details) out += "\n";
    out += draw_gpu(node, gpu, options);
  }
  return out;
}

}  // namespace septet::cli
