#include "cli/lab_svg/mig_share.h"

#include <algorithm>
#include <charconv>

namespace septet::cli::lab_pictures {

std::optional<std::vector<InstanceShare>> shares_of(const mig::Product* product,
                                                    const std::string& layout) {
  if (product == nullptr || !product->total_sms.usable()) return std::nullopt;
  std::vector<InstanceShare> out;
  for (std::size_t at = 0; at < layout.size();) {
    const std::size_t end = std::min(layout.find(' ', at), layout.size());
    const std::string one = layout.substr(at, end - at);
    at = end + 1;
    if (one.empty() || one.starts_with('(')) continue;
    const std::size_t sign = one.find('@');
    const auto* profile = product->geometry.find_name(one.substr(0, sign));
    if (sign == std::string::npos || profile == nullptr || !profile->sm.usable())
      return std::nullopt;
    InstanceShare share{std::string(profile->name), 0,
                        static_cast<double>(profile->sm.value) / product->total_sms.value};
    std::from_chars(one.data() + sign + 1, one.data() + one.size(), share.start);
    out.push_back(std::move(share));
  }
  return out;
}

double stranded(const std::vector<InstanceShare>& shares) {
  double left = 1;
  for (const InstanceShare& share : shares) left -= share.sms;
  return std::max(left, 0.0);
}

}  // namespace septet::cli::lab_pictures
