#include "cli/top/tenant.h"

namespace septet::cli::top {

std::string tenant_text(const mig::Process& process) {
  std::string text = std::to_string(process.pid);
  const auto slash = process.name.rfind('/');
  const std::string name =
      slash == std::string::npos ? process.name : process.name.substr(slash + 1);
  if (!name.empty()) text += " " + name;
  return text;
}

}  // namespace septet::cli::top
