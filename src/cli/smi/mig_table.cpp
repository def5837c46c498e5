// One MIG device per row pair: memory and BAR1 of its GPU instance, SMs of its own, engines it
// shares.
//
// Until R570 the memory cell of a GPU instance spans its compute instances; from R580 each repeats
// it.
#include <algorithm>

#include "cli/smi/summary_tables.h"

namespace septet::cli::smi {
namespace {

struct Row {
  const mig::Gpu* gpu;
  const mig::GpuInstance* instance;
  const mig::ComputeInstance* compute;
};

std::vector<Row> rows_of(const Gpus& gpus) {
  std::vector<Row> rows;
  for (const mig::Gpu* gpu : gpus) {
    const std::size_t first = rows.size();
    for (const mig::GpuInstance& instance : gpu->instances) {
      for (const mig::ComputeInstance& compute : instance.compute) {
        rows.push_back({gpu, &instance, &compute});
      }
    }
    std::sort(
        rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
        [](const Row& a, const Row& b) { return a.compute->mig_index < b.compute->mig_index; });
  }
  return rows;
}

void print_mig_header(const Session& session, const TableStyle& style) {
  const char* shared = style.shared_memory ? "Shared " : "";
  const bool old = style.width == 79;
  const char* engines =
      old || style.centered_engines ? "        Shared         " : "      Shared           ";
  const char* names = old                      ? " CE  ENC  DEC  OFA  JPG"
                      : style.centered_engines ? " CE ENC  DEC  OFA  JPG "
                                               : " CE ENC DEC OFA JPG    ";
  session.line("+{:-<{}}+", "", style.width - 2);
  session.line("| {:<{}}|", "MIG devices:", style.width - 3);
  session.line("+{:-<18}+{:-<{}}+{:-<11}+{:-<23}+", "", "", style.memory, "", "");
  session.line("| GPU  GI  CI  MIG |{:>{}} |        Vol|{}|", fmt::format("{}Memory-Usage", shared),
               style.memory - 1, old ? "         Shared        " : engines);
  session.line("|      ID  ID  Dev |{:>{}} | SM     Unc|{}|",
               style.mig_bar1 ? fmt::format("{}BAR1-Usage", shared) : "", style.memory - 1, names);
  session.line("|                  |{:{}}|        ECC|                       |", "", style.memory);
  session.line("|==================+{:=<{}}+===========+=======================|", "",
               style.memory);
}

std::string mib(const std::optional<std::uint64_t>& value) {
  return value ? fmt::format("{}MiB", *value) : std::string("N/A");
}

std::string memory_cell(const TableStyle& style, unsigned used_width,
                        const std::optional<std::uint64_t>& used,
                        const std::optional<std::uint64_t>& total) {
  return fmt::format("{:<{}}", fmt::format("{:>{}} / {:>8}", mib(used), used_width, mib(total)),
                     style.memory);
}

void print_row(const Session& session, const TableStyle& style, const Row& row, bool with_memory) {
  const mig::Usage& usage = row.instance->usage;
  const unsigned used_width = style.width == 79 ? 10 : 19;
  const std::string empty(style.memory, ' ');
  const std::string memory =
      with_memory ? memory_cell(style, used_width, usage.memory_used_mib, usage.memory_total_mib)
                  : empty;
  const auto* profile = profile_of(*row.gpu, *row.instance);
  const mig::GpuInstanceProfile none{};
  const mig::GpuInstanceProfile& engines = profile != nullptr ? *profile : none;
  session.line("|{:>3}{:>5}{:>4}{:>4}  |{}|{:>3}{:>7} |{:>3}{:>4}{:>5}{:>5}{:>5} |", row.gpu->index,
               row.instance->id, row.compute->id, row.compute->mig_index, memory, row.compute->sm,
               usage.ecc_uncorrected ? std::to_string(*usage.ecc_uncorrected) : "N/A",
               engines.ce.value, engines.enc.value, engines.dec.value, engines.ofa.value,
               engines.jpg.value);
  if (!style.mig_bar1) return;
  const unsigned bar1_width = used_width + (style.bar1_two_right ? 2 : 0);
  session.line("|                  |{}|           |                       |",
               with_memory
                   ? memory_cell(style, bar1_width, usage.bar1_used_mib, usage.bar1_total_mib)
                   : empty);
}

}  // namespace

void print_mig_table(const Session& session, const TableStyle& style, const Gpus& gpus) {
  print_mig_header(session, style);
  const std::vector<Row> rows = rows_of(gpus);
  if (rows.empty()) {
    session.line("|  {:<{}}|", "No MIG devices found", style.width - 4);
    session.line("+{:-<{}}+", "", style.width - 2);
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool shares_before =
        !style.shared_memory && i > 0 && rows[i - 1].instance == rows[i].instance;
    const bool shares_after =
        !style.shared_memory && i + 1 < rows.size() && rows[i + 1].instance == rows[i].instance;
    print_row(session, style, rows[i], !shares_before);
    session.line("+------------------+{}+-----------+-----------------------+",
                 std::string(style.memory, shares_after ? ' ' : '-'));
  }
}

}  // namespace septet::cli::smi
