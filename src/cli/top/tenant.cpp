#include "cli/top/tenant.h"

namespace septet::cli::top {

std::string tenant_text(const mig::Process& process, const metrics::CgroupTexts& cgroups) {
  const auto known = cgroups.find(process.pid);
  if (known != cgroups.end()) {
    const metrics::Tenant tenant = metrics::tenant_of(process, known->second);
    if (tenant.kind != metrics::TenantKind::kProcess) return tenant.name;
  }
  std::string text = std::to_string(process.pid);
  const auto slash = process.name.rfind('/');
  const std::string name =
      slash == std::string::npos ? process.name : process.name.substr(slash + 1);
  if (!name.empty()) text += " " + name;
  return text;
}

}  // namespace septet::cli::top
