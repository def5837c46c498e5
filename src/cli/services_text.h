// cli/services_text.h — measured workloads in words and as JSON: which sizes, how many, what that
// gives, why no smaller, and the proof that fewer GPUs do not do.
#pragma once

#include <string>

#include "base/json.h"
#include "plan/serve/plan_services.h"

namespace septet::cli {

std::string services_text(const plan::ServicesPlan& plan);
// The layouts, how often each, and what is on them.
std::string served_gpus_text(const plan::ServicesPlan& plan);
// "12 GPUs, and fewer cannot do: ..."
std::string proof_text(const plan::ServicesPlan& plan);
Json to_json(const plan::ServicesPlan& plan);

}  // namespace septet::cli
