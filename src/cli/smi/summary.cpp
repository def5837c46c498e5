// The plain command: GPUs, MIG devices and processes as tables.
#include <ctime>

#include "cli/smi/session.h"
#include "cli/smi/summary_tables.h"

namespace septet::cli::smi {
namespace {

std::string now_text() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[64];
  const std::size_t length = std::strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &local);
  return std::string(text, length);
}

void print_version_line(const Session& session, const TableStyle& style) {
  const std::string& driver = session.node.driver_version;
  const int cuda = session.node.cuda_version;
  const std::string cuda_text =
      cuda > 0 ? fmt::format("{}.{}", cuda / 1000, cuda % 1000 / 10) : std::string("N/A");
  const unsigned smi_width = style.width == 79 ? 13 : 23;
  session.line("{:<31}", now_text());
  session.line("+{:-<{}}+", "", style.width - 2);
  session.line("| NVIDIA-SMI {:<{}}Driver Version: {:<{}}CUDA Version: {:<9}|", driver, smi_width,
               driver, style.version_width, cuda_text);
}

}  // namespace

int print_summary(const Session& session) {
  const auto selected = selected_gpus(session);
  if (!selected || selected->empty()) {
    session.line("No devices were found");
    return kNotFound;
  }
  const TableStyle style = table_style(session.version);
  print_version_line(session, style);
  print_gpu_table(session, style, *selected);
  session.line("");
  bool partitioned = false;
  for (const mig::Gpu* gpu : *selected) partitioned = partitioned || gpu->mode == mig::MigMode::kOn;
  if (partitioned) print_mig_table(session, style, *selected);
  session.line("{:{}}", "", style.padded_gap ? style.width : 0);
  print_process_table(session, style, *selected);
  return kDone;
}

}  // namespace septet::cli::smi
