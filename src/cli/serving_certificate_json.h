// cli/serving_certificate_json.h — a plan for measured services with its proof as the document that
// septet verify reads (verify/serving_certificate.h has the form).
#pragma once

#include "base/json.h"
#include "plan/serve/plan_services.h"

namespace septet::cli {

Json serving_certificate_json(const plan::ServicesPlan& plan);

}  // namespace septet::cli
