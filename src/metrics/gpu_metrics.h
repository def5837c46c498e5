// metrics/gpu_metrics.h — the parts that node_metrics() is put together from.
#pragma once

#include <vector>

#include "metrics/subjects.h"

namespace septet::metrics {

void add_gpu_metrics(Families& families, const std::vector<GpuSubject>& gpus);
void add_instance_metrics(Families& families, const std::vector<InstanceSubject>& instances);
void add_change_metrics(Families& families, const ChangeTally& changes);

}  // namespace septet::metrics
