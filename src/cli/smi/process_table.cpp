// Who runs where.
#include "cli/smi/summary_tables.h"

namespace septet::cli::smi {
namespace {

unsigned name_width(const TableStyle& style) {
  if (style.width == 79) return 30;
  if (style.width == 89) return 40;
  return style.wide_pid ? 36 : 42;
}

void print_process_header(const Session& session, const TableStyle& style) {
  const unsigned name = name_width(style), pid = style.wide_pid ? 6 : 0;
  session.line("+{:-<{}}+", "", style.width - 2);
  session.line("| {:<{}}|", "Processes:", style.width - 3);
  session.line("|  GPU   GI   CI        {:{}}PID   Type   {:<{}}GPU Memory |", "", pid,
               "Process name", name);
  session.line("|        ID   ID        {:{}}             {:<{}}Usage      |", "", pid, "", name);
  session.line("|{:=<{}}|", "", style.width - 2);
}

// The end of a long path says more than its beginning.
std::string shortened_from_left(const std::string& name, std::size_t width) {
  return name.size() <= width ? name : "..." + name.substr(name.size() - (width - 3));
}

void print_process(const Session& session, const TableStyle& style, const mig::Gpu& gpu,
                   const mig::Process& process) {
  const std::string gi =
      process.gpu_instance ? fmt::format("{:>5} ", *process.gpu_instance) : std::string("   N/A");
  const std::string ci = process.compute_instance ? fmt::format("{:>4} ", *process.compute_instance)
                                                  : std::string("  N/A");
  const std::string memory =
      process.memory_mib ? fmt::format("{}MiB", *process.memory_mib) : std::string("N/A");
  session.line("|{:>5}{}{}{:>{}}{:>7}   {:<{}}{:>10} |", gpu.index, gi, ci, process.pid,
               style.wide_pid ? 16 : 10, process.graphics ? "G" : "C",
               shortened_from_left(process.name, name_width(style) - 4), name_width(style), memory);
}

}  // namespace

void print_process_table(const Session& session, const TableStyle& style, const Gpus& gpus) {
  print_process_header(session, style);
  bool any = false;
  for (const mig::Gpu* gpu : gpus) {
    for (const mig::Process& process : gpu->processes) {
      print_process(session, style, *gpu, process);
      any = true;
    }
  }
  if (!any) session.line("|  {:<{}}|", "No running processes found", style.width - 4);
  session.line("+{:-<{}}+", "", style.width - 2);
}

}  // namespace septet::cli::smi
