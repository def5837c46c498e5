// One GPU per row: name, bus, memory, power, MIG mode.
#include "cli/smi/summary_tables.h"

namespace septet::cli::smi {
namespace {

std::string shortened(const std::string& name, std::size_t width) {
  return name.size() <= width ? name : name.substr(0, width - 3) + "...";
}

template <typename T>
std::string or_na(const std::optional<T>& value, std::string_view unit) {
  return value ? fmt::format("{}{}", *value, unit) : std::string("N/A");
}

std::string mode_text(const mig::Gpu& gpu) {
  const auto word = [](mig::MigMode mode) {
    switch (mode) {
      case mig::MigMode::kOn: return "Enabled";
      case mig::MigMode::kOff: return "Disabled";
      case mig::MigMode::kUnsupported: return "N/A";
    }
    return "N/A";
  };
  return std::string(word(gpu.mode)) + (gpu.pending != gpu.mode ? "*" : "");
}

std::string ecc_text(const mig::Gpu& gpu) {
  if (!gpu.ecc_enabled) return "N/A";
  if (!*gpu.ecc_enabled) return "Off";
  // With instances the counters are theirs, in the MIG table.
  if (gpu.mode == mig::MigMode::kOn || !gpu.usage.ecc_uncorrected) return "On";
  return std::to_string(*gpu.usage.ecc_uncorrected);
}

std::string memory_text(const mig::Gpu& gpu, const TableStyle& style) {
  if (!gpu.usage.memory_total_mib || !gpu.usage.memory_used_mib) {
    return style.wide_power ? "                  N/A   " : "                  N/A ";
  }
  const unsigned used = style.wide_power ? 8 : 7, total = style.wide_power ? 6 : 5;
  return fmt::format("{:>{}}MiB / {:>{}}MiB ", *gpu.usage.memory_used_mib, used,
                     *gpu.usage.memory_total_mib, total);
}

std::string power_text(const mig::Gpu& gpu, const TableStyle& style) {
  const auto watts = [](const std::optional<std::uint32_t>& mw) {
    return mw ? fmt::format("{}W", (*mw + 500) / 1000) : std::string("N/A");
  };
  const unsigned used = style.width == 79 ? 7 : style.wide_power ? 16 : 17;
  const unsigned limit = style.wide_power ? 5 : 4;
  return fmt::format("{:>{}} / {:>{}} ", watts(gpu.power_mw), used, watts(gpu.power_limit_mw),
                     limit);
}

void print_gpu_header(const Session& session, const TableStyle& style) {
  const unsigned left = style.width == 79 ? 31 : 41;
  session.line("{}{:-<{}}+{:-<{}}+{:-<22}+", style.solid_header ? '+' : '|', "", left, "",
               style.bus, "");
  if (style.width == 79) {
    session.line("| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |");
    session.line("| Fan  Temp  Perf  Pwr:Usage/Cap|         Memory-Usage | GPU-Util  Compute M. |");
  } else {
    session.line(
        "| GPU  Name                 Persistence-M | Bus-Id{:{}}Disp.A | Volatile Uncorr. ECC |",
        "", style.bus - 14);
    session.line(
        "| Fan  Temp   Perf          Pwr:Usage/Cap |{:{}}Memory-Usage | GPU-Util  Compute M. |", "",
        style.bus - 13);
  }
  session.line("|{:{}}|{:{}}|               MIG M. |", "", left, "", style.bus);
  session.line("|{:=<{}}+{:=<{}}+{:=<22}|", "", left, "", style.bus, "");
}

void print_gpu(const Session& session, const TableStyle& style, const mig::Gpu& gpu) {
  const unsigned left = style.width == 79 ? 31 : 41;
  const char* persistence = !gpu.persistence ? "N/A" : *gpu.persistence ? "On" : "Off";
  session.line("| {:>3}  {:<{}}{}{:<{}}| {:>{}} Off |{:>21} |", gpu.index,
               shortened(gpu.name, style.name), style.name, style.width == 79 ? "  " : "    ",
               persistence, style.width == 79 ? 5 : 4, gpu.pci_bus_id, style.bus - 6,
               ecc_text(gpu));
  const std::string util = gpu.mode == mig::MigMode::kOn ? "N/A" : or_na(gpu.usage.sm_percent, "%");
  const std::string state =
      gpu.performance_state ? fmt::format("P{}", *gpu.performance_state) : "N/A";
  session.line("| N/A{:>6}{:>6}{}|{}|{:>8}      Default |", or_na(gpu.temperature_c, "C"), state,
               power_text(gpu, style), memory_text(gpu, style), util);
  session.line("|{:{}}|{:{}}|{:>21} |", "", left, "", style.bus, mode_text(gpu));
  session.line("+{:-<{}}+{:-<{}}+{:-<22}+", "", left, "", style.bus, "");
}

void print_lost(const Session& session, const TableStyle& style, const mig::Gpu& gpu) {
  session.line("| {:>3}  {:<{}}|", gpu.index, shortened(*gpu.problem, style.width - 8),
               style.width - 8);
  session.line("+{:-<{}}+", "", style.width - 2);
}

}  // namespace

void print_gpu_table(const Session& session, const TableStyle& style, const Gpus& gpus) {
  print_gpu_header(session, style);
  for (const mig::Gpu* gpu : gpus) {
    if (gpu->problem) {
      print_lost(session, style, *gpu);
    } else {
      print_gpu(session, style, *gpu);
    }
  }
}

}  // namespace septet::cli::smi
