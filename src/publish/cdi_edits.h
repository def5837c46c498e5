// publish/cdi_edits.h — one device node and one mount, as a CDI file writes them.
#pragma once

#include <string>

#include "publish/cdi.h"

namespace septet::publish {

// Its host path is said where it is not the container's; its numbers where they are known.
Json device_node_json(const std::string& path, const CdiContext& context);
Json mount_json(const CdiMount& mount);

}  // namespace septet::publish
